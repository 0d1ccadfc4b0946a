/** Decode products and attention over a cache of K heads, T tokens and D channels, for any format of keys and values. */
import {
  abs,
  clamp,
  dot,
  exp2,
  f32,
  type Groups,
  i32,
  type KernelBuilder,
  max,
  type Size,
  type StorageType,
  sum,
} from '@qernel/dsl/source'

export type Sizes = { K: Size; R: Size; T: Size; D: Size }
/** An element of the query. */
export type Query = (h: number, r: number, d: number) => number
/** Σ_d q[h, r, d] · K̂[h, t, d]. */
export type KeyReader = (h: number, r: number, t: number) => number
/** The two factors of weight · V̂[h, t, d]. */
export type ValueReader = (weight: number, h: number, t: number, d: number) => readonly [number, number]

/** A format: it declares the arrays of keys or of values. `group` is the length of its groups of channels, or 1. */
export type CacheFormat = {
  group: number
  keys: (builder: KernelBuilder, sizes: Sizes, query: Query) => KeyReader
  values: (builder: KernelBuilder, sizes: Sizes) => ValueReader
  /** What a result is multiplied with that is the same for all tokens: `unscaled` if nothing. */
  finish: (builder: KernelBuilder, sizes: Sizes) => Finish
}

export type Finish = (sum: number, h: number, d: number) => number
export const unscaled = () => (sum: number) => sum

export const sizesOf = ({ size }: KernelBuilder, group: number) => {
  const K = size('K')
  const R = size('R')
  const T = size('T')
  const D = group === 1 ? size('D') : size('D', { multipleOf: group })
  return { K, R, T, D }
}

/** s[h, r, t] = Σ_d q[h, r, d] · K̂[h, t, d]. */
export const scores = (builder: KernelBuilder, { group, keys }: CacheFormat, element: StorageType) => {
  const { input, output } = builder
  const { K, R, T, D } = sizesOf(builder, group)
  const q = input('q', element, [K, R, D])
  const product = keys(builder, { K, R, T, D }, (h, r, d) => q(h, r, d))
  output('s', f32, { h: K, r: R, t: T }, (h, r, t) => product(h, r, t))
}

/** o[h, r, d] = Σ_t p[h, r, t] · V̂[h, t, d]. */
export const values = (
  builder: KernelBuilder,
  { group, values: declare, finish }: CacheFormat,
  element: StorageType,
) => {
  const { input, output } = builder
  const { K, R, T, D } = sizesOf(builder, group)
  const p = input('p', element, [K, R, T])
  const factors = declare(builder, { K, R, T, D })
  const scaled = finish(builder, { K, R, T, D })
  const channels = group === 1 ? D : D.groups(group)
  output('o', f32, { h: K, r: R, d: channels }, (h, r, d) =>
    scaled(
      dot({ t: T }, t => factors(p(h, r, t), h, t, d)),
      h,
      d,
    ),
  )
}

const chunkLength = 1024
/** The largest finite f32. */
const largest = 2 ** 128 - 2 ** 104

/** The score of a token in units of log₂. Those beyond the finite floats count as the largest. */
export const inLog2 = (product: number, scale: number) => clamp(product * (scale * Math.LOG2E), -largest, largest)

/** The maxima m and the sums l of all chunks, combined: the weight of a chunk, and the sum of all weights. */
export const combination = (
  { temporary }: KernelBuilder,
  K: Size,
  R: Size,
  chunks: Groups,
  m: (h: number, r: number, c: number) => number,
  l: (h: number, r: number, c: number) => number,
) => {
  const pair = temporary('pair', f32, { h: K, r: R, c: chunks.count, i: 2 }, (h, r, c, i) =>
    i === 0 ? m(h, r, c) : l(h, r, c),
  )
  const peak = temporary('peak', f32, { h: K, r: R }, (h, r) => max({ c: chunks.count }, c => pair(h, r, c, 0)))
  const weight = (h: number, r: number, c: number) => exp2(pair(h, r, c, 0) - peak(h, r))
  const total = temporary('total', f32, { h: K, r: R }, (h, r) =>
    dot({ c: chunks.count }, c => [pair(h, r, c, 1), weight(h, r, c)]),
  )
  return { weight, total: (h: number, r: number) => total(h, r) }
}

/** The weights of the tokens of all chunks, 2^(s − m), and their sums. */
export const chunkWeights = (
  { temporary }: KernelBuilder,
  { K, R, T }: Sizes,
  score: (h: number, r: number, t: number) => number,
) => {
  const chunks = T.groups(chunkLength)
  const s = temporary('s', f32, { h: K, r: R, t: chunks }, (h, r, t) => score(h, r, t))
  const m = temporary('m', f32, { h: K, r: R, c: chunks.count }, (h, r, c) => max({ t: chunks.at(c) }, t => s(h, r, t)))
  const p = temporary('p', f32, { h: K, r: R, t: chunks }, (h, r, t) => exp2(s(h, r, t) - m(h, r, chunks.of(t))))
  const l = temporary('l', f32, { h: K, r: R, c: chunks.count }, (h, r, c) => sum({ t: chunks.at(c) }, t => p(h, r, t)))
  return {
    chunks,
    m: (h: number, r: number, c: number) => m(h, r, c),
    p: (h: number, r: number, t: number) => p(h, r, t),
    l: (h: number, r: number, c: number) => l(h, r, c),
  }
}

/** o[h, r, d] = Σ_t w[h, r, t] · V̂[h, t, d], w the softmax over t of scale · Σ_d q[h, r, d] · K̂[h, t, d], in chunks of 1024 tokens. */
export const attention = (
  builder: KernelBuilder,
  { group, keys, values: declare, finish }: CacheFormat,
  element: StorageType,
) => {
  const { input, temporary, output } = builder
  const sizes = sizesOf(builder, group)
  const { K, R, D } = sizes
  const q = input('q', element, [K, R, D])
  const scale = input('scale', f32, [1])
  const product = keys(builder, sizes, (h, r, d) => q(h, r, d))
  const factors = declare(builder, sizes)
  const scaled = finish(builder, sizes)
  const { chunks, m, p, l } = chunkWeights(builder, sizes, (h, r, t) => inLog2(product(h, r, t), scale(0)))
  const channels = group === 1 ? D : D.groups(group)
  const a = temporary('a', f32, { h: K, r: R, c: chunks.count, d: channels }, (h, r, c, d) =>
    dot({ t: chunks.at(c) }, t => factors(p(h, r, t), h, t, d)),
  )
  const { weight, total } = combination(builder, K, R, chunks, m, l)
  output('o', f32, { h: K, r: R, d: D }, (h, r, d) => {
    const weighted = dot({ c: chunks.count }, c => [a(h, r, c, d), weight(h, r, c)])
    // An empty cache gives 0.
    return total(h, r) === 0 ? 0 : scaled(weighted / total(h, r), h, d)
  })
}

/** A score in units of log₂, with the softcap c · tanh(x / c) if c is not 0. */
const cappedInLog2 = (product: number, scale: number, cap: number) => {
  const score = product * scale
  const e = exp2(abs(score / cap) * (-2 * Math.LOG2E))
  const tanh = (-e + 1) / (e + 1)
  const capped = (score < 0 ? -tanh : tanh) * cap
  return clamp((cap > 0 ? capped : score) * Math.LOG2E, -largest, largest)
}

/** Attention over the first length[h] tokens of each head. What the other tokens hold has no effect, NaN included. */
export const attentionVarlen = (
  builder: KernelBuilder,
  { group, keys, values: declare }: CacheFormat,
  element: StorageType,
) => {
  const { input, temporary, output } = builder
  const sizes = sizesOf(builder, group)
  const { K, R, T, D } = sizes
  const chunks = T.groups(chunkLength)
  const q = input('q', element, [K, R, D])
  const scale = input('scale', f32, [2])
  const length = input('length', i32, [K])
  const product = keys(builder, sizes, (h, r, d) => q(h, r, d))
  const factors = declare(builder, sizes)
  const s = temporary('s', f32, { h: K, r: R, t: chunks }, (h, r, t) =>
    t < length(h) ? cappedInLog2(product(h, r, t), scale(0), scale(1)) : -largest,
  )
  const m = temporary('m', f32, { h: K, r: R, c: chunks.count }, (h, r, c) => max({ t: chunks.at(c) }, t => s(h, r, t)))
  const p = temporary('p', f32, { h: K, r: R, t: chunks }, (h, r, t) =>
    t < length(h) ? exp2(s(h, r, t) - m(h, r, chunks.of(t))) : 0,
  )
  const l = temporary('l', f32, { h: K, r: R, c: chunks.count }, (h, r, c) => sum({ t: chunks.at(c) }, t => p(h, r, t)))
  const channels = group === 1 ? D : D.groups(group)
  const a = temporary('a', f32, { h: K, r: R, c: chunks.count, d: channels }, (h, r, c, d) =>
    dot({ t: chunks.at(c) }, t => {
      const [weight, value] = factors(p(h, r, t), h, t, d)
      return [t < length(h) ? weight : 0, t < length(h) ? value : 0]
    }),
  )
  const { weight, total } = combination(
    builder,
    K,
    R,
    chunks,
    (h, r, c) => m(h, r, c),
    (h, r, c) => l(h, r, c),
  )
  output('o', f32, { h: K, r: R, d: D }, (h, r, d) => {
    const weighted = dot({ c: chunks.count }, c => [a(h, r, c, d), weight(h, r, c)])
    return total(h, r) === 0 ? 0 : weighted / total(h, r)
  })
}
