import { f32, type Kernel, kernel, type StorageType } from '@qernel/dsl'
import { allTokens, channelsOf, sizesOf, type ValueFormat } from './cache-format.ts'

/**
 * Weighted values of a decode step: o[h, r, d] = Σ_t p[h, r, t] · V̂[h, t, d], in f32. K value heads of T tokens by D channels; R query heads share a value
 * head, and p [K, R, T] are their weights, such as the softmax of scores.
 *
 * The sum is fused (`dot`) and in the order of the tokens; a scale of a token is multiplied with the weight first, one of a channel with the sum. A NaN or an
 * infinity in a token affects all results that this token enters; with T = 0 all results are 0.
 */
export const values =
  (format: ValueFormat) =>
  (element: StorageType = f32): Kernel =>
    kernel(
      `values_${format.name}`,
      builder => {
        const sizes = sizesOf(builder, format)
        const { K, R } = sizes
        const tokens = allTokens(format, sizes)
        const p = builder.input('p', element, [K, R, ...Object.values(tokens)])
        const { sum, finish = whole => whole } = format.values(builder, sizes)
        builder.output('o', f32, { h: K, r: R, ...channelsOf(format, sizes) }, (h, r, ...channel) =>
          finish(
            sum(tokens, (...token) => p(h, r, ...token), h, channel),
            h,
            channel,
          ),
        )
      },
      `decode values: o[h, r, d] = Σ_t p[h, r, t] · ${format.value}`,
    )
