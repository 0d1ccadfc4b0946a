import { dot, f16, type Index, i8, u8 } from '@qernel/dsl'
import { nibbleOf } from '../formats/nibbles.ts'
import { type CacheFormat, sumsOfProducts } from './cache-format.ts'

/** Elements of a block, along the row. */
const block = 32
const q8Layout = { d: { type: f16 }, q: { type: i8, length: block } } as const
const q4Layout = { d: { type: f16 }, q: { type: u8, length: block / 2 } } as const

/** The element of a row, from its block and its place there. */
const at = (b: Index, e: Index): Index => b.mul(block).add(e)

/**
 * llama.cpp's `q8_0` as its caches hold it: blocks of 34 bytes, {f16 d, i8[32]}, k u8 [K, T, 34 · D/32] and the same for v, as `llama_cpp_q8_0_blocks` writes
 * them. An element is q · d; d is applied once per block, to the sum Σ q · k. With d and codes in separate arrays the kernels are those of `int8_groups`.
 */
export const q8_0Cache: CacheFormat = {
  name: 'llama_cpp_q8_0',
  key: 'k.d[h, t, d/32] · k.q[h, t, d]',
  value: 'v.d[h, t, d/32] · v.q[h, t, d]',
  group: block,
  keys({ inputRecord }, { rows, D }, query) {
    const { count } = D.groups(block)
    const k = inputRecord('k', [...rows, count], q8Layout)
    return (h, r, ...token) =>
      dot({ g: count }, g => [
        k.d(h, ...token, g),
        dot({ d: block }, d => [query(h, r, at(g, d)), k.q(h, ...token, g, d).toF32()]),
      ])
  },
  values({ inputRecord }, { rows, D }) {
    const v = inputRecord('v', [...rows, D.groups(block).count], q8Layout)
    return sumsOfProducts((weight, row, b, e) => [weight.mul(v.d(...row, b)), v.q(...row, b, e).toF32()])
  },
  channelsOfGroup: { e: block },
}

/**
 * llama.cpp's `q4_0` as its caches hold it: blocks of 18 bytes, {f16 d, u8[16]}, k u8 [K, T, 18 · D/32] and the same for v, as `llama_cpp_q4_0_blocks` writes
 * them. The byte j of a block holds the code of its element j in the low nibble, that of element j + 16 in the high one; an element is (code − 8) · d.
 * Results are [K, R, D/32, 2, 16], which are the elements of [K, R, D] in their order.
 */
export const q4_0Cache: CacheFormat = {
  name: 'llama_cpp_q4_0',
  key: 'k.d[h, t, d/32] · (nibble of k.q[h, t, d] − 8)',
  value: 'v.d[h, t, d/32] · (nibble of v.q[h, t, d] − 8)',
  group: block,
  keys({ inputRecord }, { rows, D }, query) {
    const { count } = D.groups(block)
    const k = inputRecord('k', [...rows, count], q4Layout)
    return (h, r, ...token) =>
      dot({ g: count }, g => [
        k.d(h, ...token, g),
        dot({ half: 2, j: block / 2 }, (half, j) => [
          query(h, r, at(g, half.mul(block / 2).add(j))),
          nibbleOf(k.q(h, ...token, g, j), half).sub(8),
        ]),
      ])
  },
  values({ inputRecord }, { rows, D }) {
    const v = inputRecord('v', [...rows, D.groups(block).count], q4Layout)
    return sumsOfProducts((weight, row, b, half, j) => [
      weight.mul(v.d(...row, b)),
      nibbleOf(v.q(...row, b, j), half).sub(8),
    ])
  },
  channelsOfGroup: { half: 2, j: block / 2 },
}
