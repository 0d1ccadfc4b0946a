import { dot, f16, f32, u2, u4 } from '@qernel/dsl'
import type { CacheFormat } from './cache-format.ts'
import { asymmetricGroupsCache } from './formats.ts'

/** Tokens of a group of keys, and channels of a group of values. */
const group = 32
const types = { 4: u4, 2: u2 } as const

/**
 * KIVI (arXiv 2402.02750): 4- or 2-bit codes, an element being code · scale + zero. Keys per channel in groups of 32 tokens, as `kivi_key_u{b}` writes them for
 * each head: k [K, G, 32, D] with k_scale and k_zero f16 [K, G, D]; values per token in groups of 32 channels, as `kivi_value_u{b}` writes them: v [K, G, 32, D]
 * with v_scale and v_zero f16 [K, G, 32, D/32]. G is the number of groups of 32 tokens; the last tokens, which KIVI keeps in f16, are the caller's.
 *
 * The parameters of a group of tokens are folded into the query, once for its 32 tokens: q_scaled[h, r, g, d] = q · k_scale and q_zero[h, r, g] = Σ_d q ·
 * k_zero. Then the product with a key is Σ_d q_scaled · k + q_zero.
 */
export const kiviCache = (bits: keyof typeof types): CacheFormat => ({
  ...asymmetricGroupsCache(bits),
  name: `kivi_u${bits}`,
  key: '(k_scale[h, t/32, d] · k[h, t, d] + k_zero[h, t/32, d])',
  tokenGroup: group,
  keys({ input, temporary }, { K, R, T, rows, D }, query) {
    const k = input('k', types[bits], [...rows, D])
    const scale = input('k_scale', f16, [K, T, D])
    const zero = input('k_zero', f16, [K, T, D])
    const scaled = temporary('q_scaled', f32, { h: K, r: R, n: T, d: D }, (h, r, n, d) =>
      query(h, r, d).mul(scale(h, n, d)),
    )
    const offset = temporary('q_zero', f32, { h: K, r: R, n: T }, (h, r, n) =>
      dot({ d: D }, d => [query(h, r, d), zero(h, n, d)]),
    )
    return (h, r, n, ...token) =>
      dot({ d: D }, d => [scaled(h, r, n, d), k(h, n, ...token, d).toF32()]).add(offset(h, r, n))
  },
})
