/** Decode products and attention over unsigned codes in asymmetric groups of 32 channels: an element is code · scale + zero. */
import { dot, f16, f32, fma, kernel, type StorageType, sum, toF32, u2, u4 } from '@qernel/dsl/source'
import { attention, type CacheFormat, scores, unscaled, values } from './decode.ts'

type Bits = 4 | 2
type Options = { bits?: 4 | 2 }

const group = 32
const codeTypes = { 4: u4, 2: u2 }

const cache = (bits: Bits): CacheFormat => ({
  group,
  // Σ (scale · k + zero) · q = scale · Σ k · q + zero · Σ q per group; the sums of the query are computed once for all tokens.
  keys: ({ input, temporary }, { K, R, T, D }, query) => {
    const groups = D.groups(group)
    const k = input('k', codeTypes[bits], [K, T, D])
    const scale = input('k_scale', f16, [K, T, groups.count])
    const zero = input('k_zero', f16, [K, T, groups.count])
    const sums = temporary('q_sum', f32, { h: K, r: R, g: groups.count }, (h, r, g) =>
      sum({ d: groups.at(g) }, d => query(h, r, d)),
    )
    return (h, r, t) =>
      dot({ g: groups.count }, g => [
        scale(h, t, g),
        dot({ d: groups.at(g) }, d => [query(h, r, d), toF32(k(h, t, d))]),
      ]) + dot({ g: groups.count }, g => [zero(h, t, g), sums(h, r, g)])
  },
  values: ({ input }, { K, T, D }) => {
    const groups = D.groups(group)
    const v = input('v', codeTypes[bits], [K, T, D])
    const scale = input('v_scale', f16, [K, T, groups.count])
    const zero = input('v_zero', f16, [K, T, groups.count])
    return (weight, h, t, d) => [weight, fma(toF32(v(h, t, d)), scale(h, t, groups.of(d)), zero(h, t, groups.of(d)))]
  },
  finish: unscaled,
})

export const scoresAsymmetricGroups = ({ bits = 4 }: Options = {}, element: StorageType = f16) =>
  kernel(
    `scores_uint${bits}_groups`,
    builder => scores(builder, cache(bits), element),
    'decode scores: s[h, r, t] = Σ_d q[h, r, d] · (k_scale[h, t, d/32] · k[h, t, d] + k_zero[h, t, d/32])',
  )

export const valuesAsymmetricGroups = ({ bits = 4 }: Options = {}, element: StorageType = f32) =>
  kernel(
    `values_uint${bits}_groups`,
    builder => values(builder, cache(bits), element),
    'decode values: o[h, r, d] = Σ_t p[h, r, t] · (v_scale[h, t, d/32] · v[h, t, d] + v_zero[h, t, d/32])',
  )

export const attentionAsymmetricGroups = ({ bits = 4 }: Options = {}, element: StorageType = f16) =>
  kernel(
    `attention_uint${bits}_groups`,
    builder => attention(builder, cache(bits), element),
    'decode attention: o[h, r, d] = Σ_t softmax_t(scale · Σ_d q[h, r, d] · (k_scale[h, t, d/32] · k[h, t, d] + k_zero[h, t, d/32])) · (v_scale[h, t, d/32] · v[h, t, d] + v_zero[h, t, d/32])',
  )
