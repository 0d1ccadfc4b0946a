/** Decode products and attention over a cache of K heads, T tokens and D channels, for any format of keys and values. */
import { clamp, dot, exp2, f32, type KernelBuilder, max, type Size, type StorageType, sum } from '@qernel/dsl/source'

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
}

const sizesOf = ({ size }: KernelBuilder, group: number) => {
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
export const values = (builder: KernelBuilder, { group, values: declare }: CacheFormat, element: StorageType) => {
  const { input, output } = builder
  const { K, R, T, D } = sizesOf(builder, group)
  const p = input('p', element, [K, R, T])
  const factors = declare(builder, { K, R, T, D })
  const channels = group === 1 ? D : D.groups(group)
  output('o', f32, { h: K, r: R, d: channels }, (h, r, d) => dot({ t: T }, t => factors(p(h, r, t), h, t, d)))
}

const chunkLength = 1024
/** The largest finite f32. */
const largest = 2 ** 128 - 2 ** 104

/** o[h, r, d] = Σ_t w[h, r, t] · V̂[h, t, d], w the softmax over t of scale · Σ_d q[h, r, d] · K̂[h, t, d], in chunks of 1024 tokens. */
export const attention = (
  builder: KernelBuilder,
  { group, keys, values: declare }: CacheFormat,
  element: StorageType,
) => {
  const { input, temporary, output } = builder
  const { K, R, T, D } = sizesOf(builder, group)
  const chunks = T.groups(chunkLength)
  const channels = group === 1 ? D : D.groups(group)
  const q = input('q', element, [K, R, D])
  const scale = input('scale', f32, [1])
  const product = keys(builder, { K, R, T, D }, (h, r, d) => q(h, r, d))
  const factors = declare(builder, { K, R, T, D })
  // Scores in units of log₂. Those beyond the finite floats count as the largest.
  const s = temporary('s', f32, { h: K, r: R, t: chunks }, (h, r, t) =>
    clamp(product(h, r, t) * (scale(0) * Math.LOG2E), -largest, largest),
  )
  const m = temporary('m', f32, { h: K, r: R, c: chunks.count }, (h, r, c) => max({ t: chunks.at(c) }, t => s(h, r, t)))
  const p = temporary('p', f32, { h: K, r: R, t: chunks }, (h, r, t) => exp2(s(h, r, t) - m(h, r, chunks.of(t))))
  const l = temporary('l', f32, { h: K, r: R, c: chunks.count }, (h, r, c) => sum({ t: chunks.at(c) }, t => p(h, r, t)))
  const a = temporary('a', f32, { h: K, r: R, c: chunks.count, d: channels }, (h, r, c, d) =>
    dot({ t: chunks.at(c) }, t => factors(p(h, r, t), h, t, d)),
  )
  const pair = temporary('pair', f32, { h: K, r: R, c: chunks.count, i: 2 }, (h, r, c, i) =>
    i === 0 ? m(h, r, c) : l(h, r, c),
  )
  const peak = temporary('peak', f32, { h: K, r: R }, (h, r) => max({ c: chunks.count }, c => pair(h, r, c, 0)))
  const weight = (h: number, r: number, c: number) => exp2(pair(h, r, c, 0) - peak(h, r))
  const total = temporary('total', f32, { h: K, r: R }, (h, r) =>
    dot({ c: chunks.count }, c => [pair(h, r, c, 1), weight(h, r, c)]),
  )
  output('o', f32, { h: K, r: R, d: D }, (h, r, d) => {
    const weighted = dot({ c: chunks.count }, c => [a(h, r, c, d), weight(h, r, c)])
    // An empty cache gives 0.
    return total(h, r) === 0 ? 0 : weighted / total(h, r)
  })
}
