import { roundUpTo } from '@qernel/dsl/internal'
import type { DeviceBuffer } from '../device.ts'
import { ArgumentError } from '../errors.ts'
import { withErrorScopes } from './error-scopes.ts'

/** Bytes per copy between host and device: enough for full speed, but without a staging copy of a whole array. */
const chunkBytes = 64 * 1024 * 1024

/** Memory of the device: one buffer, or several if it exceeds the size limit of a buffer. */
export interface WebgpuBuffer extends DeviceBuffer {
  readonly segments: readonly Segment[]
}

/** A segment of memory, with its bytes `from` … `from + byteLength − 1`. */
export interface Segment {
  readonly handle: GPUBuffer
  readonly from: number
  readonly byteLength: number
}

// The values of GPUBufferUsage and GPUMapMode, for which Node has no globals.
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

/** A single GPU buffer as memory. */
export const single = (handle: GPUBuffer, byteLength: number): WebgpuBuffer => ({
  byteLength,
  segments: [{ handle, from: 0, byteLength }],
})

/**
 * Allocates at least 16 bytes, since a binding of an empty array still needs one element of up to 16 bytes.
 * @param bufferBytes the most bytes that one buffer may have.
 * @param partBytes if several buffers are needed, the memory is cut at multiples of this.
 */
export async function allocate(
  device: GPUDevice,
  byteLength: number,
  bufferBytes = device.limits.maxBufferSize,
  partBytes = bufferBytes,
): Promise<WebgpuBuffer> {
  const size = Math.max(16, roundUpTo(byteLength, 4))
  const length = size <= bufferBytes ? size : Math.max(1, Math.floor(bufferBytes / partBytes)) * partBytes
  const segments: Segment[] = []
  try {
    for (let from = 0; from < size; from += length) {
      const own = Math.min(length, size - from)
      const handle = await withErrorScopes(device, `allocation of ${size} bytes`, () =>
        device.createBuffer({ size: own, usage: usages.storage }),
      )
      segments.push({ handle, from, byteLength: own })
    }
  } catch (error) {
    release({ byteLength: size, segments })
    throw error
  }
  return { byteLength: size, segments }
}

export function release({ segments }: WebgpuBuffer): void {
  for (const { handle } of segments) handle.destroy()
}

/** The segment that holds all bytes `offset` … `offset + byteLength − 1`, and their offset in it; undefined if no single segment does. */
export function segmentOf(
  { segments }: WebgpuBuffer,
  offset: number,
  byteLength: number,
): { readonly handle: GPUBuffer; readonly offset: number } | undefined {
  const found = segments.find(each => offset >= each.from && offset + byteLength <= each.from + each.byteLength)
  return found && { handle: found.handle, offset: offset - found.from }
}

/** Splits a range of bytes into chunks that lie in one segment each and are copied at once. */
function* chunksOf({ segments }: WebgpuBuffer, offset: number, byteLength: number) {
  const end = offset + byteLength
  for (const { handle, from, byteLength: length } of segments) {
    const last = Math.min(end, from + length)
    for (let at = Math.max(offset, from); at < last; at += chunkBytes) {
      yield { handle, at: at - from, position: at - offset, byteLength: Math.min(chunkBytes, last - at) }
    }
  }
}

export async function upload(
  device: GPUDevice,
  buffer: WebgpuBuffer,
  bytes: Uint8Array,
  offset: number,
): Promise<void> {
  if (offset % 4 !== 0 || offset + bytes.length > buffer.byteLength) {
    throw new ArgumentError(
      `Cannot write ${bytes.length} bytes at byte ${offset} of ${buffer.byteLength}; an offset must be a multiple of 4`,
    )
  }
  for (const { handle, at, position, byteLength } of chunksOf(buffer, offset, bytes.length)) {
    const chunk = wholeWords(bytes.subarray(position, position + byteLength))
    await withErrorScopes(device, `upload of ${bytes.length} bytes`, () => device.queue.writeBuffer(handle, at, chunk))
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
      `Cannot read ${byteLength} bytes at byte ${offset} of ${buffer.byteLength}; an offset must be a multiple of 4`,
    )
  }
  const bytes = new Uint8Array(byteLength)
  for (const { handle, at, position, byteLength: length } of chunksOf(buffer, offset, byteLength)) {
    await readChunk(device, handle, at, bytes.subarray(position, position + length))
  }
  return bytes
}

async function readChunk(device: GPUDevice, source: GPUBuffer, offset: number, target: Uint8Array): Promise<void> {
  const size = roundUpTo(target.length, 4)
  const staging = await withErrorScopes(device, `read-back of ${size} bytes`, () => {
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
  const what = `filling of ${buffer.byteLength} bytes`
  if (word === 0) {
    await withErrorScopes(device, what, () => {
      const encoder = device.createCommandEncoder()
      for (const { handle } of buffer.segments) encoder.clearBuffer(handle)
      device.queue.submit([encoder.finish()])
    })
    return
  }
  // Uploads one chunk and copies it on the device, because queued writes of all chunks would be in memory at the same time.
  const size = Math.min(chunkBytes, buffer.byteLength)
  const pattern = await withErrorScopes(device, what, () => {
    const handle = device.createBuffer({ size, usage: COPY_SRC | COPY_DST })
    device.queue.writeBuffer(handle, 0, new Uint32Array(size / 4).fill(word))
    return handle
  })
  try {
    await withErrorScopes(device, what, () => {
      const encoder = device.createCommandEncoder()
      for (const { handle, at, byteLength } of chunksOf(buffer, 0, buffer.byteLength)) {
        encoder.copyBufferToBuffer(pattern, 0, handle, at, byteLength)
      }
      device.queue.submit([encoder.finish()])
    })
  } finally {
    pattern.destroy()
  }
}

function wholeWords(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  if (bytes.length % 4 === 0 && bytes.buffer instanceof ArrayBuffer) return bytes as Uint8Array<ArrayBuffer>
  const padded = new Uint8Array(roundUpTo(bytes.length, 4))
  padded.set(bytes)
  return padded
}
