/** A guess of how long a schedule takes, from its nest and its program, so that promising candidates come first. */
import { LoweringError, type Target } from '@qernel/codegen'
import { type DispatchCost, lower, programCost, widestAccess } from '@qernel/codegen/internal'
import { type AccessCost, costOf, printSteps, ScheduleRefusal, type Step } from '@qernel/schedule'
import { applied, type Setting } from './legality.ts'

/** Memory is read and written in sectors of this many bytes. */
const sectorBytes = 32
/** The widest access of a thread. */
const widestBytes = 16
/** Bytes that an access costs besides those that it moves: issuing it takes as long as moving a few. */
const issueBytes = 2
/** The share of repeated reads that caches do not serve. */
const missed = 0.1

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

/** What is predicted for: the program depends on all of the target. */
export interface CostSetting extends Setting {
  readonly target: Target
}

/** What the prediction for one dispatch is made of. */
export interface CostParts {
  /** Bytes by sector, plus a little per access of a thread, which is less the wider it is, plus what caches miss of repeated reads. */
  readonly traffic: number
  /** Registers, occupancy and instructions. */
  readonly program: DispatchCost
}

/** The parts for each dispatch; undefined for steps that do not apply or that the target cannot run. */
export function costParts(
  setting: CostSetting,
  sizes: ReadonlyMap<string, number>,
  steps: readonly Step[],
): readonly CostParts[] | undefined {
  const scheduled = applied(setting, steps)
  if (scheduled instanceof ScheduleRefusal) return undefined
  const { nest } = scheduled
  const { target } = setting
  try {
    const lowered = lower(scheduled, target)
    const { accesses } = costOf(nest, sizes, { nativeTypes: target.nativeTypes, widest: widestAccess(lowered, target) })
    return programCost(lowered, sizes).map((program, dispatch) => ({
      program,
      traffic: accesses
        .filter(access => access.dispatch === dispatch)
        .reduce((sum, access) => {
          const bytes = ((nest.buffers.get(access.buffer)?.type.bits ?? 32) / 8) * access.elements
          const moved = bytes / usefulShare(access)
          const issued = (bytes / Math.min(access.laneBytes, widestBytes)) * issueBytes
          const repeated = (bytes / Math.max(1, access.elements)) * access.repeated * missed
          return sum + moved + issued + repeated
        }, 0),
    }))
  } catch (error) {
    if (error instanceof LoweringError || error instanceof ScheduleRefusal) return undefined
    throw error
  }
}

/** Bytes that memory moves in the time that a thread takes for one addition of f32, with all multiprocessors busy: fitted to recorded measurements, see `bench/cost-model.ts`. */
const bytesPerAddition = 0.4
/** The share of the most resident threads that hides the latency of memory. */
const enoughThreads = 0.5

/** In bytes of memory traffic that would take as long. */
export const costOfParts = ({ traffic, program: { occupancy, additions } }: CostParts): number =>
  traffic * Math.max(1, enoughThreads / occupancy.share) + additions * bytesPerAddition

/**
 * The predicted time of a schedule, in bytes of memory traffic that would take as long: bytes by sector, more where few threads are resident, plus the weighted instructions. Only comparisons of schedules of the same
 * kernel at the same sizes mean anything. Infinite for steps that do not apply. Each schedule is looked at once.
 *
 * @param sizes a value for each size of the kernel
 */
export function predictedCost(
  setting: CostSetting,
  sizes: ReadonlyMap<string, number>,
): (steps: readonly Step[]) => number {
  const known = new Map<string, number>()
  return steps => {
    const id = printSteps(steps)
    const before = known.get(id)
    if (before !== undefined) return before
    const parts = costParts(setting, sizes, steps)
    const cost = parts?.reduce((sum, each) => sum + costOfParts(each), 0) ?? Number.POSITIVE_INFINITY
    known.set(id, cost)
    return cost
  }
}
