/**
 * Products and attention over InnerQ's caches (arXiv 2602.23200): keys in groups of 32 channels, with a mode per group or symmetric; values in groups of 32
 * tokens of a channel, G of them.
 */
import { abs, dot, f16, f32, fma, i2, i3, kernel, type StorageType, sum, toF32, u2, u3, u4 } from '@qernel/dsl/source'
import { scores, unscaled } from './decode.ts'
import { attentionOfGroups, type GroupValues, group, valuesOfGroups } from './decode-token-groups.ts'

type KeyOptions = { bits?: 3 | 4 | 2 }
type ValueOptions = { bits?: 3 | 2 }

const unsignedTypes = { 4: u4, 3: u3, 2: u2 }
const signedTypes = { 3: i3, 2: i2 }
const biases = { 4: 7, 3: 3, 2: 1 }

/** An element is (code − bias) · scale if the scale is not negative, else code · |scale| + zero: both are |scale| · code + offset. */
export const scoresInnerqHybrid = ({ bits = 3 }: KeyOptions = {}, element: StorageType = f16) =>
  kernel(
    `scores_innerq_hybrid_u${bits}`,
    builder =>
      scores(
        builder,
        {
          group,
          keys: ({ input, temporary }, { K, R, T, D }, query) => {
            const groups = D.groups(group)
            const k = input('k', unsignedTypes[bits], [K, T, D])
            const scale = input('k_scale', f16, [K, T, groups.count])
            const zero = input('k_zero', f16, [K, T, groups.count])
            const sums = temporary('q_sum', f32, { h: K, r: R, g: groups.count }, (h, r, g) =>
              sum({ d: groups.at(g) }, d => query(h, r, d)),
            )
            return (h, r, t) =>
              dot({ g: groups.count }, g => [
                abs(scale(h, t, g)),
                dot({ d: groups.at(g) }, d => [query(h, r, d), toF32(k(h, t, d))]),
              ]) +
              dot({ g: groups.count }, g => [
                scale(h, t, g) < 0 ? zero(h, t, g) : scale(h, t, g) * -biases[bits],
                sums(h, r, g),
              ])
          },
          values: () => weight => [weight, 0],
          finish: unscaled,
        },
        element,
      ),
    `decode scores: s[h, r, t] = Σ_d q[h, r, d] · (|k_scale[h, t, d/32]| · k[h, t, d] + (k_scale < 0 ? k_zero[h, t, d/32] : −${biases[bits]} · k_scale))`,
  )

/** The scale of a group is applied once, to its sum. */
const symmetricValues =
  (bits: 3 | 2): GroupValues =>
  ({ input }, { K, G, D }) => {
    const v = input('v', signedTypes[bits], [K, G, group, D])
    const scale = input('v_scale', f16, [K, G, D])
    return (groups, weight, h, d) =>
      dot({ n: groups }, n => [scale(h, n, d), dot({ t: group }, t => [weight(n, t), toF32(v(h, n, t, d))])])
  }

export const valuesInnerq = ({ bits = 3 }: ValueOptions = {}, element: StorageType = f32) =>
  kernel(
    `values_innerq_i${bits}`,
    builder => valuesOfGroups(builder, symmetricValues(bits), element),
    'decode values: o[h, r, d] = Σ_t p[h, r, t] · v_scale[h, t/32, d] · v[h, t, d]',
  )

export const valuesInnerqAsymmetric = ({ bits = 3 }: ValueOptions = {}, element: StorageType = f32) =>
  kernel(
    `values_innerq_u${bits}`,
    builder =>
      valuesOfGroups(
        builder,
        ({ input }, { K, G, D }) => {
          const v = input('v', unsignedTypes[bits], [K, G, group, D])
          const scale = input('v_scale', f16, [K, G, D])
          const zero = input('v_zero', f16, [K, G, D])
          return (groups, weight, h, d) =>
            dot({ n: groups, t: group }, (n, t) => [
              weight(n, t),
              fma(toF32(v(h, n, t, d)), scale(h, n, d), zero(h, n, d)),
            ])
        },
        element,
      ),
    'decode values: o[h, r, d] = Σ_t p[h, r, t] · (v_scale[h, t/32, d] · v[h, t, d] + v_zero[h, t/32, d])',
  )

export const attentionInnerq = ({ bits = 3 }: ValueOptions = {}, element: StorageType = f16) =>
  kernel(
    `attention_innerq_k3_v${bits}`,
    builder =>
      attentionOfGroups(
        builder,
        {
          multipleOf: group,
          channelGroup: group,
          keys: ({ input }, { K, G, D }, query) => {
            const groups = D.groups(group)
            const k = input('k', i3, [K, G, group, D])
            const scale = input('k_scale', f16, [K, G, group, groups.count])
            return (h, r, n, t) =>
              dot({ g: groups.count }, g => [
                scale(h, n, t, g),
                dot({ d: groups.at(g) }, d => [query(h, r, d), toF32(k(h, n, t, d))]),
              ])
          },
          values: symmetricValues(bits),
        },
        element,
      ),
    'decode attention: o[h, r, d] = Σ_t softmax_t(scale · Σ_d q[h, r, d] · k_scale[h, t, d/32] · k[h, t, d]) · v_scale[h, t/32, d] · v[h, t, d]',
  )
