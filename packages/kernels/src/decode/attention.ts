import { dot, f16, f32, type Index, type Kernel, kernel, max, type StorageType, sum } from '@qernel/dsl'
import type { CacheFormat } from './cache-format.ts'

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
 * @param chunkLength tokens of a chunk, if not 1024
 */
export const attention =
  (format: CacheFormat, chunkLength = tokensOfChunk) =>
  (element: StorageType = f16): Kernel =>
    kernel(
      `attention_${format.name}`,
      ({ size, input, output, temporary }) => {
        const K = size('K')
        const R = size('R')
        const T = size('T')
        const D = size('D', format.group === undefined ? {} : { multipleOf: format.group })
        const chunks = T.groups(chunkLength)
        const channels = format.group === undefined ? D : D.groups(format.group)
        const q = input('q', element, [K, R, D])
        const scale = input('scale', f32, [1])
        const product = format.keys({ input, temporary }, { K, R, T, D }, q)
        const factors = format.values({ input }, { K, R, T, D })
        const s = temporary('s', f32, { h: K, r: R, t: chunks }, (h, r, t) =>
          product(h, r, t).mul(scale(0).mul(Math.LOG2E)).clamp(-largest, largest),
        )
        const m = temporary('m', f32, { h: K, r: R, c: chunks.count }, (h, r, c) =>
          max({ t: chunks.at(c) }, t => s(h, r, t)),
        )
        const p = temporary('p', f32, { h: K, r: R, t: chunks }, (h, r, t) =>
          s(h, r, t)
            .sub(m(h, r, t.group))
            .exp2(),
        )
        const l = temporary('l', f32, { h: K, r: R, c: chunks.count }, (h, r, c) =>
          sum({ t: chunks.at(c) }, t => p(h, r, t)),
        )
        const a = temporary('a', f32, { h: K, r: R, c: chunks.count, d: channels }, (h, r, c, d) =>
          dot({ t: chunks.at(c) }, t => factors(p(h, r, t), h, t, d)),
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
        output('o', f32, { h: K, r: R, d: D }, (h, r, d) => {
          const weighted = dot({ c: chunks.count }, c => [a(h, r, c, d), weight(h, r, c)])
          return total(h, r)
            .eq(0)
            .select(0, weighted.div(total(h, r)))
        })
      },
      `decode attention: o[h, r, d] = Σ_t softmax_t(scale · Σ_d q[h, r, d] · ${format.key}) · ${format.value}`,
    )
