/** How the kernels of a decode step read a cache: K heads of T tokens of D channels, heads outermost, the channels of a token side by side. */
import type { Index, KernelBuilder, SizeHandle, Value } from '@qernel/dsl'

/** The sizes of a cache. */
export interface CacheSizes {
  /** Heads of keys and values. */
  readonly K: SizeHandle
  /** Tokens. */
  readonly T: SizeHandle
  /** Channels of a head. */
  readonly D: SizeHandle
}

type Declare = Pick<KernelBuilder, 'input'>

/** The product of a query with the key of a head and token: Σ_d query(d) · K̂[h, t, d], in the order that the format makes cheap. */
export type KeyReader = (query: (d: Index) => Value, h: Index, t: Index) => Value
/** The two factors of weight · V̂[h, t, d]. */
export type ValueReader = (weight: Value, h: Index, t: Index, d: Index) => readonly [Value, Value]

/** A format of keys and values. */
export interface CacheFormat {
  /** As in the names of kernels: `scores_int8_per_token`. */
  readonly name: string
  /** The key or value that a code stands for, as a formula, for summaries. */
  readonly key: string
  readonly value: string
  /** Rows are known to be whole groups of this length. */
  readonly group?: number
  /** Declares the arrays of the keys. */
  keys(declare: Declare, sizes: CacheSizes): KeyReader
  /** Declares the arrays of the values. */
  values(declare: Declare, sizes: CacheSizes): ValueReader
}
