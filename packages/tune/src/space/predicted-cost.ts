/** A guess of how long a schedule takes, from the nest alone, so that promising candidates come first. */
import { type AccessCost, costOf, ScheduleRefusal, type Step } from '@qernel/schedule'
import { type Dispatch, dispatchesOf } from '@qernel/schedule/internal'
import { applied, type Setting } from './legality.ts'

/** Memory is read and written in sectors of this many bytes. */
const sectorBytes = 32
/** The widest access of a thread. */
const widestBytes = 16
/** Bytes that an access costs besides those that it moves: issuing it takes as long as moving a few. */
const issueBytes = 2
/** The share of repeated reads that caches do not serve. */
const missed = 0.1
/** Workgroups of this many threads keep a multiprocessor busy. */
const usualThreads = { least: 128, most: 512 }

/** The share of the moved bytes that an access uses, by how neighbouring threads access memory. */
function usefulShare({ pattern, laneBytes }: AccessCost): number {
  switch (pattern) {
    case 'contiguous':
    case 'same':
      return 1
    case 'strided':
      return Math.min(1, laneBytes / sectorBytes)
    case 'single':
    case 'computed':
      return laneBytes / sectorBytes
  }
}

/**
 * The predicted time of a schedule, in bytes of memory traffic that would take as long: bytes by sector, plus a little per access of a thread, which is less
 * the wider it is, plus what caches miss of repeated reads; more where workgroups are small or very large. Only comparisons of schedules of the same kernel at the same sizes mean
 * anything. Infinite for steps that do not apply.
 *
 * @param sizes a value for each size of the kernel
 */
export const predictedCost =
  (setting: Setting, sizes: ReadonlyMap<string, number>) =>
  (steps: readonly Step[]): number => {
    const scheduled = applied(setting, steps)
    if (scheduled instanceof ScheduleRefusal) return Number.POSITIVE_INFINITY
    const { nest } = scheduled
    const dispatches = dispatchesOf(nest)
    const { accesses } = costOf(nest, sizes, { nativeTypes: setting.target.nativeTypes })
    return accesses.reduce((sum, access) => {
      const bytes = ((nest.buffers.get(access.buffer)?.type.bits ?? 32) / 8) * access.elements
      const moved = bytes / usefulShare(access)
      const issued = (bytes / Math.min(access.laneBytes, widestBytes)) * issueBytes
      const repeated = (bytes / Math.max(1, access.elements)) * access.repeated * missed
      return sum + (moved + issued + repeated) * occupancyPenalty(dispatches[access.dispatch] as Dispatch)
    }, 0)
  }

function occupancyPenalty({ threads }: Dispatch): number {
  if (threads < usualThreads.least) return (usualThreads.least / threads) ** 0.5
  return threads > usualThreads.most ? 1.1 : 1
}
