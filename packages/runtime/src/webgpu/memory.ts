import type { DeviceBuffer } from '../device.ts'
import { ArgumentError } from '../errors.ts'
import { operation } from './operation.ts'

/** Bytes copied at a time between host and device: enough for full speed, without a staging copy of a whole array. */
const chunkBytes = 64 * 1024 * 1024

export interface WebgpuBuffer extends DeviceBuffer {
  readonly handle: GPUBuffer
}

// The values of GPUBufferUsage and GPUMapMode, which Node has no globals for.
const MAP_READ = 0x1
const COPY_SRC = 0x4
const COPY_DST = 0x8
const UNIFORM = 0x40
const STORAGE = 0x80
const QUERY_RESOLVE = 0x200
const MAP_MODE_READ = 1

export const usages = {
  storage: STORAGE | COPY_SRC | COPY_DST,
  uniform: UNIFORM | COPY_DST,
  queryResult: QUERY_RESOLVE | COPY_SRC,
}

/** At least 16 bytes, since a binding of an empty array still needs one element of up to 16 bytes. */
export function allocate(device: GPUDevice, byteLength: number): Promise<WebgpuBuffer> {
  const size = Math.max(16, roundUpToWord(byteLength))
  return operation(device, `allocation of ${size} bytes`, () => ({
    byteLength: size,
    handle: device.createBuffer({ size, usage: usages.storage }),
  }))
}

export async function upload(
  device: GPUDevice,
  buffer: WebgpuBuffer,
  bytes: Uint8Array,
  offset: number,
): Promise<void> {
  if (offset % 4 !== 0 || offset + bytes.length > buffer.byteLength) {
    throw new ArgumentError(
      `Cannot write ${bytes.length} bytes at byte ${offset} of ${buffer.byteLength}; an offset is a multiple of 4`,
    )
  }
  for (let from = 0; from < bytes.length; from += chunkBytes) {
    const chunk = wholeWords(bytes.subarray(from, from + chunkBytes))
    await operation(device, `upload of ${bytes.length} bytes`, () =>
      device.queue.writeBuffer(buffer.handle, offset + from, chunk),
    )
    if (bytes.length > chunkBytes) await device.queue.onSubmittedWorkDone()
  }
}

export async function download(
  device: GPUDevice,
  buffer: WebgpuBuffer,
  offset: number,
  byteLength: number,
): Promise<Uint8Array> {
  if (offset % 4 !== 0 || offset < 0 || offset + byteLength > buffer.byteLength) {
    throw new ArgumentError(
      `Cannot read ${byteLength} bytes at byte ${offset} of ${buffer.byteLength}; an offset is a multiple of 4`,
    )
  }
  const bytes = new Uint8Array(byteLength)
  for (let from = 0; from < byteLength; from += chunkBytes) {
    const length = Math.min(chunkBytes, byteLength - from)
    await readChunk(device, buffer.handle, offset + from, bytes.subarray(from, from + length))
  }
  return bytes
}

async function readChunk(device: GPUDevice, source: GPUBuffer, offset: number, target: Uint8Array): Promise<void> {
  const size = roundUpToWord(target.length)
  const staging = await operation(device, `read-back of ${size} bytes`, () => {
    const buffer = device.createBuffer({ size, usage: MAP_READ | COPY_DST })
    const encoder = device.createCommandEncoder()
    encoder.copyBufferToBuffer(source, offset, buffer, 0, size)
    device.queue.submit([encoder.finish()])
    return buffer
  })
  try {
    await staging.mapAsync(MAP_MODE_READ)
    target.set(new Uint8Array(staging.getMappedRange(), 0, target.length))
  } finally {
    staging.destroy()
  }
}

export async function fill(device: GPUDevice, buffer: WebgpuBuffer, word: number): Promise<void> {
  if (word === 0) {
    await operation(device, `clearing of ${buffer.byteLength} bytes`, () => {
      const encoder = device.createCommandEncoder()
      encoder.clearBuffer(buffer.handle)
      device.queue.submit([encoder.finish()])
    })
    return
  }
  const pattern = new Uint32Array(Math.min(chunkBytes, buffer.byteLength) / 4).fill(word)
  await operation(device, `filling of ${buffer.byteLength} bytes`, () => {
    for (let offset = 0; offset < buffer.byteLength; offset += chunkBytes) {
      const words = Math.min(chunkBytes, buffer.byteLength - offset) / 4
      device.queue.writeBuffer(buffer.handle, offset, pattern, 0, words)
    }
  })
}

export function roundUpToWord(byteLength: number): number {
  return Math.ceil(byteLength / 4) * 4
}

function wholeWords(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  if (bytes.length % 4 === 0 && bytes.buffer instanceof ArrayBuffer) return bytes as Uint8Array<ArrayBuffer>
  const padded = new Uint8Array(roundUpToWord(bytes.length))
  padded.set(bytes)
  return padded
}
