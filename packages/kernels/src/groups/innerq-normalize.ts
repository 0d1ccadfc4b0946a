import { abs, f16, f32, type Kernel, kernel, max, type StorageType } from '@qernel/dsl'

/**
 * InnerQ's key normalization (arXiv 2602.23200), computed once from the keys of the prefill: c[h, d] = √(max_t |k[h, t, d]|), 1 for a channel of zeros. The keys
 * are quantized as k / c, and c is folded into the query as q · c, so their product is the same but for roundings, while channels of large magnitude
 * no longer set the scale of their group. k [K, T, D], q [K, R, D] → c f32 [K, D], k_normalized f32 [K, T, D], q_scaled f32 [K, R, D]. Later keys are divided by
 * the same c.
 *
 * NaN is ignored in the maximum and stays NaN; a channel with an infinity has c = ∞, so its finite keys become 0 and its infinite ones NaN.
 */
export const innerqNormalize = (element: StorageType = f16): Kernel =>
  kernel(
    'innerq_normalize',
    ({ size, input, output }) => {
      const [K, R, T, D] = [size('K'), size('R'), size('T'), size('D')]
      const k = input('k', element, [K, T, D])
      const q = input('q', element, [K, R, D])
      const c = output('c', f32, { h: K, d: D }, (h, d) => {
        const root = max({ t: T }, t => abs(k(h, t, d))).sqrt()
        return root.gt(0).select(root, 1)
      })
      output('k_normalized', f32, { h: K, t: T, d: D }, (h, t, d) => k(h, t, d).div(c(h, d)))
      output('q_scaled', f32, { h: K, r: R, d: D }, (h, r, d) => q(h, r, d).mul(c(h, d)))
    },
    "InnerQ's key normalization: c[h, d] = √(max_t |k[h, t, d]|), keys k / c, query q · c",
  )
