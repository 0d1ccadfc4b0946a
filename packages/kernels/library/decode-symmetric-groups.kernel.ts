/** Decode products and attention over signed codes in symmetric groups of 32 channels with f16 scales (InnerQ's factored product, arXiv 2602.23200). */
import { dot, f16, f32, i2, i3, i4, i8, kernel, type StorageType, toF32 } from '@qernel/dsl/source'
import { attention, attentionVarlen, type CacheFormat, scores, unscaled, values } from './decode.ts'

type Bits = 8 | 4 | 3 | 2
type Options = { bits?: 4 | 8 | 3 | 2 }

const group = 32
const codeTypes = { 8: i8, 4: i4, 3: i3, 2: i2 }

const cache = (bits: Bits): CacheFormat => ({
  group,
  // The scale of a group is applied once, to its sum.
  keys: ({ input }, { K, T, D }, query) => {
    const groups = D.groups(group)
    const k = input('k', codeTypes[bits], [K, T, D])
    const scale = input('k_scale', f16, [K, T, groups.count])
    return (h, r, t) =>
      dot({ g: groups.count }, g => [
        scale(h, t, g),
        dot({ d: groups.at(g) }, d => [query(h, r, d), toF32(k(h, t, d))]),
      ])
  },
  values: ({ input }, { K, T, D }) => {
    const groups = D.groups(group)
    const v = input('v', codeTypes[bits], [K, T, D])
    const scale = input('v_scale', f16, [K, T, groups.count])
    return (weight, h, t, d) => [weight * scale(h, t, groups.of(d)), toF32(v(h, t, d))]
  },
  finish: unscaled,
})

export const scoresSymmetricGroups = ({ bits = 4 }: Options = {}, element: StorageType = f16) =>
  kernel(
    `scores_int${bits}_groups`,
    builder => scores(builder, cache(bits), element),
    'decode scores: s[h, r, t] = Σ_d q[h, r, d] · k_scale[h, t, d/32] · k[h, t, d]',
  )

export const valuesSymmetricGroups = ({ bits = 4 }: Options = {}, element: StorageType = f32) =>
  kernel(
    `values_int${bits}_groups`,
    builder => values(builder, cache(bits), element),
    'decode values: o[h, r, d] = Σ_t p[h, r, t] · v_scale[h, t, d/32] · v[h, t, d]',
  )

export const attentionSymmetricGroups = ({ bits = 4 }: Options = {}, element: StorageType = f16) =>
  kernel(
    `attention_int${bits}_groups`,
    builder => attention(builder, cache(bits), element),
    'decode attention: o[h, r, d] = Σ_t softmax_t(scale · Σ_d q[h, r, d] · k_scale[h, t, d/32] · k[h, t, d]) · v_scale[h, t, d/32] · v[h, t, d]',
  )

export const attentionInt4GroupsVarlen = (element: StorageType = f16) =>
  kernel(
    'attention_int4_groups_varlen',
    builder => attentionVarlen(builder, cache(4), element),
    'decode attention: o[h, r, d] = Σ_(t < length[h]) softmax_t(softcap(scale · Σ_d q[h, r, d] · k_scale[h, t, d/32] · k[h, t, d])) · v_scale[h, t, d/32] · v[h, t, d]',
  )
