/** How far attention on a quantized cache is from attention on the original, in binary64. */
import type { LogicalValues } from '@qernel/dsl'
import { scoresOf, softmax } from './accuracy.ts'

/** Keys and values of one head, each [T, D]. */
export interface HeadCache {
  readonly keys: LogicalValues
  readonly values: LogicalValues
}

/** The error of the outputs o = Σ_t softmax_t(q·k/√D) · v of several queries. */
export interface AttentionOutputError {
  /** The lowest cosine of the angle between o and ô. */
  readonly cosine: number
  /** max |o − ô| over all elements. */
  readonly maximum: number
  /** |o − ô| / |o|, Euclidean: the mean over the queries, and the largest. */
  readonly relative: { readonly mean: number; readonly largest: number }
}

/**
 * @param queries each [D]
 * @throws RangeError where the shapes do not fit together
 */
export function attentionOutputError(
  queries: readonly LogicalValues[],
  original: HeadCache,
  restored: HeadCache,
): AttentionOutputError {
  let [cosine, maximum, sum, largest] = [1, 0, 0, 0]
  for (const query of queries) {
    const [before, after] = [attentionOutput(query, original), attentionOutput(query, restored)]
    const difference = before.map((x, d) => x - (after[d] as number))
    for (const each of difference) maximum = Math.max(maximum, Math.abs(each))
    const relative = length(difference) / length(before)
    sum += relative
    largest = Math.max(largest, relative)
    cosine = Math.min(cosine, product(before, after) / (length(before) * length(after)))
  }
  return { cosine, maximum, relative: { mean: queries.length === 0 ? 0 : sum / queries.length, largest } }
}

function attentionOutput(query: LogicalValues, { keys, values }: HeadCache): Float64Array {
  const D = query.length
  if (D === 0 || keys.length % D !== 0 || keys.length !== values.length)
    throw new RangeError(`a query of ${D} values does not fit keys of ${keys.length} and values of ${values.length}`)
  const output = new Float64Array(D)
  softmax(scoresOf(query, keys)).forEach((weight, t) => {
    for (let d = 0; d < D; d++) output[d] = (output[d] as number) + weight * (values[t * D + d] as number)
  })
  return output
}

const product = (a: Float64Array, b: Float64Array): number => a.reduce((sum, x, d) => sum + x * (b[d] as number), 0)
const length = (a: Float64Array): number => Math.sqrt(product(a, a))
