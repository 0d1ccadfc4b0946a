/**
 * Kernels that only move data, written by hand in both languages: they show the bandwidth of memory for a mix of reads
 * and writes, independent of any schedule. An access is 16 bytes wide on the wide side; a thread has `unroll` of them
 * in flight, strided by the workgroup.
 */
import type { ArrayParameter, CompiledKernel, Target, TargetName } from '@qernel/codegen'
import { u32 } from '@qernel/dsl'

/** Bytes read and written per 16 bytes on the wide side. */
export interface Mix {
  readonly name: string
  readonly reads: 0 | 4 | 8 | 16
  readonly writes: 0 | 4 | 8 | 16
}

export const mixes: readonly Mix[] = [
  { name: 'read', reads: 16, writes: 0 },
  { name: 'read 4 : write 1', reads: 16, writes: 4 },
  { name: 'read 2 : write 1', reads: 16, writes: 8 },
  { name: 'copy', reads: 16, writes: 16 },
  { name: 'read 1 : write 2', reads: 8, writes: 16 },
  { name: 'read 1 : write 4', reads: 4, writes: 16 },
  { name: 'fill', reads: 0, writes: 16 },
]

const share = ({ reads, writes }: { readonly reads: number; readonly writes: number }): number =>
  writes / (reads + writes)

/** The mix with the nearest share of writes. */
export function nearestMix(bytes: { readonly reads: number; readonly writes: number }): Mix {
  const distance = (mix: Mix) => Math.abs(share(mix) - share(bytes))
  return mixes.reduce((best, mix) => (distance(mix) < distance(best) ? mix : best))
}

/** How a copy kernel runs. */
export interface CopyShape {
  readonly block: number
  readonly unroll: number
  /** The distance between the accesses of a thread, in elements; by default the block. The array must consist of whole strides. */
  readonly stride?: number
  /** Workgroups that walk a read-only array together. */
  readonly readers?: number
}

/** 64 KiB on the wide side: the accesses of a thread are in different memory pages. */
const farStride = 4096

/** Four workgroups per multiprocessor of an H100 or H200: as many as are resident, so that all of them reach the end together. */
const residentReaders = 528

/** The shapes to try for W elements. */
export function copyShapes(isSoftware: boolean, { limits }: Target, mix: Mix, W: number): readonly CopyShape[] {
  if (isSoftware) return [{ block: 256, unroll: 2, readers: 16 }]
  const blocks = [128, 256, 512, 1024].filter(block => block <= limits.workgroupThreads)
  const near = blocks.flatMap(block =>
    [1, 2, 4, 8].filter(unroll => block * unroll <= 4096).map(unroll => ({ block, unroll, readers: 2048 })),
  )
  if (mix.writes === 0)
    return [
      ...near,
      ...near.flatMap(shape =>
        shape.block === 256 || shape.block === 512 ? [{ ...shape, readers: residentReaders }] : [],
      ),
    ]
  const far = [2, 4, 8].map(unroll => ({ block: 256, unroll, stride: farStride }))
  return [...near, ...far.filter(({ unroll }) => W % (unroll * farStride) === 0)]
}

/** The vector type of an element of `bytes` bytes. */
const vector = (bytes: number): string => ['', 'u32', 'vec2u', '', 'vec4u'][bytes / 4] as string
const cudaVector = (bytes: number): string => ['', 'unsigned', 'uint2', '', 'uint4'][bytes / 4] as string

/**
 * A copy kernel as a compiled kernel with the one size W: how many wide elements there are.
 * Every word that it writes depends on what it read (`moved`), so that a copy kernel that does nothing is detected.
 */
export function copyKernel(
  target: Target,
  mix: Mix,
  { block, unroll, stride = block, readers = 2048 }: CopyShape,
): CompiledKernel {
  const isRead = mix.writes === 0
  const array = (name: string, role: 'input' | 'output', bytes: number, binding: number): ArrayParameter => ({
    name,
    role,
    type: u32,
    shape: [{ size: 'W', dividedBy: 1 }, bytes / 4],
    rowAlignment: 4,
    sizeAlignment: 16,
    binding,
    access: role === 'input' ? 'read' : 'read_write',
  })
  const result = { ...array('b', 'output', 4, 1), shape: [block], sizeAlignment: 4 }
  const arrays = isRead
    ? [array('a', 'input', 16, 0), result]
    : [
        ...(mix.reads > 0 ? [array('a', 'input', mix.reads, 0)] : []),
        array('b', 'output', mix.writes, mix.reads > 0 ? 1 : 0),
      ]
  const language = languages[target.name]
  const width = language.rowLength(target)
  const parts = { mix, block, unroll, stride, readers, width }
  return {
    kernel: `copy ${mix.name}`,
    target: target.name,
    source: isRead ? language.reader(parts) : language.copy(parts),
    arrays,
    sizes: [{ name: 'W' }],
    requires: [],
    launches: [
      {
        entry: 'transfer',
        workgroup: [block, 1, 1],
        grid: [isRead ? readers : { size: 'W', dividedBy: block * unroll }, 1, 1],
        ...(isRead ? {} : { gridWidth: width }),
        arrays: arrays.map(({ name }) => name),
        sharedBytes: 0,
        splits: [
          {
            size: 'W',
            multipleOf: stride === block ? 1 : stride * unroll,
            arrays: arrays.filter(({ shape }) => typeof shape[0] === 'object').map(({ name }) => name),
          },
        ],
      },
    ],
  }
}

interface Parts {
  readonly mix: Mix
  readonly block: number
  readonly unroll: number
  readonly stride: number
  readonly readers: number
  readonly width: number
}

const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i)

/** How a language makes a vector of words. */
type MakeVector = (...words: readonly string[]) => string
const wgslVector: MakeVector = (...words) => `vec${words.length}u(${words.join(', ')})`
const makeCudaVector: MakeVector = (...words) => `make_uint${words.length}(${words.join(', ')})`

/** The value written for one element, computed from what was read. */
function moved({ reads, writes }: Mix, v: string, make: MakeVector): string {
  if (reads === writes) return v
  if (reads === 16)
    return writes === 4 ? `${v}.x ^ ${v}.y ^ ${v}.z ^ ${v}.w` : make(`${v}.x ^ ${v}.y`, `${v}.z ^ ${v}.w`)
  return reads === 4 ? make(v, `~${v}`, v, `~${v}`) : make(`${v}.x`, `${v}.y`, `~${v}.x`, `~${v}.y`)
}

/** The same on the CPU: the words written per element, from the words read. */
export function copiedWords({ reads, writes }: Mix, v: readonly number[], at: number): number[] {
  const [x = 0, y = 0, z = 0, w = 0] = v
  if (reads === 0) return [at, at, at, at]
  if (reads === writes) return [...v]
  const words =
    reads === 16 ? (writes === 4 ? [x ^ y ^ z ^ w] : [x ^ y, z ^ w]) : reads === 4 ? [x, ~x, x, ~x] : [x, y, ~x, ~y]
  return words.map(word => word >>> 0)
}

/** The position of the first access of a workgroup: in stretches of `unroll` strides, block after block within a stride. */
function firstElement(index: string, { block, unroll, stride }: Required<Omit<CopyShape, 'readers'>>): string {
  const blocks = stride / block
  if (blocks === 1) return `${index} * ${block * unroll}u`
  return `(${index} / ${blocks}u) * ${stride * unroll}u + (${index} % ${blocks}u) * ${block}u`
}

function wgslCopy({ mix, block, unroll, stride, width }: Parts): string {
  const at = (k: number) => (k === 0 ? 'first' : `first + ${k * stride}u`)
  const load = (k: number) => (mix.reads === 0 ? '' : `    let v${k} = a[${at(k)}];\n`)
  const value = (v: string, i: string) => (mix.reads === 0 ? `vec4u(${i})` : moved(mix, v, wgslVector))
  const store = (k: number) => `    b[${at(k)}] = ${value(`v${k}`, at(k))};\n`
  const reads = mix.reads === 0 ? '' : `@group(0) @binding(0) var<storage, read> a: array<${vector(mix.reads)}>;\n`
  const binding = mix.reads === 0 ? 0 : 1
  return `struct Sizes { W: u32 }
${reads}@group(0) @binding(${binding}) var<storage, read_write> b: array<${vector(mix.writes)}>;
@group(0) @binding(${binding + 1}) var<uniform> sizes: Sizes;

@compute @workgroup_size(${block})
fn transfer(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) local: vec3u) {
  let index = group.y * ${width}u + group.x;
  let first = ${firstElement('index', { block, unroll, stride })} + local.x;
  if (first + ${(unroll - 1) * stride}u < sizes.W) {
${range(unroll).map(load).join('')}${range(unroll).map(store).join('')}  } else {
    for (var i = first; i < sizes.W; i += ${stride}u) {
      ${mix.reads === 0 ? '' : 'let v = a[i];'}
      b[i] = ${value('v', 'i')};
    }
  }
}
`
}

function wgslReader({ block, unroll, readers }: Parts): string {
  const stride = readers * block
  return `struct Sizes { W: u32 }
@group(0) @binding(0) var<storage, read> a: array<vec4u>;
@group(0) @binding(1) var<storage, read_write> b: array<atomic<u32>>;
@group(0) @binding(2) var<uniform> sizes: Sizes;

@compute @workgroup_size(${block})
fn transfer(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) local: vec3u) {
  var i = group.x * ${block}u + local.x;
  var largest = vec4u(0u);
  for (; i + ${(unroll - 1) * stride}u < sizes.W; i += ${unroll * stride}u) {
${range(unroll)
  .map(k => `    let v${k} = a[i + ${k * stride}u];\n`)
  .join('')}    largest = ${range(unroll).reduce((all, k) => `max(${all}, v${k})`, 'largest')};
  }
  for (; i < sizes.W; i += ${stride}u) { largest = max(largest, a[i]); }
  atomicMax(&b[local.x], max(max(largest.x, largest.y), max(largest.z, largest.w)));
}
`
}

function cudaCopy({ mix, block, unroll, stride }: Parts): string {
  const at = (k: number) => (k === 0 ? 'first' : `first + ${k * stride}u`)
  const load = (k: number) => (mix.reads === 0 ? '' : `    const ${cudaVector(mix.reads)} v${k} = a[${at(k)}];\n`)
  const value = (v: string, i: string) => (mix.reads === 0 ? makeCudaVector(i, i, i, i) : moved(mix, v, makeCudaVector))
  const store = (k: number) => `    b[${at(k)}] = ${value(`v${k}`, at(k))};\n`
  const reads = mix.reads === 0 ? '' : `const ${cudaVector(mix.reads)}* __restrict__ a, `
  return `extern "C" __global__ void __launch_bounds__(${block}) transfer(${reads}${cudaVector(mix.writes)}* __restrict__ b, unsigned W) {
  const unsigned first = ${firstElement('blockIdx.x', { block, unroll, stride })} + threadIdx.x;
  if (first + ${(unroll - 1) * stride}u < W) {
${range(unroll).map(load).join('')}${range(unroll).map(store).join('')}  } else {
    for (unsigned i = first; i < W; i += ${stride}u) {
      ${mix.reads === 0 ? '' : `const ${cudaVector(mix.reads)} v = a[i];`}
      b[i] = ${value('v', 'i')};
    }
  }
}
`
}

function cudaReader({ block, unroll, readers }: Parts): string {
  const stride = readers * block
  const each = (k: number) => `    const uint4 v${k} = a[i + ${k * stride}u];\n`
  return `extern "C" __global__ void __launch_bounds__(${block}) transfer(const uint4* __restrict__ a, unsigned* __restrict__ b, unsigned W) {
  unsigned i = blockIdx.x * ${block}u + threadIdx.x;
  unsigned largest = 0u;
  for (; i + ${(unroll - 1) * stride}u < W; i += ${unroll * stride}u) {
${range(unroll).map(each).join('')}${range(unroll)
  .map(k => `    largest = max(largest, max(max(v${k}.x, v${k}.y), max(v${k}.z, v${k}.w)));\n`)
  .join('')}  }
  for (; i < W; i += ${stride}u) {
    const uint4 v = a[i];
    largest = max(largest, max(max(v.x, v.y), max(v.z, v.w)));
  }
  atomicMax(&b[threadIdx.x], largest);
}
`
}

/** What measuring needs of a language: the copy kernels, and how many workgroups it can number along x. */
interface MoverLanguage {
  readonly rowLength: (target: Target) => number
  readonly copy: (parts: Parts) => string
  readonly reader: (parts: Parts) => string
}

const languages: Readonly<Record<TargetName, MoverLanguage>> = {
  wgsl: { rowLength: ({ limits }) => limits.workgroupsPerDimension[0], copy: wgslCopy, reader: wgslReader },
  cuda: { rowLength: () => 2 ** 31 - 1, copy: cudaCopy, reader: cudaReader },
}
