/** docs/kernels.md: every kernel of the library, what it stores, and what its best schedule moves. */
import { wgsl } from '@qernel/codegen-wgsl'
import { affine, type Kernel } from '@qernel/dsl'
import { decodeKernels, formatKernels, type LibraryKernel } from '@qernel/kernels'
import { applySchedule, costOf } from '@qernel/schedule'
import { markdownTable } from '../markers.ts'

/** The length of a row for which the schedules are written out: the head dimension of most models. */
const rowLength = 128
const otherSizes = 1024
const decodeTokens = 16384

export function kernelsPage(): string {
  const quantizers = formatKernels.filter(each => each.roundTrip !== undefined)
  const others = formatKernels.filter(each => each.roundTrip === undefined)
  const titles = ['kernels', 'takes → gives', 'bits per element', 'bytes moved', 'fewest', 'ratio']
  return `<!-- Written by npm run docs from packages/kernels/src: edit that. -->

# Kernels

These are the kernels of the library, one file per family in \`packages/kernels/src\`. The doc comment of each states its source, its error bound, and its results
for special values. \`packages/kernels/library\` has the same kernels in ordinary TypeScript, to copy. \`qernel list kernels\` lists every kernel with its formula, and \`qernel emit KERNEL --schedule best\` prints the code. A name such as \`group_symmetric_i{8,4,3,2}_g{32,64,128}_inner\`
stands for twelve kernels: codes of b = 8, 4, 3 or 2 bits in groups of G = 32, 64 or 128.

*Bits per element* counts everything stored: codes, scales and zero points. *Bytes moved* is how much global memory the schedule \`best\` reads and writes in
WGSL per element of x, for f32 arrays with rows of ${rowLength} elements, fixed at compile time, and ${otherSizes} for every other size (so D = ${rowLength} in the bits).
*Fewest* means that each input is read once and each output written once. Loads that caches serve, such as one scale for a whole row, are not counted.
\`qernel explain KERNEL --schedule best --set D=${rowLength} --cost\` shows the details.

## Quantizers

${markdownTable(titles, families(quantizers))}
## Dequantizers and the rest

${markdownTable(titles, families(others))}
## Decode products and attention

These kernels read a cache where it is used, in a decode step: one query token per sequence. \`scores_*\` is Σ_d q · K̂, \`values_*\` is Σ_t p · V̂, and \`attention_*\` is both
with the softmax between them. K is the number of key heads, T the number of tokens, D the length of a head. R query heads share a key head, as in grouped-query
attention: q is [K, R, D], the K · R query heads in order, so query head i uses key head i / R. Fix R as well (\`--set R=4\`): then a workgroup reads the keys and values of a head
once for up to 8 queries, as many as fit in its shared memory (8 in CUDA; in WGSL 2, and 4 on devices that offer 32 KiB). Queries are f16, bf16 or
f32. The f16 kernels have the same schedules, so that a speed-up can be measured against them.

With InnerQ's values and KIVI's keys, tokens come in groups of 32: G is the number of groups, and arrays are [K, G, 32, …], the bytes of [K, T, …] with
T = 32 · G. The tokens that these formats keep in f16 are a call of the f16 kernel of their own. InnerQ's symmetric keys are those of \`int3_groups\`, KIVI's values those of
\`uint4_groups\` and \`uint2_groups\`, and \`int8_groups\` reads q8_0 with d and codes apart. These formats and the blocks have plainer schedules, which serve one query per workgroup.

InnerQ's key normalization, c = √(max_t |K|) with keys K/c and the query q · c, is \`innerqNormalize\` of \`@qernel/kernels\`.
Scores of a query quantized to q8_0 like the keys, added up in integers as llama.cpp does, are \`integerScores\`. Both are definitions without a schedule of their own.

\`attention_*_varlen\` attends to the first length[h] of the T tokens for which the cache has room, with a softcap on request (\`scale\` = [factor, softcap], softcap 0 for
none). A length beyond T counts as T; whatever the other tokens hold has no effect, NaN included; length 0 gives zeros. For all formats: no score becomes NaN out
of finite input, a NaN score makes its query head NaN, and T = 0 gives zeros.

Sums are fused (\`dot\`). \`best\` adds in the order of lanes and parts, so its last bits differ from those of \`naive\`; with rows of unknown length, or of a length that is no
power of two times 16 bytes of codes, it is \`naive\`. *Bytes per token* is what \`best\` moves for one token of one head, for D = ${rowLength}, R = 1 and ${decodeTokens} tokens.

${markdownTable(['kernel', 'takes → gives', 'bytes per token', 'fewest', 'ratio'], decodeKernels.map(decodeRow))}
## Which versions of other formats the kernels follow

The definitions are tested against encoders that were written independently, from the publications (\`test/formats\`). Where an engine differs from
its own description or from others, the kernels follow:

- **llama.cpp**: its reference, \`quantize_row_q8_0_ref\` and \`quantize_row_q4_0_ref\`. Its AVX code for q8_0 multiplies by 127 / max |x| and rounds halves
  to even: 2.5% of the blocks of the example keys differ in a code.
- **KIVI**: its formulas, in f32. Its own code computes in f16, the type of its cache, and 0.04% to 0.25% of the codes differ. As in KIVI, parameters are not
  clamped: from |min| = 65,520 on, the f16 zero of a group is infinite and the group is lost. A constant group has scale 1, where KIVI divides by 0.
- **LMDeploy**: its formulas, with scale and zero in f32; it stores them in the type of the cache. A scale of 0 is replaced by 1, where LMDeploy divides by 0.
- **ONNX Runtime** (WebGPU) and **vLLM**: their formulas, unchanged; both multiply by the rounded reciprocal of the scale.

The other formats are our own: \`int8_*\` after arXiv 2601.04719, \`group_symmetric_*\` and \`innerq_*\` after InnerQ, \`group_asymmetric_*\` after KIVI with
parameters clamped to the range of f16.
`
}

/** A row of a decode kernel. */
function decodeRow(entry: LibraryKernel): string[] {
  const kernel = entry.define()
  const cost = bestCost(entry, kernel, { K: 1, T: decodeTokens, G: decodeTokens / 32 })
  const moved = (cost.readBytes + cost.writtenBytes) / decodeTokens
  const fewest = (cost.minimumReadBytes + cost.minimumWrittenBytes) / decodeTokens
  return [`\`${entry.name}\``, signature(kernel), moved.toFixed(1), fewest.toFixed(1), (moved / fewest).toFixed(2)]
}

/** A row for kernels that differ only in the bits of their codes and in the length of their groups. */
function families(entries: readonly LibraryKernel[]): string[][] {
  const names = [...new Set(entries.map(({ name }) => family(name)))]
  return names.map(one => row(entries.filter(({ name }) => family(name) === one)))
}

const groupLength = /_g(\d+)/
const codeBits = /_([iu])([2348])(?=_|$)/
/** Formats that have one name for several widths; elsewhere the width is the name. */
const isOfAnyWidth = (name: string): boolean => /^(group|innerq|kivi)_/.test(name)
const family = (name: string): string =>
  isOfAnyWidth(name) ? name.replace(groupLength, '_gG').replace(codeBits, '_$1b') : name

interface Measured {
  readonly name: string
  readonly signature: string
  readonly bits: number | undefined
  readonly moved: number
  readonly fewest: number
}

function measured(entry: LibraryKernel): Measured {
  const kernel = entry.define()
  const cost = bestCost(entry, kernel)
  const { elements } = cost.tensors.find(
    ({ tensor }) => tensor === entry.element.tensor,
  ) as (typeof cost.tensors)[number]
  const stored = entry.roundTrip?.stored ?? []
  const bytes = cost.tensors.reduce((sum, t) => sum + (stored.includes(t.tensor) ? t.minimumBytes : 0), 0)
  return {
    name: entry.name,
    signature: signature(kernel),
    bits: stored.length === 0 ? undefined : (bytes * 8) / elements,
    moved: (cost.readBytes + cost.writtenBytes) / elements,
    fewest: (cost.minimumReadBytes + cost.minimumWrittenBytes) / elements,
  }
}

function row(entries: readonly LibraryKernel[]): string[] {
  const all = entries.map(measured)
  const each = (numbers: readonly number[]): string => {
    const [low, high] = [Math.min(...numbers).toFixed(2), Math.max(...numbers).toFixed(2)]
    return low === high ? low : `${low} to ${high}`
  }
  const together = (texts: readonly string[]): string => {
    const different = [...new Set(texts)]
    return different.length === 1 ? (different[0] as string) : `{${different.join(',')}}`
  }
  const pattern = (texts: readonly string[], numbers: readonly (readonly [RegExp, string])[]): string =>
    numbers.reduce((text, [number, before]) => {
      const found = texts.flatMap(one => number.exec(one)?.at(-1) ?? [])
      return text.replace(number, `${before}${together(found)}`)
    }, texts[0] as string)
  const names = all.map(({ name }) => name)
  const first = names[0] as string
  const isFamily = isOfAnyWidth(first)
  const name = isFamily
    ? pattern(names, [
        [groupLength, '_g'],
        [codeBits, `_${codeBits.exec(first)?.[1]}`],
      ])
    : first
  return [
    `\`${name}\``,
    isFamily ? generalSignature(all) : (all[0] as Measured).signature,
    bitsText(all),
    each(all.map(({ moved }) => moved)),
    each(all.map(({ fewest }) => fewest)),
    together([...new Set(all.map(({ moved, fewest }) => (moved / fewest).toFixed(2)))]),
  ]
}

/** The signature, with b and G for the numbers in which members of a family differ. */
function generalSignature(all: readonly Measured[]): string {
  const general = all.map(({ name, signature: text }) => {
    const length = groupLength.exec(name)?.[1]
    const narrow = text.replace(/\bq ([iu])[2348] /, 'q $1{b} ')
    return length === undefined ? narrow : narrow.replaceAll(`/${length}`, '/G')
  })
  if (new Set(general).size !== 1) throw new Error(`${all.map(({ name }) => name).join(', ')} are no family`)
  return general[0] as string
}

/** A number, or the formula that all members of a family follow. */
function bitsText(all: readonly Measured[]): string {
  const [{ name, bits }] = all as readonly [Measured, ...Measured[]]
  if (bits === undefined) return ''
  if (!isOfAnyWidth(name)) return String(Number(bits.toFixed(2)))
  const parameterBits = all.map(one => {
    const width = Number(codeBits.exec(one.name)?.[2])
    return ((one.bits as number) - width) * Number(groupLength.exec(one.name)?.[1] ?? 32)
  })
  if (new Set(parameterBits).size !== 1) throw new Error(`${name}: no formula for its bits`)
  const [sum = 0] = parameterBits
  return groupLength.test(name) ? `b + ${sum}/G` : `b + ${sum / 32}`
}

/** Counted under the kernel's own schedule, for WGSL. */
export function bestCost(entry: LibraryKernel, kernel: Kernel, sizes: Readonly<Record<string, number>> = {}) {
  const target = wgsl.portableTarget
  // C is half a row if a row is half-split. Decode kernels have one query per key head.
  const rows: Readonly<Record<string, number>> = { D: rowLength, C: rowLength / 2, R: 1 }
  const fixed = new Map(kernel.sizes.flatMap(({ name }) => (rows[name] === undefined ? [] : [[name, rows[name]]])))
  const hasSubgroups = target.subgroup !== undefined
  const [best] = entry.schedules
  if (best === undefined) throw new Error(`${entry.name} has no schedule of its own`)
  const steps = best.steps({ kernel, target, fixed })
  const { nest } = applySchedule(kernel, steps, { fixed, nativeTypes: target.nativeTypes, hasSubgroups })
  return costOf(nest, new Map(kernel.sizes.map(({ name }) => [name, fixed.get(name) ?? sizes[name] ?? otherSizes])))
}

function signature({ tensors }: Kernel): string {
  const list = (role: 'input' | 'output') =>
    tensors
      .filter(tensor => tensor.role === role)
      .map(({ name, type, dims }) => `${name} ${type.name} [${dims.map(affine.printExtent).join(', ')}]`)
      .join(', ')
  return `${list('input')} → ${list('output')}`
}
