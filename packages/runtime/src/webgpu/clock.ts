import type { KernelTime } from '../device.ts'
import { KernelDidNotRunError } from '../errors.ts'
import { kernelTime } from '../statistics.ts'
import { withErrorScopes } from './error-scopes.ts'
import { download, single, usages } from './memory.ts'

/** Encodes one launch into a compute pass, with timestamps if the clock uses them. */
export type EncodePass = (encoder: GPUCommandEncoder, timestamps?: GPUComputePassTimestampWrites) => void

/** A query set holds 4096 timestamps, two per launch. */
const maxTimedLaunches = 2048

/**
 * Runs a launch `repeats` times, each between two GPU timestamps.
 * @param what names the launch in errors.
 * @throws KernelDidNotRunError if a pair of timestamps did not advance because the device dropped the work.
 */
export async function timeByTimestamps(
  device: GPUDevice,
  what: string,
  repeats: number,
  encodePass: EncodePass,
): Promise<KernelTime> {
  if (repeats > maxTimedLaunches) {
    throw new RangeError(`${repeats} timed launches; one run takes at most ${maxTimedLaunches}`)
  }
  const stamps = await recordTimestamps(device, what, repeats, encodePass)
  const samples = Array.from({ length: repeats }, (_, index) => {
    const begin = stamps[2 * index] as bigint
    const end = stamps[2 * index + 1] as bigint
    if (end <= begin) {
      throw new KernelDidNotRunError(`The GPU clock did not advance over the ${what}: the device dropped it`)
    }
    return Number(end - begin) / 1e6
  })
  return kernelTime(samples, 'gpu timestamps')
}

/** Records two timestamps per pass, in nanoseconds of the device's clock. */
export async function recordTimestamps(
  device: GPUDevice,
  what: string,
  passes: number,
  encodePass: EncodePass,
): Promise<BigUint64Array> {
  const byteLength = passes * 16
  const { querySet, result } = await withErrorScopes(device, `timestamps of the ${what}`, () => ({
    querySet: device.createQuerySet({ type: 'timestamp', count: 2 * passes }),
    result: device.createBuffer({ size: byteLength, usage: usages.queryResult }),
  }))
  try {
    await withErrorScopes(device, what, () => {
      for (let pass = 0; pass < passes; pass++) {
        const encoder = device.createCommandEncoder()
        const timestamps = { querySet, beginningOfPassWriteIndex: 2 * pass, endOfPassWriteIndex: 2 * pass + 1 }
        encodePass(encoder, timestamps)
        device.queue.submit([encoder.finish()])
      }
      const encoder = device.createCommandEncoder()
      encoder.resolveQuerySet(querySet, 0, 2 * passes, result, 0)
      device.queue.submit([encoder.finish()])
    })
    const bytes = await download(device, single(result, byteLength), 0, byteLength)
    return new BigUint64Array(bytes.buffer)
  } finally {
    querySet.destroy()
    result.destroy()
  }
}

/** Runs a launch `repeats` times and measures each on the host, from submission to the end of the queue. */
export async function timeByHost(
  device: GPUDevice,
  what: string,
  repeats: number,
  encodePass: EncodePass,
): Promise<KernelTime> {
  const samples: number[] = []
  for (let repeat = 0; repeat < repeats; repeat++) {
    const begin = performance.now()
    await submit(device, what, 1, encodePass)
    samples.push(performance.now() - begin)
  }
  return kernelTime(samples, 'host clock')
}

/** Runs a launch `times` times and waits for the end. */
export async function submit(device: GPUDevice, what: string, times: number, encodePass: EncodePass): Promise<void> {
  await withErrorScopes(device, what, () => {
    for (let time = 0; time < times; time++) {
      const encoder = device.createCommandEncoder()
      encodePass(encoder)
      device.queue.submit([encoder.finish()])
    }
  })
  await device.queue.onSubmittedWorkDone()
}
