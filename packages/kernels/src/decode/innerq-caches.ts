import { abs, dot, f16, i2, i3, u2, u3, u4 } from '@qernel/dsl'
import type { CacheFormat, KeyFormat, ValueFormat } from './cache-format.ts'
import { keysWithOffsets, symmetricGroupsCache } from './formats.ts'

/** Elements of a group. */
const group = 32
const unsignedTypes = { 4: u4, 3: u3, 2: u2 } as const
const signedTypes = { 3: i3, 2: i2 } as const

/**
 * Keys in InnerQ's hybrid mode (arXiv 2602.23200), as `innerq_hybrid_u{b}` writes them: unsigned codes k [K, T, D] in groups of 32 channels, k_scale and k_zero
 * f16 [K, T, D/32]. The mode of a group is the sign of its scale s: an element is (code − (2^(b−1) − 1)) · s if it is not negative, and code · |s| + zero if
 * it is. Both are |s| · code + offset, so the product is Σ_g |s| · Σ q · k + offset · Σ q; the sums of the query, q_sum [K, R, D/32], are computed once
 * for all tokens. Only keys: InnerQ's values are in groups of tokens.
 */
export const innerqHybridKeys = (bits: keyof typeof unsignedTypes): KeyFormat => ({
  name: `innerq_hybrid_u${bits}`,
  key: `(|k_scale[h, t, d/32]| · k[h, t, d] + (k_scale < 0 ? k_zero[h, t, d/32] : −${2 ** (bits - 1) - 1} · k_scale))`,
  group,
  keys(builder, sizes, query) {
    const { input } = builder
    const { rows, D } = sizes
    const groups = D.groups(group)
    const k = input('k', unsignedTypes[bits], [...rows, D])
    const scale = input('k_scale', f16, [...rows, groups.count])
    const zero = input('k_zero', f16, [...rows, groups.count])
    return keysWithOffsets(builder, sizes, query, {
      code: (...at) => k(...at).toF32(),
      factor: (...at) => abs(scale(...at)),
      offset: (...at) => {
        const s = scale(...at)
        return s.lt(0).select(zero(...at), s.mul(1 - 2 ** (bits - 1)))
      },
    })
  },
})

/**
 * InnerQ's values: signed codes of 3 or 2 bits in symmetric groups of 32 tokens of a channel, as `group_symmetric_i{b}_g32_outer` writes them for each head:
 * G groups of tokens, v [K, G, 32, D], which are the bytes of [K, T, D], and v_scale f16 [K, G, D]. The sum is factored: the scale of a group is applied
 * once, to its sum Σ p · v.
 */
export const innerqValues = (bits: 3 | 2): ValueFormat => ({
  name: `innerq_i${bits}`,
  value: 'v_scale[h, t/32, d] · v[h, t, d]',
  tokenGroup: group,
  values({ input }, { K, T, rows, D }) {
    const v = input('v', signedTypes[bits], [...rows, D])
    const scale = input('v_scale', f16, [K, T, D])
    return {
      sum: ({ n: groups = T, t: tokens = group }, weight, h, channel) =>
        dot({ n: groups }, n => [
          scale(h, n, ...channel),
          dot({ t: tokens }, t => [weight(n, t), v(h, n, t, ...channel).toF32()]),
        ]),
    }
  },
})

/**
 * InnerQ's values with zero points: unsigned codes of 3 or 2 bits in asymmetric groups of 32 tokens of a channel, as `group_asymmetric_u{b}_g32_outer` writes
 * them: v [K, G, 32, D], v_scale and v_zero f16 [K, G, D]. An element is code · scale + zero, rounded once.
 */
export const innerqAsymmetricValues = (bits: 3 | 2): ValueFormat => ({
  name: `innerq_u${bits}`,
  value: '(v_scale[h, t/32, d] · v[h, t, d] + v_zero[h, t/32, d])',
  tokenGroup: group,
  values({ input }, { K, T, rows, D }) {
    const v = input('v', unsignedTypes[bits], [...rows, D])
    const scale = input('v_scale', f16, [K, T, D])
    const zero = input('v_zero', f16, [K, T, D])
    return {
      sum: (tokens, weight, h, channel) =>
        dot(tokens, (n, ...token) => [
          weight(n, ...token),
          v(h, n, ...token, ...channel)
            .toF32()
            .fma(scale(h, n, ...channel), zero(h, n, ...channel)),
        ]),
    }
  },
})

/**
 * InnerQ (arXiv 2602.23200): 3-bit keys in symmetric groups of 32 channels of a token, k i3 [K, G, 32, D] with k_scale f16 [K, G, 32, D/32], and values of 3 or 2
 * bits in symmetric groups of 32 tokens of a channel, v [K, G, 32, D] with v_scale f16 [K, G, D]. G is the number of groups of 32 tokens, so the arrays have
 * the bytes of [K, T, D] with T = 32 · G. The first and last tokens, which InnerQ keeps in f16, are the caller's.
 */
export const innerqCache = (valueBits: 3 | 2): CacheFormat => ({
  ...symmetricGroupsCache(3),
  ...innerqValues(valueBits),
  name: `innerq_k3_v${valueBits}`,
})
