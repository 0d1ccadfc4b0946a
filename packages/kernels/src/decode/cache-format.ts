/** How the kernels of a decode step read a cache: K heads of T tokens of D channels, heads outermost, the channels of a token side by side. */
import type { Index, KernelBuilder, SizeHandle, Value } from '@qernel/dsl'

/** The sizes of a decode step. */
export interface CacheSizes {
  /** Heads of keys and values. */
  readonly K: SizeHandle
  /** Query heads that share a head. */
  readonly R: SizeHandle
  /** Tokens. */
  readonly T: SizeHandle
  /** Channels of a head. */
  readonly D: SizeHandle
}

/** An element of the query. */
export type Query = (h: Index, r: Index, d: Index) => Value
/** The product of a query with the key of a head and token: Σ_d q[h, r, d] · K̂[h, t, d], in the order that the format makes cheap. */
export type KeyReader = (h: Index, r: Index, t: Index) => Value
/** The two factors of weight · V̂[h, t, d]. */
export type ValueReader = (weight: Value, h: Index, t: Index, d: Index) => readonly [Value, Value]

/** A format of keys and values. */
export interface CacheFormat {
  /** As in the names of kernels: `scores_int8_per_token`. */
  readonly name: string
  /** The key or value that a code stands for, as a formula, for summaries. */
  readonly key: string
  readonly value: string
  /** The length of groups of channels, of which rows consist. */
  readonly group?: number
  /** Declares the arrays of the keys, and what needs to be computed once per query. */
  keys(builder: Pick<KernelBuilder, 'input' | 'temporary'>, sizes: CacheSizes, query: Query): KeyReader
  /** Declares the arrays of the values. */
  values(builder: Pick<KernelBuilder, 'input'>, sizes: CacheSizes): ValueReader
}
