/** The result of a schedule from its samples and those of the ceiling. */

import type { CeilingResult, ScheduleResult } from '../results.ts'
import { quantile } from './quantiles.ts'

/** Nothing is faster than its ceiling, except by the noise of two clocks. */
const mostRatio = 1.02

/**
 * Time, bandwidth, and the ratio to the ceiling; none of them if the ratio is above 1.02, since the measured ceiling is
 * then wrong. Times of a software device mean nothing, so its ratio is left as it is.
 * @param bytes the bytes that the schedule must move
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
