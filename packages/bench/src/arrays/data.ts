/** Inputs, generated on the device. */
import type { PlannedArray } from '@qernel/codegen'
import type { Device, DeviceBuffer } from '@qernel/runtime'
import { plainSteps } from '@qernel/schedule/internal'
import { load } from '../load-kernel.ts'
import { fillKernel, fillSizes } from './fill-kernel.ts'

/**
 * Fills the array of an input with numbers that depend only on their position and on `stream`: the same bits on every device.
 * @param holds the kind of floats: see `fillKernel`
 */
export async function fillInput(
  device: Device,
  array: PlannedArray,
  buffer: DeviceBuffer,
  holds: 'data' | 'scales',
  stream: number,
): Promise<void> {
  const { type } = array.parameter
  const shape = array.shape.length === 0 ? [1] : array.shape
  if (shape.includes(0)) return
  const kernel = fillKernel(type, shape.length, holds)
  const sizes = new Map(shape.map((extent, axis) => [fillSizes[axis] as string, extent]))
  const { executable, plan } = await load(device, kernel, plainSteps(kernel), sizes, 'A')
  const seeds = seedsOf(shape[0] as number, stream)
  const seed = await device.allocate(seeds.byteLength)
  try {
    await device.upload(seed, new Uint8Array(seeds.buffer))
    const buffers = new Map([
      ['seed', seed],
      ['filled', buffer],
    ])
    await device.launch(executable, plan, buffers)
  } finally {
    device.free(seed)
  }
}

/** One word per row, by SplitMix32. */
export function seedsOf(count: number, stream: number): Uint32Array {
  let state = Math.imul(stream + 1, 0x9e3779b9)
  return Uint32Array.from({ length: count }, () => {
    state = (state + 0x9e3779b9) | 0
    let z = state
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad)
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97)
    return (z ^ (z >>> 15)) >>> 0
  })
}
