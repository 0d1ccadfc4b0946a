import { DeviceLostError, DeviceMemoryError, DeviceOperationError } from '../errors.ts'

/**
 * Runs device calls inside error scopes, and rejects with the errors that they catch. Without scopes, WebGPU silently drops the work of a
 * faulty call.
 *
 * @param what names the operation in the message: "launch of quantize".
 * @param calls makes the calls synchronously; calls of other operations must not fall into these scopes.
 */
export async function withErrorScopes<Result>(device: GPUDevice, what: string, calls: () => Result): Promise<Result> {
  const filters = ['validation', 'out-of-memory', 'internal'] as const
  for (const filter of filters) device.pushErrorScope(filter)
  let result: Result
  let scopes: Promise<GPUError | null>[]
  try {
    result = calls()
  } finally {
    scopes = filters.map(() => device.popErrorScope())
  }
  const errors = await Promise.all(scopes).catch((cause: unknown) => {
    throw new DeviceLostError('lost', `The device was lost during the ${what}: ${messageOf(cause)}`)
  })
  const [internal, outOfMemory, validation] = errors
  if (validation) throw new DeviceOperationError('validation', `The device refused the ${what}: ${validation.message}`)
  if (outOfMemory)
    throw new DeviceMemoryError(`The device has too little memory for the ${what}: ${outOfMemory.message}`)
  if (internal) throw new DeviceOperationError('internal', `The device failed during the ${what}: ${internal.message}`)
  return result
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
