import { dot, f32, type Index, i8 } from '@qernel/dsl'
import { type CacheFormat, sumsOfProducts } from './cache-format.ts'

/**
 * INT8 with one f32 scale per channel and head, as `int8_per_channel` writes it for each head: codes k i8 [K, T, D], k_scale [K, D], and the same for v. The
 * scales of the keys are folded into the query once, q_scaled[h, r, d] = q · k_scale; those of the values are applied once, to the sum.
 */
export const int8PerChannelCache: CacheFormat = {
  name: 'int8_per_channel',
  key: 'k_scale[h, d] · k[h, t, d]',
  value: 'v_scale[h, d] · v[h, t, d]',
  keys({ input, temporary }, { K, R, rows, D }, query) {
    const k = input('k', i8, [...rows, D])
    const scale = input('k_scale', f32, [K, D])
    const scaled = temporary('q_scaled', f32, { h: K, r: R, d: D }, (h, r, d) => query(h, r, d).mul(scale(h, d)))
    return (h, r, ...token) => dot({ d: D }, d => [scaled(h, r, d), k(h, ...token, d).toF32()])
  },
  values({ input }, { K, rows, D }) {
    const v = input('v', i8, [...rows, D])
    const scale = input('v_scale', f32, [K, D])
    return {
      ...sumsOfProducts((weight, row, d) => [weight, v(...row, d).toF32()]),
      finish: (sum, h, [d]) => sum.mul(scale(h, d as Index)),
    }
  },
}
