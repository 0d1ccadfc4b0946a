import { dot, f16, f32, type Index, i2, i3, i4, i8, sum, u2, u4, type Value } from '@qernel/dsl'
import {
  type CacheBuilder,
  type CacheFormat,
  type CacheSizes,
  type KeyReader,
  type Query,
  sumsOfProducts,
} from './cache-format.ts'

/** f16 keys and values, k and v [K, T, D]: what every quantized cache is measured against. */
export const f16Cache: CacheFormat = {
  name: 'f16',
  key: 'k[h, t, d]',
  value: 'v[h, t, d]',
  keys({ input }, { rows, D }, query) {
    const k = input('k', f16, [...rows, D])
    return (h, r, ...token) => dot({ d: D }, d => [query(h, r, d), k(h, ...token, d)])
  },
  values({ input }, { rows, D }) {
    const v = input('v', f16, [...rows, D])
    return sumsOfProducts((weight, row, d) => [weight, v(...row, d)])
  },
}

/**
 * INT8 with one f32 scale per token and head, as `int8_per_token` writes it for the rows of all heads: codes k i8 [K, T, D], k_scale [K, T], and the same
 * for v. The scale of a key is applied once, to the sum; that of a value once, to the weight of its token.
 */
export const int8PerTokenCache: CacheFormat = {
  name: 'int8_per_token',
  key: 'k_scale[h, t] · k[h, t, d]',
  value: 'v_scale[h, t] · v[h, t, d]',
  keys({ input }, { rows, D }, query) {
    const k = input('k', i8, [...rows, D])
    const scale = input('k_scale', f32, [...rows])
    return (h, r, ...token) => scale(h, ...token).mul(dot({ d: D }, d => [query(h, r, d), k(h, ...token, d).toF32()]))
  },
  values({ input }, { rows, D }) {
    const v = input('v', i8, [...rows, D])
    const scale = input('v_scale', f32, [...rows])
    return sumsOfProducts((weight, row, d) => [weight.mul(scale(...row)), v(...row, d).toF32()])
  },
}

/** Elements of a group. */
const group = 32
const signedTypes = { 8: i8, 4: i4, 3: i3, 2: i2 } as const
const unsignedTypes = { 4: u4, 2: u2 } as const

/**
 * Signed codes of 8, 4, 3 or 2 bits in symmetric groups of 32 channels with f16 scales, as `group_symmetric_i{b}_g32_inner` writes them (and, with 8 bits,
 * `llama_cpp_q8_0`): k [K, T, D], k_scale [K, T, D/32], and the same for v. As in InnerQ (arXiv 2602.23200), the product is factored: the scale of a group
 * is applied once, to its sum Σ q · k.
 */
export const symmetricGroupsCache = (bits: keyof typeof signedTypes): CacheFormat => ({
  name: `int${bits}_groups`,
  key: 'k_scale[h, t, d/32] · k[h, t, d]',
  value: 'v_scale[h, t, d/32] · v[h, t, d]',
  group,
  keys({ input }, { rows, D }, query) {
    const groups = D.groups(group)
    const k = input('k', signedTypes[bits], [...rows, D])
    const scale = input('k_scale', f16, [...rows, groups.count])
    return (h, r, ...token) =>
      dot({ g: groups.count }, g => [
        scale(h, ...token, g),
        dot({ d: groups.at(g) }, d => [query(h, r, d), k(h, ...token, d).toF32()]),
      ])
  },
  values({ input }, { rows, D }) {
    const v = input('v', signedTypes[bits], [...rows, D])
    const scale = input('v_scale', f16, [...rows, D.groups(group).count])
    return sumsOfProducts((weight, row, d) => [weight.mul(scale(...row, d.group)), v(...row, d).toF32()])
  },
})

/** An element of an array. */
type Element = (...at: readonly Index[]) => Value

/**
 * The product with keys in groups of 32 channels that are code · factor + offset: Σ_g factor · Σ q · code + offset · Σ q, where the sums of the query, q_sum
 * [K, R, D/32], are computed once for all tokens.
 */
export function keysWithOffsets(
  { temporary }: CacheBuilder,
  { K, R, D }: CacheSizes,
  query: Query,
  { code, factor, offset }: { readonly code: Element; readonly factor: Element; readonly offset: Element },
): KeyReader {
  const groups = D.groups(group)
  const sums = temporary('q_sum', f32, { h: K, r: R, g: groups.count }, (h, r, g) =>
    sum({ d: groups.at(g) }, d => query(h, r, d)),
  )
  return (h, r, ...token) =>
    dot({ g: groups.count }, g => [
      factor(h, ...token, g),
      dot({ d: groups.at(g) }, d => [query(h, r, d), code(h, ...token, d)]),
    ]).add(dot({ g: groups.count }, g => [offset(h, ...token, g), sums(h, r, g)]))
}

/**
 * Unsigned codes of 4 or 2 bits in asymmetric groups of 32 channels, as `group_asymmetric_u{b}_g32_inner` and `kivi_value_u{b}` write them: k [K, T, D], k_scale
 * and k_zero f16 [K, T, D/32], and the same for v. An element is code · scale + zero. The product with a key is factored (InnerQ): Σ_g scale · Σ q · k +
 * zero · Σ q, where the sums of the query, q_sum [K, R, D/32], are computed once for all tokens. An element of a value is rounded once.
 */
export const asymmetricGroupsCache = (bits: keyof typeof unsignedTypes): CacheFormat => ({
  name: `uint${bits}_groups`,
  key: '(k_scale[h, t, d/32] · k[h, t, d] + k_zero[h, t, d/32])',
  value: '(v_scale[h, t, d/32] · v[h, t, d] + v_zero[h, t, d/32])',
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
      factor: scale,
      offset: zero,
    })
  },
  values({ input }, { rows, D }) {
    const groups = D.groups(group)
    const v = input('v', unsignedTypes[bits], [...rows, D])
    const scale = input('v_scale', f16, [...rows, groups.count])
    const zero = input('v_zero', f16, [...rows, groups.count])
    return sumsOfProducts((weight, row, d) => [
      weight,
      v(...row, d)
        .toF32()
        .fma(scale(...row, d.group), zero(...row, d.group)),
    ])
  },
})
