/** Downloads arrays, or windows of their rows. */
import type { PlannedArray } from '@qernel/codegen'
import { type Tensor, unpackTensor } from '@qernel/dsl'
import { arrayByteLength } from '@qernel/dsl/internal'
import type { Device, DeviceBuffer } from '@qernel/runtime'

/** Rows of every array whose first axis runs over a size; other arrays are taken whole. */
export interface RowWindow {
  readonly size: string
  readonly from: number
  readonly count: number
}

/** How many rows an entry of the first axis holds, if that axis runs over the size. */
export const leads = ({ parameter: { shape } }: PlannedArray, open: string): number | undefined => {
  const [first] = shape
  return typeof first === 'object' && first.size === open ? first.dividedBy : undefined
}

/** @param window whole arrays if undefined */
export async function download(
  device: Device,
  array: PlannedArray,
  buffer: DeviceBuffer,
  window?: RowWindow,
): Promise<Tensor> {
  const { type, rowAlignment } = array.parameter
  const group = window && leads(array, window.size)
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
