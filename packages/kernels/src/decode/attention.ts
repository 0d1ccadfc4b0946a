import {
  abs,
  DefinitionError,
  dot,
  f16,
  f32,
  type Index,
  i32,
  type Kernel,
  kernel,
  max,
  type StorageType,
  sum,
  type TensorHandle,
  type Value,
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
    attentionKernel(format, chunkLength, element, false)

/**
 * Attention over the first length[h] tokens of each head, an i32 input [K], for a cache with room for T: a length beyond T counts as T, one below 0 as 0. What
 * the other tokens hold has no effect, NaN included; with length 0 all results are 0. `scale` has two numbers: the factor, and a softcap c. With c > 0, a
 * score x · factor becomes c · tanh(x · factor / c), as in Gemma 2; with c = 0 it stays as it is. tanh y = ±(1 − e)/(1 + e) with e = 2^(−2·|y|·log₂ e), off by
 * about 2^-23. All else is as in `attention`.
 *
 * @param chunkLength tokens of a chunk, if not 1024
 */
export const attentionVarlen =
  (format: CacheFormat, chunkLength = tokensOfChunk) =>
  (element: StorageType = f16): Kernel => {
    if (format.tokenGroup !== undefined)
      throw new DefinitionError(
        `attention_${format.name}_varlen: tokens come in groups of ${format.tokenGroup}, of which only whole ones can count: give the kernel without lengths fewer groups`,
      )
    return attentionKernel(format, chunkLength, element, true)
  }

const attentionKernel = (format: CacheFormat, chunkLength: number, element: StorageType, isVarlen: boolean): Kernel =>
  kernel(
    `attention_${format.name}${isVarlen ? '_varlen' : ''}`,
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
      const scale = input('scale', f32, [isVarlen ? 2 : 1])
      const length = isVarlen ? input('length', i32, [K]) : undefined
      /** What a token gives if it counts. */
      const counted = (h: Index, token: readonly Index[], value: Value, otherwise: number): Value =>
        length === undefined ? value : (token[0] as Index).value().lt(length(h)).select(value, otherwise)
      const product = format.keys(builder, sizes, q)
      const { sum: sumOfValues, finish = whole => whole } = format.values(builder, sizes)
      const s = temporary('s', f32, { h: K, r: R, ...tokens }, (h, r, ...token) =>
        counted(h, token, inLog2(product(h, r, ...token), scale, isVarlen), -largest),
      )
      const m = temporary('m', f32, { h: K, r: R, c: chunks.count }, (h, r, c) =>
        max(inChunk(c), (...token) => s(h, r, ...token)),
      )
      const p = temporary('p', f32, { h: K, r: R, ...tokens }, (h, r, outer, ...inner) =>
        counted(
          h,
          [outer, ...inner],
          s(h, r, outer, ...inner)
            .sub(m(h, r, outer.group))
            .exp2(),
          0,
        ),
      )
      const l = temporary('l', f32, { h: K, r: R, c: chunks.count }, (h, r, c) =>
        sum(inChunk(c), (...token) => p(h, r, ...token)),
      )
      const a = temporary(
        'a',
        f32,
        { h: K, r: R, c: chunks.count, ...channelsOf(format, sizes) },
        (h, r, c, ...channel) =>
          sumOfValues(
            inChunk(c),
            (...token) => p(h, r, ...token),
            h,
            channel,
            (token, value) => counted(h, token, value, 0),
          ),
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
    isVarlen
      ? `decode attention: o[h, r, d] = Σ_(t < length[h]) softmax_t(softcap(scale · Σ_d q[h, r, d] · ${format.key})) · ${format.value}`
      : `decode attention: o[h, r, d] = Σ_t softmax_t(scale · Σ_d q[h, r, d] · ${format.key}) · ${format.value}`,
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

/** A score in units of log₂, capped if asked. Those beyond the finite floats count as the largest. */
function inLog2(product: Value, scale: TensorHandle, isVarlen: boolean): Value {
  if (!isVarlen) return product.mul(scale(0).mul(Math.LOG2E)).clamp(-largest, largest)
  const score = product.mul(scale(0))
  const cap = scale(1)
  const e = abs(score.div(cap))
    .mul(-2 * Math.LOG2E)
    .exp2()
  const tanh = e.neg().add(1).div(e.add(1))
  const capped = score.lt(0).select(tanh.neg(), tanh).mul(cap)
  return cap.gt(0).select(capped, score).mul(Math.LOG2E).clamp(-largest, largest)
}
