/** How the kernels of a decode step read a cache: K heads of T tokens of D channels, heads outermost, the channels of a token side by side. */
import {
  type DimensionHandle,
  dot,
  type Index,
  type KernelBuilder,
  type NamedAxes,
  type ReductionAxis,
  type SizeHandle,
  type Value,
} from '@qernel/dsl'

/** The sizes of a decode step. */
export interface CacheSizes {
  /** Heads of keys and values. */
  readonly K: SizeHandle
  /** Query heads that share a head. */
  readonly R: SizeHandle
  /** Tokens, or groups of tokens. */
  readonly T: SizeHandle
  /** Channels of a head. */
  readonly D: SizeHandle
  /** The dimensions of an array with a row for each token of each head: K and T, or K, G and the length of a group. */
  readonly rows: readonly DimensionHandle[]
}

/** An element of the query. */
export type Query = (h: Index, r: Index, d: Index) => Value
/** The product of a query with the key of a head and token: Σ_d q[h, r, d] · K̂[h, t, d], in the order that the format makes cheap. */
export type KeyReader = (h: Index, r: Index, ...token: readonly Index[]) => Value

/** How values are added up. A channel has one index, or one for each of the format's axes. */
export interface ValueSums {
  /** Σ of weight · V̂ over tokens; the part of V̂ that is the same for all tokens may be left to `finish`. */
  sum(tokens: TokenAxes, weight: Weight, h: Index, channel: readonly Index[], counted?: Counted): Value
  finish?(sum: Value, h: Index, channel: readonly Index[]): Value
}
/** The tokens of a sum: `t`, or `n` and `t` if they come in groups. */
export type TokenAxes = NamedAxes<ReductionAxis>
/** What a token gives if it counts, else 0: whatever an array holds for a token that does not count has no effect. */
export type Counted = (token: readonly Index[], value: Value) => Value
/** The weight of a token. */
export type Weight = (...token: readonly Index[]) => Value

/** Sums of one product per token: the two factors of weight · V̂, `row` being the head and the token. */
export const sumsOfProducts = (
  factors: (weight: Value, row: readonly Index[], ...channel: readonly Index[]) => readonly [Value, Value],
): ValueSums => ({
  sum: (tokens, weight, h, channel, counted = (_, value) => value) =>
    dot(tokens, (...token) => {
      const [a, b] = factors(weight(...token), [h, ...token], ...channel)
      return [counted(token, a), counted(token, b)]
    }),
})

/** What formats declare arrays with. */
export type CacheBuilder = Pick<KernelBuilder, 'input' | 'inputRecord' | 'temporary'>

/** A format of keys and values. */
export interface CacheFormat {
  /** As in the names of kernels: `scores_int8_per_token`. */
  readonly name: string
  /** The key or value that a code stands for, as a formula, for summaries. */
  readonly key: string
  readonly value: string
  /** The length of groups of channels, of which rows consist. */
  readonly group?: number
  /** Tokens come in groups of so many: there is a size G, their number, and T = G · `tokenGroup`. */
  readonly tokenGroup?: number
  /** The axes of a group of channels, if codes are not in the order of the channels. */
  readonly channelsOfGroup?: Readonly<Record<string, number>>
  /** Declares the arrays of the keys, and what needs to be computed once per query. */
  keys(builder: CacheBuilder, sizes: CacheSizes, query: Query): KeyReader
  /** Declares the arrays of the values. */
  values(builder: CacheBuilder, sizes: CacheSizes): ValueSums
}

/** The half of a format that scores read, and the one that weighted values read. */
export type KeyFormat = Omit<CacheFormat, 'value' | 'values'>
export type ValueFormat = Omit<CacheFormat, 'key' | 'keys'>

/** The sizes of a kernel. */
export function sizesOf(
  { size }: Pick<KernelBuilder, 'size'>,
  { group, tokenGroup }: KeyFormat | ValueFormat,
): CacheSizes {
  const K = size('K')
  const R = size('R')
  const T = size(tokenGroup === undefined ? 'T' : 'G')
  const D = size('D', group === undefined ? {} : { multipleOf: group })
  return { K, R, T, D, rows: tokenGroup === undefined ? [K, T] : [K, T, tokenGroup] }
}

/** All tokens. */
export const allTokens = (
  { tokenGroup }: KeyFormat | ValueFormat,
  { T }: CacheSizes,
): NamedAxes<SizeHandle | number> => (tokenGroup === undefined ? { t: T } : { n: T, t: tokenGroup })

/** The channels of a head. Groups along them need the axis of the result to know its groups. */
export const channelsOf = ({ group, channelsOfGroup }: ValueFormat, { D }: CacheSizes): NamedAxes<DimensionHandle> =>
  channelsOfGroup === undefined
    ? { d: group === undefined ? D : D.groups(group) }
    : { b: D.groups(group ?? 1).count, ...channelsOfGroup }
