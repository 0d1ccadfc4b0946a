import { agreementText, durationText, errorText, textTable } from '@qernel/cli'
import type { Device } from '@qernel/runtime'
import type { RoundTripResult } from './round-trip.ts'

/** One row per schedule. Times are medians, for quantizing and for dequantizing. */
export function table(device: Device, results: readonly RoundTripResult[]): string {
  const right = 'right' as const
  return textTable(
    [
      { title: 'schedule' },
      { title: 'adapter' },
      { title: 'quantize', align: right },
      { title: 'dequantize', align: right },
      { title: 'codes equal', align: right },
      { title: 'max |error|', align: right },
      { title: 'scale/2', align: right },
      { title: 'L2 error', align: right },
      { title: 'score error', align: right },
      { title: 'bytes', align: right },
    ],
    results.map(({ schedule, time, codes, error, bound, attention, bytes }) => [
      schedule,
      device.name,
      durationText(time.quantize.medianMs),
      durationText(time.dequantize.medianMs),
      agreementText(codes),
      errorText(error.maximum),
      errorText(bound.halfLargestScale),
      errorText(error.l2),
      errorText(attention.mean),
      `${bytes.before} → ${bytes.after}`,
    ]),
  )
}
