/** The host function that a generated file has for its users, called as by a program that is linked with it. */
import { type CompiledKernel, planLaunch, type Sizes } from '@qernel/codegen'
import { cuda } from '@qernel/codegen-cuda'
import { packTensor, type Tensor, unpackTensor } from '@qernel/dsl'
import koffi from 'koffi'
import { buildLibrary, redZoneBytes } from './host-cuda.ts'

export interface LauncherCall {
  readonly inputs: ReadonlyMap<string, Tensor>
  readonly sizes: Sizes
  /** Whether arrays begin one element after an aligned address. */
  readonly unaligned?: boolean
  /** The number of blocks that a grid may have along y and z: that for which the file was made. */
  readonly longestGrid?: number
}

/** @returns the `cudaError_t`, and the outputs if it is 0 */
export function callLauncher(
  compiled: CompiledKernel,
  { inputs, sizes, unaligned = false, longestGrid = 65535 }: LauncherCall,
) {
  const library = koffi.load(buildLibrary())
  const allocate = library.func('int cuMemAlloc_v2(_Out_ uintptr_t *pointer, size_t bytes)')
  const release = library.func('int cuMemFree_v2(uintptr_t pointer)')
  const upload = library.func('int cuMemcpyHtoD_v2(uintptr_t to, const void *from, size_t bytes)')
  const download = library.func('int cuMemcpyDtoH_v2(void *to, uintptr_t from, size_t bytes)')
  const limitGrid = library.func('void cudaHostLimitGrid(unsigned int blocks)')
  const call = library.func('int cudaHostCall(const char *source, const char *name, void *arguments)')

  const { arrays } = planLaunch({ ...compiled, requires: [], launches: [] }, sizes, cuda.portableTarget)
  const placed = arrays.map(({ parameter, shape, byteLength }) => {
    const { name, type, rowAlignment, sizeAlignment } = parameter
    const shift = unaligned ? Math.max(type.bits, cuda.portableTarget.nativeTypes.has(type.name) ? 8 : 32) / 8 : 0
    const out: [number | bigint] = [0]
    if (allocate(out, byteLength + shift + redZoneBytes) !== 0) throw new Error('too little memory')
    const pointer = BigInt(out[0])
    const tensor = inputs.get(name)
    const bytes =
      tensor === undefined ? new Uint8Array(byteLength).fill(0xa5) : packTensor(tensor, rowAlignment, sizeAlignment)
    upload(pointer + BigInt(shift), bytes, bytes.length)
    return { parameter, shape, byteLength, pointer, data: pointer + BigInt(shift) }
  })
  try {
    const stream = 0n
    const values = BigUint64Array.from([
      ...placed.map(({ data }) => data),
      ...compiled.sizes.map(({ name }) => BigInt(sizes[name] as number)),
      stream,
    ])
    const base = koffi.address(values.buffer)
    const addresses = values.map((_, position) => base + BigInt(8 * position))
    limitGrid(longestGrid)
    const status: number = call(compiled.source, `qernel_${compiled.kernel}`, addresses)
    if (status !== 0) return { status, outputs: new Map<string, Tensor>() }
    const outputs = placed
      .filter(({ parameter }) => parameter.role === 'output')
      .map(({ parameter: { name, type, rowAlignment }, shape, byteLength, data }): [string, Tensor] => {
        const bytes = new Uint8Array(new ArrayBuffer(byteLength))
        download(bytes, data, byteLength)
        return [name, unpackTensor(bytes, type, shape, rowAlignment)]
      })
    return { status, outputs: new Map(outputs) }
  } finally {
    limitGrid(65535)
    for (const { pointer } of placed) release(pointer)
  }
}
