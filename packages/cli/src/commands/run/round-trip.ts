import { f32, integerRange, interpretKernel, type Tensor } from '@qernel/dsl'
import { findKernel, type LibraryKernel } from '@qernel/kernels'
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
  readonly bound: BoundCheck
  /** Bytes of the original, and of its codes and scales. */
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
  if (roundTrip === undefined) return undefined
  const [original, codes, scales] = [element.tensor, roundTrip.codes, roundTrip.channelScales].map(name =>
    tensors.get(name),
  )
  const dequantize = findKernel(roundTrip.dequantize)
  if (original === undefined || codes === undefined || scales === undefined || dequantize === undefined)
    return undefined
  const stored = new Map([
    [roundTrip.codes, codes],
    [roundTrip.channelScales, scales],
  ])
  const restored = interpretKernel(dequantize.define(f32), stored).get(dequantize.element.tensor)
  if (restored === undefined) return undefined
  return {
    error: reconstructionError(original.data, restored.data),
    bound: checkRoundTrip(original.data, restored.data, scales.data, integerRange(codes.type)),
    bytes: {
      before: payloadBytes(original.type, original.shape),
      after: payloadBytes(codes.type, codes.shape) + payloadBytes(scales.type, scales.shape),
    },
  }
}
