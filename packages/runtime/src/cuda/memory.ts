import { roundUpTo } from '@qernel/dsl/internal'
import type { DeviceBuffer } from '../device.ts'
import { ArgumentError, DeviceMemoryError } from '../errors.ts'
import { CudaError, type Driver, type Handle, results } from './driver.ts'

/** Bytes per copy call: far below the limits of koffi and Node, and large enough that the cost of calls does not matter. */
const chunkBytes = 256 * 1024 * 1024

export interface CudaBuffer extends DeviceBuffer {
  readonly pointer: Handle
}

/** Allocates zeroed memory, at least 16 bytes, so that an empty array has a valid pointer too. */
export function allocate({ functions, get, check }: Driver, byteLength: number): CudaBuffer {
  const size = Math.max(16, roundUpTo(byteLength, 4))
  let pointer: Handle
  try {
    pointer = get<Handle>(out => functions.cuMemAlloc_v2(out, size))
  } catch (error) {
    if (!(error instanceof CudaError) || error.result !== results.outOfMemory) throw error
    const free = get<number>(out => functions.cuMemGetInfo_v2(out, [null]))
    throw new DeviceMemoryError(
      `The device has too little memory for the allocation of ${size} bytes: ${free} bytes are free`,
    )
  }
  check(functions.cuMemsetD32_v2(pointer, 0, size / 4))
  return { byteLength: size, pointer }
}

export function upload({ functions, check }: Driver, buffer: CudaBuffer, bytes: Uint8Array, offset: number): void {
  checkRange('write', buffer, offset, bytes.length)
  for (let from = 0; from < bytes.length; from += chunkBytes) {
    const chunk = bytes.subarray(from, from + chunkBytes)
    check(functions.cuMemcpyHtoD_v2(at(buffer, offset + from), chunk, chunk.length))
  }
}

export function download(
  { functions, check }: Driver,
  buffer: CudaBuffer,
  offset: number,
  byteLength: number,
): Uint8Array {
  checkRange('read', buffer, offset, byteLength)
  // An explicit ArrayBuffer, because the garbage collector may move the memory of small typed arrays.
  const bytes = new Uint8Array(new ArrayBuffer(byteLength))
  for (let from = 0; from < byteLength; from += chunkBytes) {
    const chunk = bytes.subarray(from, from + chunkBytes)
    check(functions.cuMemcpyDtoH_v2(chunk, at(buffer, offset + from), chunk.length))
  }
  return bytes
}

export function fill({ functions, check }: Driver, { pointer, byteLength }: CudaBuffer, word: number): void {
  check(functions.cuMemsetD32_v2(pointer, word, byteLength / 4))
}

const at = ({ pointer }: CudaBuffer, offset: number): Handle =>
  typeof pointer === 'bigint' ? pointer + BigInt(offset) : pointer + offset

function checkRange(verb: 'read' | 'write', { byteLength }: CudaBuffer, offset: number, count: number): void {
  if (offset % 4 === 0 && offset >= 0 && offset + count <= byteLength) return
  throw new ArgumentError(
    `Cannot ${verb} ${count} bytes at byte ${offset} of ${byteLength}; an offset must be a multiple of 4`,
  )
}
