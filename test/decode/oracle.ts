/** A decode step in float64, with the error that binary32 may make. */
import type { Half, Sizes } from './cache.ts'

/** A result and how far from it a computation in binary32 may be, in any order of its sums. */
export interface Expected {
  readonly values: Float64Array
  readonly bounds: Float64Array
}

/** The rounding of one operation of binary32. */
const unit = 2 ** -24
const smallest = 2 ** -149

/** s[h, r, t] = Σ_d q · k̂. Each product and scale is rounded, and each addition: at most D + 6 roundings of parts of Σ |q · k̂|. */
export function scoresOf(
  { K, R, T, D }: Sizes,
  q: ArrayLike<number>,
  { decoded, magnitudes: parts = decoded }: Half,
): Expected {
  const values = new Float64Array(K * R * T)
  const bounds = new Float64Array(K * R * T)
  for (let h = 0; h < K; h++)
    for (let r = 0; r < R; r++)
      for (let t = 0; t < T; t++) {
        let [sum, magnitudes] = [0, 0]
        for (let d = 0; d < D; d++) {
          const query = q[(h * R + r) * D + d] as number
          const place = (h * T + t) * D + d
          sum += query * (decoded[place] as number)
          magnitudes += Math.abs(query * (parts[place] as number))
        }
        const at = (h * R + r) * T + t
        values[at] = sum
        bounds[at] = (D + 6) * unit * magnitudes * 1.01 + smallest
      }
  return { values, bounds }
}

/** o[h, r, d] = Σ_t p · v̂: at most T + 4 roundings of parts of Σ |p · v̂|, and the error of the weights themselves. */
export function valuesOf(
  { K, R, T, D }: Sizes,
  p: ArrayLike<number>,
  { decoded, magnitudes: parts = decoded }: Half,
  weightError = 0,
): Expected {
  const values = new Float64Array(K * R * D)
  const bounds = new Float64Array(K * R * D)
  for (let h = 0; h < K; h++)
    for (let r = 0; r < R; r++)
      for (let d = 0; d < D; d++) {
        let [sum, magnitudes] = [0, 0]
        for (let t = 0; t < T; t++) {
          const weight = p[(h * R + r) * T + t] as number
          const place = (h * T + t) * D + d
          sum += weight * (decoded[place] as number)
          magnitudes += Math.abs(weight * (parts[place] as number))
        }
        const at = (h * R + r) * D + d
        values[at] = sum
        bounds[at] = ((T + 4) * unit * 1.01 + weightError) * magnitudes + smallest
      }
  return { values, bounds }
}

/**
 * Attention. A score in units of log₂ is off by its own bound and three roundings, e; then 2^s and the maximum are off by the factor 2^(2e), the sums
 * of weights by T roundings, and exp2, the combination of chunks and the quotient by a few more.
 */
export function attentionOf(sizes: Sizes, q: ArrayLike<number>, scale: number, keys: Half, values: Half): Expected {
  const { K, R, T } = sizes
  const scores = scoresOf(sizes, q, keys)
  const weights = new Float64Array(K * R * T)
  let error = 0
  for (let row = 0; row < K * R; row++) {
    const s = scores.values.subarray(row * T, (row + 1) * T)
    const largest = s.reduce((most, one) => Math.max(most, one * scale), Number.NEGATIVE_INFINITY)
    let total = 0
    for (let t = 0; t < T; t++) {
      const weight = Math.exp((s[t] as number) * scale - largest)
      weights[row * T + t] = weight
      total += weight
      const inLog2 = Math.abs(scale) * Math.LOG2E
      const off =
        (scores.bounds[row * T + t] as number) * inLog2 +
        4 * unit * (Math.abs(s[t] as number) + Math.abs(largest / scale)) * inLog2
      error = Math.max(error, off)
    }
    for (let t = 0; t < T; t++) weights[row * T + t] = (weights[row * T + t] as number) / total
  }
  const weightError = 2 * (2 ** (2 * error) - 1) + (T + 40) * unit
  return valuesOf(sizes, weights, values, weightError)
}
