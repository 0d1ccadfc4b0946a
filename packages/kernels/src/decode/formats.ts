import { dot, f16, f32, i4, i8 } from '@qernel/dsl'
import type { CacheFormat } from './cache-format.ts'

/**
 * f16 keys and values, k and v [K, T, D]: what every quantized cache is measured against.
 */
export const f16Cache: CacheFormat = {
  name: 'f16',
  key: 'k[h, t, d]',
  value: 'v[h, t, d]',
  keys({ input }, { K, T, D }) {
    const k = input('k', f16, [K, T, D])
    return (query, h, t) => dot({ d: D }, d => [query(d), k(h, t, d)])
  },
  values({ input }, { K, T, D }) {
    const v = input('v', f16, [K, T, D])
    return (weight, h, t, d) => [weight, v(h, t, d)]
  },
}

/**
 * INT8 with one f32 scale per token and head, as `int8_per_token` writes it for the rows of all heads: codes k i8 [K, T, D], k_scale [K, T], and the same
 * for v. The scale of a key is applied once, to the sum; that of a value once, to the weight of its token.
 */
export const int8PerTokenCache: CacheFormat = {
  name: 'int8_per_token',
  key: 'k_scale[h, t] · k[h, t, d]',
  value: 'v_scale[h, t] · v[h, t, d]',
  keys({ input }, { K, T, D }) {
    const k = input('k', i8, [K, T, D])
    const scale = input('k_scale', f32, [K, T])
    return (query, h, t) => scale(h, t).mul(dot({ d: D }, d => [query(d), k(h, t, d).toF32()]))
  },
  values({ input }, { K, T, D }) {
    const v = input('v', i8, [K, T, D])
    const scale = input('v_scale', f32, [K, T])
    return (weight, h, t, d) => [weight.mul(scale(h, t)), v(h, t, d).toF32()]
  },
}

/**
 * INT4 in symmetric groups of 32 channels with f16 scales, as `group_symmetric_i4_g32_inner` writes it: k i4 [K, T, D], k_scale [K, T, D/32], and the
 * same for v. As in InnerQ (arXiv 2602.23200), the product is factored: the scale of a group is applied once, to its sum Σ q · k.
 */
export const int4GroupsCache: CacheFormat = {
  name: 'int4_groups',
  key: 'k_scale[h, t, d/32] · k[h, t, d]',
  value: 'v_scale[h, t, d/32] · v[h, t, d]',
  group: 32,
  keys({ input }, { K, T, D }) {
    const groups = D.groups(32)
    const k = input('k', i4, [K, T, D])
    const scale = input('k_scale', f16, [K, T, groups.count])
    return (query, h, t) =>
      dot({ g: groups.count }, g => [scale(h, t, g), dot({ d: groups.at(g) }, d => [query(d), k(h, t, d).toF32()])])
  },
  values({ input }, { K, T, D }) {
    const v = input('v', i4, [K, T, D])
    const scale = input('v_scale', f16, [K, T, D.groups(32).count])
    return (weight, h, t, d) => [weight.mul(scale(h, t, d.group)), v(h, t, d).toF32()]
  },
}
