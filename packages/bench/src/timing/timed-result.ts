/** What samples of a schedule come to beside the ceiling. */

import type { CeilingResult, ScheduleResult } from '../results.ts'
import { quantile } from './quantiles.ts'

/** Nothing is faster than its ceiling but by the noise of two clocks. */
const mostRatio = 1.02

/**
 * Time, bandwidth, and their ratio to the ceiling; where that is above 1.02 none of them, since what was measured as the ceiling is none. Times of a
 * software device mean nothing, so there the ratio stands as it is.
 * @param bytes that the schedule has to move
 */
export function timedResult(
  bytes: number,
  samples: readonly number[],
  ceiling: CeilingResult,
  isSoftware: boolean,
): Pick<ScheduleResult, 'time' | 'tbps' | 'ratio' | 'problem' | 'failure'> {
  const medianMs = quantile(samples, 0.5)
  const tbps = bytes / medianMs / 1e9
  const ratio = tbps / ceiling.tbps
  if (ratio > mostRatio && !isSoftware) {
    const problem =
      `ceiling not found: ${tbps.toPrecision(4)} TB/s is more than the ${ceiling.tbps.toPrecision(4)} TB/s of ${ceiling.mix}, ` +
      'which was expected to be the most that memory gives'
    return { problem, failure: 'no-ceiling' }
  }
  return { time: { medianMs, p20: quantile(samples, 0.2), p80: quantile(samples, 0.8), samples }, tbps, ratio }
}
