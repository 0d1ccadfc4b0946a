/** The accuracy of quantized keys in attention, and the data of published tables. Sums are in binary64. */
import type { LogicalValues } from '@qernel/dsl'
import { randomNumbers } from './random/numbers.ts'

/** How quantized keys change the attention of one query over all tokens, with scores q·k/√d. */
export interface AttentionError {
  /** |score − score^| before the softmax: mean and maximum over the tokens. */
  readonly scores: { readonly mean: number; readonly maximum: number }
  /** |p − p^| After it: the maximum, and ½ Σ |p − p^|, the weight that moved (0 … 1). */
  readonly probabilities: { readonly maximum: number; readonly moved: number }
}

/**
 * @param query [D]
 * @param keys [T, D], finite
 * @param restored [T, D], finite
 * @throws RangeError where the shapes do not fit together
 */
export function attentionError(query: LogicalValues, keys: LogicalValues, restored: LogicalValues): AttentionError {
  const D = query.length
  if (D === 0 || keys.length % D !== 0 || keys.length !== restored.length) {
    throw new RangeError(`a query of ${D} values does not fit keys of ${keys.length} and ${restored.length}`)
  }
  const scores = scoresOf(query, keys)
  const changed = scoresOf(query, restored)
  const [before, after] = [softmax(scores), softmax(changed)]
  const errors = scores.map((score, t) => Math.abs(score - (changed[t] as number)))
  const moves = before.map((p, t) => Math.abs(p - (after[t] as number)))
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0)
  const largest = (values: readonly number[]) => values.reduce((most, value) => Math.max(most, value), 0)
  return {
    scores: { mean: errors.length === 0 ? 0 : sum(errors) / errors.length, maximum: largest(errors) },
    probabilities: { maximum: largest(moves), moved: sum(moves) / 2 },
  }
}

/** The scores q·k/√D of one query, in binary64. */
export function scoresOf(query: LogicalValues, keys: LogicalValues): number[] {
  const D = query.length
  return Array.from({ length: keys.length / D }, (_, t) => {
    let score = 0
    for (let d = 0; d < D; d++) score += (query[d] as number) * (keys[t * D + d] as number)
    return score / Math.sqrt(D)
  })
}

export function softmax(scores: readonly number[]): number[] {
  const most = scores.reduce((high, score) => Math.max(high, score), Number.NEGATIVE_INFINITY)
  const weights = scores.map(score => Math.exp(score - most))
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  return weights.map(weight => weight / total)
}

/** The error of INT8 per channel on uniform data in [−1, 1] of one size, from a sample of its tokens. */
export interface UniformChannelError {
  /** Half the largest scale: max |x − x̂| approaches it as the number of tokens grows. */
  readonly bound: number
  readonly maximum: number
  /** √Σ (x − x̂)² over all T × D: the mean square of the sample, times their number. */
  readonly l2: number
  /** Mean |Q·K − Q·K̂| over sampled tokens and queries: no softmax, no 1/√d. */
  readonly attention: number
  readonly sampledTokens: number
}

/**
 * The error columns of arXiv 2601.04719, for T × D of any size: the scale of a channel is drawn from the distribution of the
 * largest of T uniform magnitudes, U^(1/T), and `tokens` tokens are quantized and dequantized in binary32.
 */
export function uniformChannelError(
  T: number,
  D: number,
  tokens: number,
  queries: number,
  seed: number,
): UniformChannelError {
  const random = randomNumbers(seed)
  const sampledTokens = Math.min(T, tokens)
  const scales = Array.from({ length: D }, () => Math.fround(Math.fround(random() ** (1 / T)) / 127))
  const query = Array.from({ length: D * queries }, () => random() * 2 - 1)
  let [squares, maximum, attention] = [0, 0, 0]
  const errors = new Float64Array(D)
  for (let t = 0; t < sampledTokens; t++) {
    for (let d = 0; d < D; d++) {
      const scale = scales[d] as number
      // Every element lies within the largest magnitude of its channel.
      const x = Math.fround((random() * 2 - 1) * 127 * scale)
      const error = x - Math.fround(Math.round(Math.fround(x / scale)) * scale)
      errors[d] = error
      squares += error * error
      if (Math.abs(error) > maximum) maximum = Math.abs(error)
    }
    for (let q = 0; q < queries; q++) {
      let score = 0
      for (let d = 0; d < D; d++) score += (query[q * D + d] as number) * (errors[d] as number)
      attention += Math.abs(score)
    }
  }
  const bound = scales.reduce((most, scale) => Math.max(most, scale), 0) / 2
  const l2 = Math.sqrt((squares / (sampledTokens * D)) * T * D)
  return { bound, maximum, l2, attention: attention / (sampledTokens * queries), sampledTokens }
}

/**
 * √Σ (x − x̂)² where the sum itself is kept in binary32, element by element: beyond 2^24 times a term the sum no longer
 * grows. The terms are those of uniform data with scale 1/127, 2^20 of them drawn and then repeated.
 */
export function l2SummedInBinary32(elements: number, seed: number): number {
  const random = randomNumbers(seed)
  const terms = Float32Array.from({ length: 2 ** 20 }, () => ((random() - 0.5) / 127) ** 2)
  let sum = 0
  for (let i = 0; i < elements; i++) sum = Math.fround(sum + (terms[i & (2 ** 20 - 1)] as number))
  return Math.sqrt(sum)
}
