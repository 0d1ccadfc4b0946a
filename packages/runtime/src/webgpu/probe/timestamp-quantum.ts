import { greatestCommonDivisor } from '@qernel/dsl/internal'
import { recordTimestamps } from '../clock.ts'

/** The greatest common divisor of the differences between timestamps, in nanoseconds; undefined without timestamps. */
export async function probeTimestampQuantum(device: GPUDevice): Promise<number | undefined> {
  if (!device.features.has('timestamp-query')) return undefined
  const stamps = await recordTimestamps(device, 'probe of timestamps', 32, (encoder, timestampWrites) => {
    encoder.beginComputePass(timestampWrites ? { timestampWrites } : {}).end()
  })
  let divisor = 0
  const first = stamps[0] as bigint
  for (const stamp of stamps) divisor = greatestCommonDivisor(divisor, Math.abs(Number(stamp - first)))
  return divisor === 0 ? undefined : divisor
}
