/** Decode products and attention over INT4 keys and values in symmetric groups of 32 channels with f16 scales (InnerQ's factored product, arXiv 2602.23200). */
import { dot, f16, f32, i4, kernel, type StorageType, toF32 } from '@qernel/dsl/source'
import { attention, type CacheFormat, scores, values } from './decode.ts'

const group = 32

const cache: CacheFormat = {
  group,
  // The scale of a group is applied once, to its sum.
  keys: ({ input }, { K, T, D }) => {
    const groups = D.groups(group)
    const k = input('k', i4, [K, T, D])
    const scale = input('k_scale', f16, [K, T, groups.count])
    return (query, h, t) =>
      dot({ g: groups.count }, g => [scale(h, t, g), dot({ d: groups.at(g) }, d => [query(d), toF32(k(h, t, d))])])
  },
  values: ({ input }, { K, T, D }) => {
    const groups = D.groups(group)
    const v = input('v', i4, [K, T, D])
    const scale = input('v_scale', f16, [K, T, groups.count])
    return (weight, h, t, d) => [weight * scale(h, t, groups.of(d)), toF32(v(h, t, d))]
  },
}

export const scoresInt4Groups = (element: StorageType = f16) =>
  kernel(
    'scores_int4_groups',
    builder => scores(builder, cache, element),
    'decode scores: s[h, r, t] = Σ_d q[h, r, d] · k_scale[h, t, d/32] · k[h, t, d]',
  )

export const valuesInt4Groups = (element: StorageType = f32) =>
  kernel(
    'values_int4_groups',
    builder => values(builder, cache, element),
    'decode values: o[h, r, d] = Σ_t p[h, r, t] · v_scale[h, t, d/32] · v[h, t, d]',
  )

export const attentionInt4Groups = (element: StorageType = f16) =>
  kernel(
    'attention_int4_groups',
    builder => attention(builder, cache, element),
    'decode attention: o[h, r, d] = Σ_t softmax_t(scale · Σ_d q[h, r, d] · k_scale[h, t, d/32] · k[h, t, d]) · v_scale[h, t, d/32] · v[h, t, d]',
  )
