import { f32, integerRange, interpretKernel, type Tensor } from '@qernel/dsl'
import { findKernel, type LibraryKernel } from '@qernel/kernels'
import {
  type BoundCheck,
  checkRoundTrip,
  payloadBytes,
  type ReconstructionError,
  reconstructionError,
} from '@qernel/testing'
import { type BoundKept, boundOn, lostElements } from '../../report/error-bounds.ts'
import type { Job } from './execute.ts'

/** The error of a quantizer's round trip. */
export interface RoundTripReport {
  /** The shape of the quantized array. */
  readonly shape: readonly number[]
  readonly error: ReconstructionError
  /** If every column has its own scale: the check of every element against its own bound. */
  readonly bound?: BoundCheck
  /** The check of every element against the bound of its group. */
  readonly groups: BoundKept
  /** Finite elements that come back as NaN or infinity for no reason in their group. */
  readonly lost: number
  /** Bytes of the original, and of everything stored. */
  readonly bytes: { readonly before: number; readonly after: number }
}

/** Whether a round trip loses no element and keeps to its bounds. */
export const keepsBounds = ({ bound, groups, lost }: RoundTripReport): boolean =>
  lost === 0 && (bound?.holds ?? (groups.holds && groups.saturated === 0))

/**
 * Dequantizes the results of a quantizer, in f32 and by the reference, and measures the error against the original.
 * @returns undefined for kernels that are not quantizers
 */
export function measureRoundTrip(
  { element, roundTrip }: LibraryKernel,
  { kernel, inputs, sizes }: Job,
  outputs: ReadonlyMap<string, Tensor>,
): RoundTripReport | undefined {
  const dequantize = roundTrip && findKernel(roundTrip.dequantize)
  const original = inputs.get(element.tensor)
  if (roundTrip === undefined || dequantize === undefined || original === undefined) return undefined
  const storedOf = (tensors: ReadonlyMap<string, Tensor>) =>
    new Map(roundTrip.stored.map(name => [name, (tensors.get(name) ?? inputs.get(name)) as Tensor]))
  const restore = (tensors: ReadonlyMap<string, Tensor>) =>
    interpretKernel(dequantize.define(f32), storedOf(tensors)).get(dequantize.element.tensor) as Tensor
  const stored = storedOf(outputs)
  const restored = restore(outputs)
  const { channelScales } = roundTrip
  const scales = channelScales === undefined ? undefined : stored.get(channelScales)
  const codes = stored.get(roundTrip.stored[0] as string) as Tensor
  const error = reconstructionError(original.data, restored.data)
  return {
    shape: original.shape,
    error,
    ...(scales && { bound: checkRoundTrip(original.data, restored.data, scales.data, integerRange(codes.type)) }),
    groups: boundOn(original.data, restored.data, roundTrip, stored),
    lost: lostElements(original, restored, tensor =>
      restore(interpretKernel(kernel, new Map([...inputs, [element.tensor, tensor]]), sizes)),
    ),
    bytes: {
      before: payloadBytes(original.type, original.shape),
      after: [...stored.values()].reduce((sum, { type, shape }) => sum + payloadBytes(type, shape), 0),
    },
  }
}
