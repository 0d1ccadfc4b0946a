import { f16, f32, type Kernel, kernel, type StorageType } from '@qernel/dsl'
import { allTokens, type KeyFormat, sizesOf } from './cache-format.ts'

/**
 * Scores of a decode step: s[h, r, t] = Σ_d q[h, r, d] · K̂[h, t, d], in f32. K key heads of T tokens by D channels; R query heads share a key head, so q is
 * [K, R, D]: the K · R query heads in order (R = 1: every query has its own keys). No factor 1/√D, no mask.
 *
 * Sums are fused (`dot`) and in the order of the channels, group by group. A NaN or an infinity among the inputs of a token affects the scores
 * of that token only (of its group, if parameters belong to a group of tokens); with D = 0 all scores are 0.
 */
export const scores =
  (format: KeyFormat) =>
  (element: StorageType = f16): Kernel =>
    kernel(
      `scores_${format.name}`,
      builder => {
        const sizes = sizesOf(builder, format)
        const { K, R, D } = sizes
        const q = builder.input('q', element, [K, R, D])
        const product = format.keys(builder, sizes, q)
        builder.output('s', f32, { h: K, r: R, ...allTokens(format, sizes) }, (h, r, ...token) =>
          product(h, r, ...token),
        )
      },
      `decode scores: s[h, r, t] = Σ_d q[h, r, d] · ${format.key}`,
    )
