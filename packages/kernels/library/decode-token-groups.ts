/** Decode products and attention over caches with G groups of 32 tokens: arrays are [K, G, 32, …], which are the bytes of [K, T, …]. */
import {
  dot,
  exp2,
  f32,
  type GroupElements,
  type KernelBuilder,
  max,
  type Size,
  type StorageType,
  sum,
} from '@qernel/dsl/source'
import { combination, inLog2, type Query } from './decode.ts'

/** Tokens of a group. */
export const group = 32
/** Groups of tokens of a chunk. */
const groupsOfChunk = 32

export type GroupSizes = { K: Size; R: Size; G: Size; D: Size }
/** Σ_d q[h, r, d] · K̂[h, g, t, d]. */
export type GroupKeyReader = (h: number, r: number, n: number, t: number) => number
/** Σ of weight · V̂ over the tokens of some groups. */
export type GroupSum = (
  groups: Size | GroupElements,
  weight: (n: number, t: number) => number,
  h: number,
  d: number,
) => number
export type GroupKeys = (builder: KernelBuilder, sizes: GroupSizes, query: Query) => GroupKeyReader
export type GroupValues = (builder: KernelBuilder, sizes: GroupSizes) => GroupSum

const sizesOf = ({ size }: KernelBuilder, multipleOf: number) => {
  const K = size('K')
  const R = size('R')
  const G = size('G')
  const D = multipleOf === 1 ? size('D') : size('D', { multipleOf })
  return { K, R, G, D }
}

export const scoresOfGroups = (builder: KernelBuilder, multipleOf: number, keys: GroupKeys, element: StorageType) => {
  const { input, output } = builder
  const sizes = sizesOf(builder, multipleOf)
  const { K, R, G, D } = sizes
  const q = input('q', element, [K, R, D])
  const product = keys(builder, sizes, (h, r, d) => q(h, r, d))
  output('s', f32, { h: K, r: R, n: G, t: group }, (h, r, n, t) => product(h, r, n, t))
}

export const valuesOfGroups = (builder: KernelBuilder, values: GroupValues, element: StorageType) => {
  const { input, output } = builder
  const sizes = sizesOf(builder, 1)
  const { K, R, G, D } = sizes
  const p = input('p', element, [K, R, G, group])
  const sumOfValues = values(builder, sizes)
  output('o', f32, { h: K, r: R, d: D }, (h, r, d) => sumOfValues(G, (n, t) => p(h, r, n, t), h, d))
}

export type GroupCache = { multipleOf: number; channelGroup: number; keys: GroupKeys; values: GroupValues }

export const attentionOfGroups = (
  builder: KernelBuilder,
  { multipleOf, channelGroup, keys, values }: GroupCache,
  element: StorageType,
) => {
  const { input, temporary, output } = builder
  const sizes = sizesOf(builder, multipleOf)
  const { K, R, G, D } = sizes
  const chunks = G.groups(groupsOfChunk)
  const q = input('q', element, [K, R, D])
  const scale = input('scale', f32, [1])
  const product = keys(builder, sizes, (h, r, d) => q(h, r, d))
  const sumOfValues = values(builder, sizes)
  const s = temporary('s', f32, { h: K, r: R, n: chunks, t: group }, (h, r, n, t) =>
    inLog2(product(h, r, n, t), scale(0)),
  )
  const m = temporary('m', f32, { h: K, r: R, c: chunks.count }, (h, r, c) =>
    max({ n: chunks.at(c), t: group }, (n, t) => s(h, r, n, t)),
  )
  const p = temporary('p', f32, { h: K, r: R, n: chunks, t: group }, (h, r, n, t) =>
    exp2(s(h, r, n, t) - m(h, r, chunks.of(n))),
  )
  const l = temporary('l', f32, { h: K, r: R, c: chunks.count }, (h, r, c) =>
    sum({ n: chunks.at(c), t: group }, (n, t) => p(h, r, n, t)),
  )
  const channels = channelGroup === 1 ? D : D.groups(channelGroup)
  const a = temporary('a', f32, { h: K, r: R, c: chunks.count, d: channels }, (h, r, c, d) =>
    sumOfValues(chunks.at(c), (n, t) => p(h, r, n, t), h, d),
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
