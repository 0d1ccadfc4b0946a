import {
  DefinitionError,
  dot,
  f16,
  f32,
  type Index,
  type Kernel,
  kernel,
  max,
  type StorageType,
  sum,
} from '@qernel/dsl'
import { type CacheFormat, channelsOf, sizesOf } from './cache-format.ts'

/** Tokens whose scores a workgroup keeps on chip. */
const tokensOfChunk = 1024

/** The largest finite f32. */
const largest = 2 ** 128 - 2 ** 104

/**
 * Attention of one query token over a cache: o[h, r, d] = Σ_t w[h, r, t] · V̂[h, t, d] with w the softmax over t of scale · Σ_d q[h, r, d] · K̂[h, t, d], in
 * f32. K heads of T tokens by D channels; R query heads share a head, so q and o are [K, R, D]. `scale` is one number, usually 1/√D.
 *
 * The tokens are taken in chunks of 1024 (flash decoding): per chunk c the maximum m[c] of the scores in units of log₂, the sum l[c] of 2^(s − m[c]),
 * and the weighted sum a[c]. Then M = max m, and o = Σ_c a[c] · 2^(m[c] − M) / Σ_c l[c] · 2^(m[c] − M).
 *
 * No difference of infinities occurs: scores beyond the finite floats count as the largest. So o is finite where all inputs and values V̂ are. A NaN
 * score gives NaN for its query head; with T = 0 all results are 0.
 *
 * @param chunkLength tokens of a chunk, if not 1024; whole groups, if tokens come in groups
 */
export const attention =
  (format: CacheFormat, chunkLength = tokensOfChunk) =>
  (element: StorageType = f16): Kernel =>
    kernel(
      `attention_${format.name}`,
      builder => {
        const { input, output, temporary } = builder
        const sizes = sizesOf(builder, format)
        const { K, R, T, D } = sizes
        const tokenGroup = format.tokenGroup ?? 1
        const chunks = T.groups(groupsOfChunk(format, chunkLength))
        /** The tokens of all chunks, and of one. */
        const tokens = format.tokenGroup === undefined ? { t: chunks } : { n: chunks, t: tokenGroup }
        const inChunk = (c: Index) =>
          format.tokenGroup === undefined ? { t: chunks.at(c) } : { n: chunks.at(c), t: tokenGroup }
        const q = input('q', element, [K, R, D])
        const scale = input('scale', f32, [1])
        const product = format.keys(builder, sizes, q)
        const { sum: sumOfValues, finish = whole => whole } = format.values(builder, sizes)
        const s = temporary('s', f32, { h: K, r: R, ...tokens }, (h, r, ...token) =>
          product(h, r, ...token)
            .mul(scale(0).mul(Math.LOG2E))
            .clamp(-largest, largest),
        )
        const m = temporary('m', f32, { h: K, r: R, c: chunks.count }, (h, r, c) =>
          max(inChunk(c), (...token) => s(h, r, ...token)),
        )
        const p = temporary('p', f32, { h: K, r: R, ...tokens }, (h, r, outer, ...inner) =>
          s(h, r, outer, ...inner)
            .sub(m(h, r, outer.group))
            .exp2(),
        )
        const l = temporary('l', f32, { h: K, r: R, c: chunks.count }, (h, r, c) =>
          sum(inChunk(c), (...token) => p(h, r, ...token)),
        )
        const a = temporary(
          'a',
          f32,
          { h: K, r: R, c: chunks.count, ...channelsOf(format, sizes) },
          (h, r, c, ...channel) => sumOfValues(inChunk(c), (...token) => p(h, r, ...token), h, channel),
        )
        // One array for both, because a WebGPU device need not offer more than eight to a dispatch.
        const pair = temporary('pair', f32, { h: K, r: R, c: chunks.count, i: 2 }, (h, r, c, i) =>
          i
            .value()
            .eq(0)
            .select(m(h, r, c), l(h, r, c)),
        )
        const peak = temporary('peak', f32, { h: K, r: R }, (h, r) => max({ c: chunks.count }, c => pair(h, r, c, 0)))
        const weight = (h: Index, r: Index, c: Index) => pair(h, r, c, 0).sub(peak(h, r)).exp2()
        const total = temporary('total', f32, { h: K, r: R }, (h, r) =>
          dot({ c: chunks.count }, c => [pair(h, r, c, 1), weight(h, r, c)]),
        )
        const channels = format.channelsOfGroup === undefined ? { d: D } : channelsOf(format, sizes)
        output('o', f32, { h: K, r: R, ...channels }, (h, r, ...channel) => {
          const weighted = dot({ c: chunks.count }, c => [a(h, r, c, ...channel), weight(h, r, c)])
          return total(h, r)
            .eq(0)
            .select(0, finish(weighted.div(total(h, r)), h, channel))
        })
      },
      `decode attention: o[h, r, d] = Σ_t softmax_t(scale · Σ_d q[h, r, d] · ${format.key}) · ${format.value}`,
    )

/** A group of tokens has one set of parameters, so it must not straddle two chunks. */
function groupsOfChunk({ name, tokenGroup = 1 }: CacheFormat, chunkLength: number): number {
  const groups = chunkLength / tokenGroup
  if (Number.isInteger(groups)) return groups
  const below = Math.floor(groups) * tokenGroup
  const near = [below, below + tokenGroup].filter(length => length > 0).join(' and ')
  throw new DefinitionError(
    `attention_${name}: a group of ${tokenGroup} tokens would straddle chunks of ${chunkLength}; the nearest whole ones are ${near}`,
  )
}
