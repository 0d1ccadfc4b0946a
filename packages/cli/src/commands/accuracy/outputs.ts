/** Attention on quantized keys and values, against attention on the original ones in binary64. */
import type { Tensor } from '@qernel/dsl'
import { type AttentionOutputError, attentionOutputError } from '@qernel/testing/internal'
import type { DataSet } from './data-sets.ts'
import type { Measured } from './measure.ts'

/** A pair of formats on the cache. */
export interface OutputAccuracy {
  /** The formats of keys and values: "kivi_key_u2, kivi_value_u2"; one name if they are the same. */
  readonly formats: string
  /** The mean of keys and values. */
  readonly bitsPerElement: number
  /** With both quantized. */
  readonly both: AttentionOutputError
  /** |o − ô| / |o| with one of them quantized, the mean over the queries. */
  readonly keysAlone: number
  readonly valuesAlone: number
}

/** Queries besides the real one. */
const otherQueries = 7

/**
 * The real query, and keys of tokens spread over the cache, each as long as that query: their attention is on few tokens, that of the real query on
 * many.
 */
export function queriesOf({ rows, query }: DataSet): readonly Float32Array[] {
  if (query === undefined) return []
  const [T = 0, D = 0] = rows.shape
  const norm = (vector: ArrayLike<number>) => Math.sqrt(Array.from(vector).reduce((sum, x) => sum + x * x, 0))
  const others = Array.from({ length: otherQueries }, (_, i) => {
    const at = Math.floor(((i + 1) * T) / (otherQueries + 1)) * D
    const key = rows.data.slice(at, at + D)
    const factor = norm(query.data) / norm(key)
    return Float32Array.from(key, x => x * factor)
  })
  return [Float32Array.from(query.data), ...others]
}

/** The format of values that belongs to a format of keys: KIVI has one for each. */
export const valueFormatOf = (keys: string): string => keys.replace(/^kivi_key_/, 'kivi_value_')

export function measureOutput(keySet: DataSet, valueSet: DataSet, keys: Measured, values: Measured): OutputAccuracy {
  const queries = queriesOf(keySet)
  const original = { keys: keySet.rows.data, values: valueSet.rows.data }
  const errorOf = (k: Tensor['data'], v: Tensor['data']) =>
    attentionOutputError(queries, original, { keys: k, values: v })
  const [k, v] = [keys.restored.data, values.restored.data]
  const names = [keys.accuracy.kernel, values.accuracy.kernel]
  return {
    formats: [...new Set(names)].join(', '),
    bitsPerElement: (keys.accuracy.bitsPerElement + values.accuracy.bitsPerElement) / 2,
    both: errorOf(k, v),
    keysAlone: errorOf(k, original.values).relative.mean,
    valuesAlone: errorOf(original.keys, v).relative.mean,
  }
}
