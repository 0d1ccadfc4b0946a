/** Whether what comes back from a quantizer is as near as it promises: the same for `run` and `accuracy`. */
import type { LogicalValues, Tensor } from '@qernel/dsl'
import { largestBound, type RoundTrip } from '@qernel/kernels'

export interface LargestBound {
  readonly formula: string
  /** Its largest value over the scales and zero points that were stored. */
  readonly value: number
  readonly holds: boolean
  /** Elements that are farther off, */
  readonly violations: number
  /** and those of them whose magnitude is beyond what the parameters can hold: they saturate. */
  readonly saturating: number
}

/** Holds what came back against the bound of the array. The bound is of exact arithmetic: roundings of f32, far below 2^-10 of it, come on top. */
export function boundOn(
  original: LogicalValues,
  restored: LogicalValues,
  roundTrip: RoundTrip,
  stored: ReadonlyMap<string, Tensor>,
): LargestBound {
  const { formula, value } = largestBound(roundTrip, stored)
  const { saturatesAbove = Infinity } = roundTrip.bound
  const most = value * (1 + 2 ** -10)
  let [violations, saturating] = [0, 0]
  for (const [i, x] of original.entries()) {
    const error = Math.abs(x - (restored[i] as number))
    if (!Number.isFinite(error) || error <= most) continue
    violations++
    if (Math.abs(x) > saturatesAbove) saturating++
  }
  return { formula, value, holds: violations === 0, violations, saturating }
}

/**
 * Finite elements that come back as NaN or infinity. Those that a NaN or an infinity of their group takes along are not counted: they come back
 * where zeros stand in the place of what is not finite.
 * @param roundTrip quantizes and dequantizes
 */
export function lostElements(original: Tensor, restored: Tensor, roundTrip: (original: Tensor) => Tensor): number {
  const isLost = (found: Tensor, i: number) => Number.isFinite(original.data[i]) && !Number.isFinite(found.data[i])
  const lost = [...restored.data.keys()].filter(i => isLost(restored, i))
  if (lost.length === 0 || original.data.every(x => Number.isFinite(x))) return lost.length
  const again = roundTrip({ ...original, data: original.data.map(x => (Number.isFinite(x) ? x : 0)) })
  return lost.filter(i => isLost(again, i)).length
}
