/** Decode products and attention over the blocks of llama.cpp's q8_0 and q4_0: an element of a block is q · d, or (nibble − 8) · d. */
import { dot, f16, f32, i8, type KernelBuilder, kernel, type StorageType, toF32, u8 } from '@qernel/dsl/source'
import { chunkWeights, combination, inLog2, type Query, type Sizes, sizesOf } from './decode.ts'
import { nibbleOf } from './nibbles.ts'

/** Elements of a block, and bytes of its nibbles. */
const block = 32
const bytes = block / 2

const q8Keys = ({ inputRecord }: KernelBuilder, { K, T, D }: Sizes, query: Query) => {
  const blocks = D.groups(block)
  const k = inputRecord('k', [K, T, blocks.count], { d: { type: f16 }, q: { type: i8, length: block } })
  return (h: number, r: number, t: number) =>
    dot({ g: blocks.count }, g => [
      k.d(h, t, g),
      dot({ d: block }, d => [query(h, r, g * block + d), toF32(k.q(h, t, g, d))]),
    ])
}
const q8Values = ({ inputRecord }: KernelBuilder, { K, T, D }: Sizes) => {
  const v = inputRecord('v', [K, T, D.groups(block).count], { d: { type: f16 }, q: { type: i8, length: block } })
  return (weight: number, h: number, t: number, b: number, e: number): readonly [number, number] => [
    weight * v.d(h, t, b),
    toF32(v.q(h, t, b, e)),
  ]
}

const q4Keys = ({ inputRecord }: KernelBuilder, { K, T, D }: Sizes, query: Query) => {
  const blocks = D.groups(block)
  const k = inputRecord('k', [K, T, blocks.count], { d: { type: f16 }, q: { type: u8, length: bytes } })
  return (h: number, r: number, t: number) =>
    dot({ g: blocks.count }, g => [
      k.d(h, t, g),
      dot({ half: 2, j: bytes }, (half, j) => [
        query(h, r, g * block + half * bytes + j),
        nibbleOf(k.q(h, t, g, j), half) - 8,
      ]),
    ])
}
const q4Values = ({ inputRecord }: KernelBuilder, { K, T, D }: Sizes) => {
  const v = inputRecord('v', [K, T, D.groups(block).count], { d: { type: f16 }, q: { type: u8, length: bytes } })
  return (weight: number, h: number, t: number, b: number, half: number, j: number): readonly [number, number] => [
    weight * v.d(h, t, b),
    nibbleOf(v.q(h, t, b, j), half) - 8,
  ]
}

export const scoresQ8_0 = (element: StorageType = f16) =>
  kernel(
    'scores_llama_cpp_q8_0',
    builder => {
      const sizes = sizesOf(builder, block)
      const { K, R, T, D } = sizes
      const q = builder.input('q', element, [K, R, D])
      const product = q8Keys(builder, sizes, (h, r, d) => q(h, r, d))
      builder.output('s', f32, { h: K, r: R, t: T }, (h, r, t) => product(h, r, t))
    },
    'decode scores: s[h, r, t] = Σ_d q[h, r, d] · k.d[h, t, d/32] · k.q[h, t, d]',
  )

export const valuesQ8_0 = (element: StorageType = f32) =>
  kernel(
    'values_llama_cpp_q8_0',
    builder => {
      const sizes = sizesOf(builder, block)
      const { K, R, T, D } = sizes
      const p = builder.input('p', element, [K, R, T])
      const factors = q8Values(builder, sizes)
      builder.output('o', f32, { h: K, r: R, b: D.groups(block).count, e: block }, (h, r, b, e) =>
        dot({ t: T }, t => factors(p(h, r, t), h, t, b, e)),
      )
    },
    'decode values: o[h, r, d] = Σ_t p[h, r, t] · v.d[h, t, d/32] · v.q[h, t, d]',
  )

export const attentionQ8_0 = (element: StorageType = f16) =>
  kernel(
    'attention_llama_cpp_q8_0',
    builder => {
      const { input, temporary, output } = builder
      const sizes = sizesOf(builder, block)
      const { K, R, D } = sizes
      const q = input('q', element, [K, R, D])
      const scale = input('scale', f32, [1])
      const product = q8Keys(builder, sizes, (h, r, d) => q(h, r, d))
      const factors = q8Values(builder, sizes)
      const { chunks, m, p, l } = chunkWeights(builder, sizes, (h, r, t) => inLog2(product(h, r, t), scale(0)))
      const count = D.groups(block).count
      const a = temporary('a', f32, { h: K, r: R, c: chunks.count, b: count, e: block }, (h, r, c, b, e) =>
        dot({ t: chunks.at(c) }, t => factors(p(h, r, t), h, t, b, e)),
      )
      const { weight, total } = combination(builder, K, R, chunks, m, l)
      output('o', f32, { h: K, r: R, b: count, e: block }, (h, r, b, e) => {
        const weighted = dot({ c: chunks.count }, c => [a(h, r, c, b, e), weight(h, r, c)])
        return total(h, r) === 0 ? 0 : weighted / total(h, r)
      })
    },
    'decode attention: o[h, r, d] = Σ_t softmax_t(scale · Σ_d q[h, r, d] · k.d[h, t, d/32] · k.q[h, t, d]) · v.d[h, t, d/32] · v.q[h, t, d]',
  )

export const scoresQ4_0 = (element: StorageType = f16) =>
  kernel(
    'scores_llama_cpp_q4_0',
    builder => {
      const sizes = sizesOf(builder, block)
      const { K, R, T, D } = sizes
      const q = builder.input('q', element, [K, R, D])
      const product = q4Keys(builder, sizes, (h, r, d) => q(h, r, d))
      builder.output('s', f32, { h: K, r: R, t: T }, (h, r, t) => product(h, r, t))
    },
    'decode scores: s[h, r, t] = Σ_d q[h, r, d] · k.d[h, t, d/32] · (nibble of k.q[h, t, d] − 8)',
  )

export const valuesQ4_0 = (element: StorageType = f32) =>
  kernel(
    'values_llama_cpp_q4_0',
    builder => {
      const sizes = sizesOf(builder, block)
      const { K, R, T, D } = sizes
      const p = builder.input('p', element, [K, R, T])
      const factors = q4Values(builder, sizes)
      builder.output('o', f32, { h: K, r: R, b: D.groups(block).count, half: 2, j: bytes }, (h, r, b, half, j) =>
        dot({ t: T }, t => factors(p(h, r, t), h, t, b, half, j)),
      )
    },
    'decode values: o[h, r, d] = Σ_t p[h, r, t] · v.d[h, t, d/32] · (nibble of v.q[h, t, d] − 8)',
  )

export const attentionQ4_0 = (element: StorageType = f16) =>
  kernel(
    'attention_llama_cpp_q4_0',
    builder => {
      const { input, temporary, output } = builder
      const sizes = sizesOf(builder, block)
      const { K, R, D } = sizes
      const q = input('q', element, [K, R, D])
      const scale = input('scale', f32, [1])
      const product = q4Keys(builder, sizes, (h, r, d) => q(h, r, d))
      const factors = q4Values(builder, sizes)
      const { chunks, m, p, l } = chunkWeights(builder, sizes, (h, r, t) => inLog2(product(h, r, t), scale(0)))
      const axes = { b: D.groups(block).count, half: 2, j: bytes }
      const a = temporary(
        'a',
        f32,
        { h: K, r: R, c: chunks.count, b: axes.b, half: 2, j: bytes },
        (h, r, c, b, half, j) => dot({ t: chunks.at(c) }, t => factors(p(h, r, t), h, t, b, half, j)),
      )
      const { weight, total } = combination(builder, K, R, chunks, m, l)
      output('o', f32, { h: K, r: R, b: axes.b, half: 2, j: bytes }, (h, r, b, half, j) => {
        const weighted = dot({ c: chunks.count }, c => [a(h, r, c, b, half, j), weight(h, r, c)])
        return total(h, r) === 0 ? 0 : weighted / total(h, r)
      })
    },
    'decode attention: o[h, r, d] = Σ_t softmax_t(scale · Σ_d q[h, r, d] · k.d[h, t, d/32] · (nibble of k.q[h, t, d] − 8)) · v.d[h, t, d/32] · (nibble of v.q[h, t, d] − 8)',
  )
