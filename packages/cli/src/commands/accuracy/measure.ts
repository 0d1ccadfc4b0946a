import { f32, interpretKernel, type Kernel, type Tensor } from '@qernel/dsl'
import { elementCount } from '@qernel/dsl/internal'
import { findKernel, type LibraryKernel, type RoundTrip } from '@qernel/kernels'
import { payloadBytes, reconstructionError } from '@qernel/testing'
import { type AttentionError, attentionError } from '@qernel/testing/internal'
import { type BoundKept, boundOn, lostElements } from '../../report/error-bounds.ts'
import type { DataSet } from './data-sets.ts'

/** A quantizer on one data set. */
export interface Accuracy {
  readonly kernel: string
  readonly data: string
  /** Includes everything that is stored: codes, scales, zero points. */
  readonly bitsPerElement: number
  readonly maximum: number
  readonly rms: number
  readonly bound: BoundKept
  /** Finite elements that came back as NaN or infinity. */
  readonly lost: number
  /** For one query; absent for values. */
  readonly attention?: AttentionError
}

/** A quantizer on one data set, and what came back. */
export interface Measured {
  readonly accuracy: Accuracy
  readonly restored: Tensor
}

/** Quantizes and dequantizes by the reference, in f32. */
export function measure(library: LibraryKernel, roundTrip: RoundTrip, { name, rows, query }: DataSet): Measured {
  const kernel = library.define()
  const input: Tensor = { ...rows, shape: shapeFor(kernel, library.element.tensor, rows.shape) }
  const dequantize = findKernel(roundTrip.dequantize) as LibraryKernel
  const store = (tensor: Tensor): ReadonlyMap<string, Tensor> => {
    const results = interpretKernel(kernel, new Map([[library.element.tensor, tensor]]))
    return new Map(roundTrip.stored.map(each => [each, results.get(each) as Tensor]))
  }
  const restore = (stored: ReadonlyMap<string, Tensor>) =>
    interpretKernel(dequantize.define(f32), stored).get(dequantize.element.tensor) as Tensor
  const stored = store(input)
  const restored = restore(stored)
  const bytes = [...stored.values()].reduce((sum, { type, shape }) => sum + payloadBytes(type, shape), 0)
  const { maximum, rms } = reconstructionError(rows.data, restored.data)
  const accuracy = {
    kernel: library.name,
    data: name,
    bitsPerElement: (8 * bytes) / elementCount(rows.shape),
    maximum,
    rms,
    bound: boundOn(rows.data, restored.data, roundTrip, stored),
    lost: lostElements(input, restored, tensor => restore(store(tensor))),
    ...(query && { attention: attentionError(query.data, rows.data, restored.data) }),
  }
  return { accuracy, restored }
}

/** [T, D] as the kernel sees it: one head, or the two halves of a head vector. */
function shapeFor(kernel: Kernel, tensor: string, [T = 0, D = 0]: readonly number[]): number[] {
  const rank = kernel.tensors.find(each => each.name === tensor)?.dims.length
  return rank === 4 ? [T, 1, 2, D / 2] : rank === 3 ? [T, 1, D] : [T, D]
}
