/** Scores and attention over KIVI's caches (arXiv 2402.02750): keys per channel in groups of 32 tokens, values per token in groups of 32 channels. */
import { dot, f16, f32, fma, kernel, type StorageType, toF32, u2, u4 } from '@qernel/dsl/source'
import { attentionOfGroups, type GroupKeys, group, scoresOfGroups } from './decode-token-groups.ts'

type Options = { bits?: 4 | 2 }

const codeTypes = { 4: u4, 2: u2 }

/** The parameters of a group of tokens are folded into the query, once for its 32 tokens. */
const keys =
  (bits: 4 | 2): GroupKeys =>
  ({ input, temporary }, { K, R, G, D }, query) => {
    const k = input('k', codeTypes[bits], [K, G, group, D])
    const scale = input('k_scale', f16, [K, G, D])
    const zero = input('k_zero', f16, [K, G, D])
    const scaled = temporary(
      'q_scaled',
      f32,
      { h: K, r: R, n: G, d: D },
      (h, r, n, d) => query(h, r, d) * scale(h, n, d),
    )
    const offset = temporary('q_zero', f32, { h: K, r: R, n: G }, (h, r, n) =>
      dot({ d: D }, d => [query(h, r, d), zero(h, n, d)]),
    )
    return (h, r, n, t) => dot({ d: D }, d => [scaled(h, r, n, d), toF32(k(h, n, t, d))]) + offset(h, r, n)
  }

export const scoresKivi = ({ bits = 4 }: Options = {}, element: StorageType = f16) =>
  kernel(
    `scores_kivi_u${bits}`,
    builder => scoresOfGroups(builder, group, keys(bits), element),
    'decode scores: s[h, r, t] = Σ_d q[h, r, d] · (k_scale[h, t/32, d] · k[h, t, d] + k_zero[h, t/32, d])',
  )

export const attentionKivi = ({ bits = 4 }: Options = {}, element: StorageType = f16) =>
  kernel(
    `attention_kivi_u${bits}`,
    builder =>
      attentionOfGroups(
        builder,
        {
          multipleOf: group,
          channelGroup: group,
          keys: keys(bits),
          values: ({ input }, { K, G, D }) => {
            const channels = D.groups(group)
            const v = input('v', codeTypes[bits], [K, G, group, D])
            const scale = input('v_scale', f16, [K, G, group, channels.count])
            const zero = input('v_zero', f16, [K, G, group, channels.count])
            return (groups, weight, h, d) =>
              dot({ n: groups, t: group }, (n, t) => [
                weight(n, t),
                fma(toF32(v(h, n, t, d)), scale(h, n, t, channels.of(d)), zero(h, n, t, channels.of(d))),
              ])
          },
        },
        element,
      ),
    'decode attention: o[h, r, d] = Σ_t softmax_t(scale · Σ_d q[h, r, d] · (k_scale[h, t/32, d] · k[h, t, d] + k_zero[h, t/32, d])) · (v_scale[h, t, d/32] · v[h, t, d] + v_zero[h, t, d/32])',
  )
