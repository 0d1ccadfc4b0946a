import { f32, integerRange, interpretKernel, type Tensor } from '@qernel/dsl'
import { findKernel, type LibraryKernel, largestBound } from '@qernel/kernels'
import {
  type BoundCheck,
  checkRoundTrip,
  payloadBytes,
  type ReconstructionError,
  reconstructionError,
} from '@qernel/testing'

/** How far a quantizer's results are from what went in. */
export interface RoundTripReport {
  readonly error: ReconstructionError
  /** Where each element has a scale of its own column: every element against its own bound. */
  readonly bound?: BoundCheck
  /** The bound of the whole array, in exact arithmetic: its formula, and its largest value over the scales. */
  readonly largest: { readonly formula: string; readonly value: number }
  /** Bytes of the original, and of all that is stored. */
  readonly bytes: { readonly before: number; readonly after: number }
}

/**
 * Dequantizes the results of a quantizer, in f32 and by the reference, and measures the error against the original.
 * @param tensors inputs and outputs of the run
 * @returns undefined for kernels that quantize nothing
 */
export function measureRoundTrip(
  { element, roundTrip }: LibraryKernel,
  tensors: ReadonlyMap<string, Tensor>,
): RoundTripReport | undefined {
  const dequantize = roundTrip && findKernel(roundTrip.dequantize)
  const original = tensors.get(element.tensor)
  if (roundTrip === undefined || dequantize === undefined || original === undefined) return undefined
  const stored = new Map(roundTrip.stored.map(name => [name, tensors.get(name) as Tensor]))
  const restored = interpretKernel(dequantize.define(f32), stored).get(dequantize.element.tensor)
  if (restored === undefined) return undefined
  const { channelScales } = roundTrip
  const scales = channelScales === undefined ? undefined : stored.get(channelScales)
  const codes = stored.get(roundTrip.stored[0] as string) as Tensor
  return {
    error: reconstructionError(original.data, restored.data),
    ...(scales && { bound: checkRoundTrip(original.data, restored.data, scales.data, integerRange(codes.type)) }),
    largest: largestBound(roundTrip, stored),
    bytes: {
      before: payloadBytes(original.type, original.shape),
      after: [...stored.values()].reduce((sum, { type, shape }) => sum + payloadBytes(type, shape), 0),
    },
  }
}
