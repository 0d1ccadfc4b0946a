/** Decode products and attention over f16 keys and values: what every quantized cache is measured against. */
import { dot, f16, f32, kernel, type StorageType } from '@qernel/dsl/source'
import { attention, attentionVarlen, type CacheFormat, scores, unscaled, values } from './decode.ts'

const cache: CacheFormat = {
  group: 1,
  keys: ({ input }, { K, T, D }, query) => {
    const k = input('k', f16, [K, T, D])
    return (h, r, t) => dot({ d: D }, d => [query(h, r, d), k(h, t, d)])
  },
  values: ({ input }, { K, T, D }) => {
    const v = input('v', f16, [K, T, D])
    return (weight, h, t, d) => [weight, v(h, t, d)]
  },
  finish: unscaled,
}

export const scoresF16 = (element: StorageType = f16) =>
  kernel(
    'scores_f16',
    builder => scores(builder, cache, element),
    'decode scores: s[h, r, t] = Σ_d q[h, r, d] · k[h, t, d]',
  )

export const valuesF16 = (element: StorageType = f32) =>
  kernel(
    'values_f16',
    builder => values(builder, cache, element),
    'decode values: o[h, r, d] = Σ_t p[h, r, t] · v[h, t, d]',
  )

export const attentionF16 = (element: StorageType = f16) =>
  kernel(
    'attention_f16',
    builder => attention(builder, cache, element),
    'decode attention: o[h, r, d] = Σ_t softmax_t(scale · Σ_d q[h, r, d] · k[h, t, d]) · v[h, t, d]',
  )

export const attentionF16Varlen = (element: StorageType = f16) =>
  kernel(
    'attention_f16_varlen',
    builder => attentionVarlen(builder, cache, element),
    'decode attention: o[h, r, d] = Σ_(t < length[h]) softmax_t(softcap(scale · Σ_d q[h, r, d] · k[h, t, d])) · v[h, t, d]',
  )
