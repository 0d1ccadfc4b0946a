import { dot, f32, type Kernel, kernel, type StorageType } from '@qernel/dsl'
import type { CacheFormat } from './cache-format.ts'

/**
 * Weighted values of a decode step: o[h, r, d] = Σ_t p[h, r, t] · V̂[h, t, d], in f32. K value heads of T tokens by D channels; R query heads share a value
 * head, and p [K, R, T] are their weights, such as the softmax of scores.
 *
 * The sum is fused (`dot`) and in the order of the tokens; a scale is multiplied with the weight first. A NaN or an infinity in a token affects
 * all results that this token enters; with T = 0 all results are 0.
 */
export const values =
  (format: CacheFormat) =>
  (element: StorageType = f32): Kernel =>
    kernel(
      `values_${format.name}`,
      ({ size, input, output }) => {
        const K = size('K')
        const R = size('R')
        const T = size('T')
        const D = size('D', format.group === undefined ? {} : { multipleOf: format.group })
        const p = input('p', element, [K, R, T])
        const factors = format.values({ input }, { K, R, T, D })
        // Groups along the channels need the axis of the result to know its groups.
        const channels = format.group === undefined ? D : D.groups(format.group)
        output('o', f32, { h: K, r: R, d: channels }, (h, r, d) => dot({ t: T }, t => factors(p(h, r, t), h, t, d)))
      },
      `decode values: o[h, r, d] = Σ_t p[h, r, t] · ${format.value}`,
    )
