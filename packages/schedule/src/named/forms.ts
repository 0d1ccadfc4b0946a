/** Which form a kernel takes: the first of those that the named schedules know which it accepts. */
import type { Kernel, Stage } from '@qernel/dsl'
import { flatMap, memoize } from '@qernel/dsl/internal'
import { ScheduleRefusal } from '../legality/refusal.ts'
import type { DeviceLimits } from '../legality/unrunnable.ts'
import { applySchedule } from '../steps/apply-schedule.ts'
import type { Step } from '../steps/transform.ts'
import { tileOf } from './elementwise-tiles.ts'
import { deepRows, onePasses } from './one-pass.ts'
import { partWords } from './part-words-schedule.ts'
import { isField, recordRows } from './record-schedule.ts'
import { spreadFolds } from './spread-folds.ts'

/** The steps that run all stages in one dispatch, with accesses of one element; without steps if the kernel accepts none. */
export const narrowPass = memoize((kernel: Kernel) => firstOf(kernel, onePasses(kernel, false)), 8)
/** The same for rows whose length is a size, with several elements of a thread on their way at once. */
export const deepPass = memoize((kernel: Kernel) => firstOf(kernel, [deepRows(kernel)]), 8)
/** The steps that run all stages in one dispatch, with wide accesses. */
export const widePass = memoize((kernel: Kernel) => firstOf(kernel, onePasses(kernel, true)), 8)

interface Pass {
  readonly steps?: readonly Step[]
}

function firstOf(kernel: Kernel, passes: readonly (readonly Step[])[]): Pass {
  const steps = passes.find(some => applies(kernel, some))
  return steps === undefined ? {} : { steps }
}

/** The stages whose folds are spread over threads, with their steps. */
export const spread = memoize((kernel: Kernel): ReadonlyMap<Stage, readonly Step[]> => {
  const chosen = new Map<Stage, readonly Step[]>()
  for (const stage of kernel.stages) {
    if (isField(kernel, stage) || partWords(kernel, stage) !== undefined) continue
    const steps = spreadFolds(kernel, stage).find(some =>
      applies(
        kernel,
        inOrder(kernel, other => (other === stage ? some : (chosen.get(other) ?? tileOf(kernel, other, 1)))),
      ),
    )
    if (steps !== undefined) chosen.set(stage, steps)
  }
  return chosen
}, 8)

/** The steps of all stages; those that write fields of records run together. */
export const inOrder = (kernel: Kernel, stepsOf: (stage: Stage) => readonly Step[]): readonly Step[] => [
  ...flatMap(kernel.stages, stage => (isField(kernel, stage) ? [] : stepsOf(stage))),
  ...recordRows(kernel),
]

/**
 * The simplest steps for any kernel: one thread per result of every stage, however much it folds, and no temporaries. A reference, slow where a
 * stage folds.
 */
export const plainSteps = (kernel: Kernel): readonly Step[] => inOrder(kernel, stage => tileOf(kernel, stage, 1))

/** Whether steps apply where codes share words, within the limits that WebGPU guarantees: then they apply everywhere. */
export function applies(kernel: Kernel, steps: readonly Step[]): boolean {
  if (steps.length === 0) return false
  try {
    applySchedule(kernel, steps, { nativeTypes: wholeWords, limits, alternatives: false })
    return true
  } catch (error) {
    if (error instanceof ScheduleRefusal) return false
    throw error
  }
}
const wholeWords: ReadonlySet<string> = new Set(['f32', 'i32', 'u32'])
const limits: DeviceLimits = {
  workgroupThreads: 256,
  workgroupSize: [256, 256, 64],
  sharedBytes: 16384,
  storageBuffers: 8,
}
