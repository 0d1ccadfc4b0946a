/** Whether what comes back from a quantizer is as near as it promises: the same for `run` and `accuracy`. */
import { f32, type LogicalValues, type Tensor } from '@qernel/dsl'
import { elementBounds, findKernel, type RoundTrip } from '@qernel/kernels'
import { errorText } from './quantities.ts'

export interface BoundKept {
  readonly formula: string
  /** Its largest value over the scales and zero points that were stored. */
  readonly value: number
  /** Whether every element that does not saturate keeps to the bound of its own group. */
  readonly holds: boolean
  /** Elements that are farther off, */
  readonly violations: number
  /** and the first of them, in row-major order. */
  readonly first?: number
  /** Elements whose magnitude is beyond what the parameters can hold, and that are farther off than their bound: they saturate. */
  readonly saturated: number
  /** How far off the farthest of those is. */
  readonly farthestSaturated: number
}

/**
 * Holds what came back against the bound of each group. The bound is of exact arithmetic: roundings of f32 come on top, which are far below 2^-10
 * of it, and of the element itself where a zero point is large beside the scale.
 */
export function boundOn(
  original: LogicalValues,
  restored: LogicalValues,
  roundTrip: RoundTrip,
  stored: ReadonlyMap<string, Tensor>,
): BoundKept {
  const dequantize = findKernel(roundTrip.dequantize)
  if (dequantize === undefined) throw new Error(`there is no kernel ${roundTrip.dequantize}`)
  const bounds = elementBounds(roundTrip, dequantize.define(f32), stored)
  const { saturatesAbove = Infinity, formula } = roundTrip.bound
  let [value, violations, saturated, farthestSaturated] = [0, 0, 0, 0]
  let first: number | undefined
  for (const [i, x] of original.entries()) {
    const bound = bounds[i] as number
    // A group that holds an infinity has no bound.
    if (!Number.isFinite(bound)) continue
    if (bound > value) value = bound
    const error = Math.abs(x - (restored[i] as number))
    if (!Number.isFinite(error) || error <= bound * (1 + 2 ** -10) + Math.abs(x) * 2 ** -21) continue
    if (Math.abs(x) > saturatesAbove) {
      saturated++
      farthestSaturated = Math.max(farthestSaturated, error)
    } else {
      violations++
      first ??= i
    }
  }
  const found = first === undefined ? {} : { first }
  return { formula, value, holds: violations === 0, violations, ...found, saturated, farthestSaturated }
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

/** Elements that no parameters of the format can bring back: what is stored is not what went in. */
export const saturatedText = ({ saturated, farthestSaturated }: BoundKept): string =>
  `${saturated} ${saturated === 1 ? 'element' : 'elements'} beyond what scales and zero points can hold, up to ${errorText(farthestSaturated)} off`
