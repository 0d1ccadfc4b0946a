/** Decode products and attention over INT8 keys and values with one f32 scale per channel and head. */
import { dot, f16, f32, i8, kernel, type StorageType, toF32 } from '@qernel/dsl/source'
import { attention, type CacheFormat, scores, values } from './decode.ts'

const cache: CacheFormat = {
  group: 1,
  // The scales of the keys are folded into the query, once for all tokens.
  keys: ({ input, temporary }, { K, R, T, D }, query) => {
    const k = input('k', i8, [K, T, D])
    const scale = input('k_scale', f32, [K, D])
    const scaled = temporary('q_scaled', f32, { h: K, r: R, d: D }, (h, r, d) => query(h, r, d) * scale(h, d))
    return (h, r, t) => dot({ d: D }, d => [scaled(h, r, d), toF32(k(h, t, d))])
  },
  values: ({ input }, { K, T, D }) => {
    const v = input('v', i8, [K, T, D])
    return (weight, h, t, d) => [weight, toF32(v(h, t, d))]
  },
  // Those of the values are applied once, to the sum.
  finish: ({ input }, { K, D }) => {
    const scale = input('v_scale', f32, [K, D])
    return (sum, h, d) => sum * scale(h, d)
  },
}

export const scoresInt8PerChannel = (element: StorageType = f16) =>
  kernel(
    'scores_int8_per_channel',
    builder => scores(builder, cache, element),
    'decode scores: s[h, r, t] = Σ_d q[h, r, d] · k_scale[h, d] · k[h, t, d]',
  )

export const valuesInt8PerChannel = (element: StorageType = f32) =>
  kernel(
    'values_int8_per_channel',
    builder => values(builder, cache, element),
    'decode values: o[h, r, d] = Σ_t p[h, r, t] · v_scale[h, d] · v[h, t, d]',
  )

export const attentionInt8PerChannel = (element: StorageType = f16) =>
  kernel(
    'attention_int8_per_channel',
    builder => attention(builder, cache, element),
    'decode attention: o[h, r, d] = Σ_t softmax_t(scale · Σ_d q[h, r, d] · k_scale[h, d] · k[h, t, d]) · v_scale[h, d] · v[h, t, d]',
  )
