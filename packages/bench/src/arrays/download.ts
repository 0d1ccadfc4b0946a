/** Downloads arrays, or windows of their rows. */
import type { PlannedArray } from '@qernel/codegen'
import { type Kernel, type Tensor, unpackTensor } from '@qernel/dsl'
import { arrayByteLength } from '@qernel/dsl/internal'
import type { Device, DeviceBuffer } from '@qernel/runtime'

/** Rows of every array whose first axis runs over a size; other arrays are taken whole. */
export interface RowWindow {
  readonly size: string
  readonly from: number
  readonly count: number
}

/** How many rows an entry of the first axis holds, if that axis runs over the size. */
export const leads = (kernel: Kernel, { parameter: { name } }: PlannedArray, size: string): number | undefined => {
  // Of a size that is fixed, the plan has only the number.
  const first = kernel.tensors.find(tensor => tensor.name === name)?.dims[0]
  return typeof first === 'object' && first.size === size ? first.dividedBy : undefined
}

/** @param window whole arrays if undefined */
export async function download(
  device: Device,
  kernel: Kernel,
  array: PlannedArray,
  buffer: DeviceBuffer,
  window?: RowWindow,
): Promise<Tensor> {
  const { type, rowAlignment } = array.parameter
  const group = window && leads(kernel, array, window.size)
  if (group === undefined) {
    return unpackTensor(await device.download(buffer, 0, array.byteLength), type, array.shape, rowAlignment)
  }
  const { from, count } = window as RowWindow
  const shape = [Math.ceil(count / group), ...array.shape.slice(1)]
  const bytesOf = (entries: number) => arrayByteLength(type, [entries, ...array.shape.slice(1)], rowAlignment, 1)
  const offset = bytesOf(from / group)
  const start = offset - (offset % 4)
  const end = offset + bytesOf(shape[0] as number)
  const bytes = await device.download(buffer, start, end - start)
  return unpackTensor(bytes.subarray(offset - start), type, shape, rowAlignment)
}
