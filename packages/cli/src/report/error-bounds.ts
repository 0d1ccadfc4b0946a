/** Whether the restored values of a quantizer keep to its error bound, for `run` and `accuracy`. */
import { f32, type LogicalValues, type Tensor } from '@qernel/dsl'
import { elementBounds, findKernel, type RoundTrip } from '@qernel/kernels'
import { errorText } from './quantities.ts'

export interface BoundKept {
  readonly formula: string
  /** Its largest value over the stored scales and zero points. */
  readonly value: number
  /** Whether every element that does not saturate keeps to the bound of its own group. */
  readonly holds: boolean
  /** Elements beyond their bound, */
  readonly violations: number
  /** and the first of them, in row-major order. */
  readonly first?: number
  /** Saturated elements: those beyond their bound because the parameters cannot represent their magnitude. */
  readonly saturated: number
  /** The largest error among those. */
  readonly farthestSaturated: number
}

/**
 * Checks restored values against the bound of each group. The bound is for exact arithmetic. f32 rounding errors are
 * added: they are far below 2^-10 of the bound, and of the element itself if a zero point is large compared with the
 * scale.
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
 * Finite elements that come back as NaN or infinity. Elements lost because of a NaN or an infinity in their group are
 * not counted: they come back if non-finite elements are replaced by zeros.
 * @param roundTrip quantizes and dequantizes
 */
export function lostElements(original: Tensor, restored: Tensor, roundTrip: (original: Tensor) => Tensor): number {
  const isLost = (found: Tensor, i: number) => Number.isFinite(original.data[i]) && !Number.isFinite(found.data[i])
  const lost = [...restored.data.keys()].filter(i => isLost(restored, i))
  if (lost.length === 0 || original.data.every(x => Number.isFinite(x))) return lost.length
  const again = roundTrip({ ...original, data: original.data.map(x => (Number.isFinite(x) ? x : 0)) })
  return lost.filter(i => isLost(again, i)).length
}

/** The text about elements that no parameters of the format can represent. */
export const saturatedText = ({ saturated, farthestSaturated }: BoundKept): string =>
  `${saturated} ${saturated === 1 ? 'element' : 'elements'} beyond what scales and zero points can hold, up to ${errorText(farthestSaturated)} off`
