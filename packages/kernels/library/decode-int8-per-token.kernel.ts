/** Decode products and attention over INT8 keys and values with one f32 scale per token and head. */
import { dot, f16, f32, i8, kernel, type StorageType, toF32 } from '@qernel/dsl/source'
import { attention, attentionVarlen, type CacheFormat, scores, unscaled, values } from './decode.ts'

const cache: CacheFormat = {
  group: 1,
  // The scale of a key is applied once, to the sum.
  keys: ({ input }, { K, T, D }, query) => {
    const k = input('k', i8, [K, T, D])
    const scale = input('k_scale', f32, [K, T])
    return (h, r, t) => scale(h, t) * dot({ d: D }, d => [query(h, r, d), toF32(k(h, t, d))])
  },
  // That of a value is applied to the weight of its token.
  values: ({ input }, { K, T, D }) => {
    const v = input('v', i8, [K, T, D])
    const scale = input('v_scale', f32, [K, T])
    return (weight, h, t, d) => [weight * scale(h, t), toF32(v(h, t, d))]
  },
  finish: unscaled,
}

export const scoresInt8PerToken = (element: StorageType = f16) =>
  kernel(
    'scores_int8_per_token',
    builder => scores(builder, cache, element),
    'decode scores: s[h, r, t] = Σ_d q[h, r, d] · k_scale[h, t] · k[h, t, d]',
  )

export const valuesInt8PerToken = (element: StorageType = f32) =>
  kernel(
    'values_int8_per_token',
    builder => values(builder, cache, element),
    'decode values: o[h, r, d] = Σ_t p[h, r, t] · v_scale[h, t] · v[h, t, d]',
  )

export const attentionInt8PerToken = (element: StorageType = f16) =>
  kernel(
    'attention_int8_per_token',
    builder => attention(builder, cache, element),
    'decode attention: o[h, r, d] = Σ_t softmax_t(scale · Σ_d q[h, r, d] · k_scale[h, t] · k[h, t, d]) · v_scale[h, t] · v[h, t, d]',
  )

export const attentionInt8PerTokenVarlen = (element: StorageType = f16) =>
  kernel(
    'attention_int8_per_token_varlen',
    builder => attentionVarlen(builder, cache, element),
    'decode attention: o[h, r, d] = Σ_(t < length[h]) softmax_t(softcap(scale · Σ_d q[h, r, d] · k_scale[h, t] · k[h, t, d])) · v_scale[h, t] · v[h, t, d]',
  )
