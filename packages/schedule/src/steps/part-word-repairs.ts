/** Repairs groups that begin and end inside a word: several are collected, in shared memory or in one thread, and written as whole words. */
import type { Kernel, Nest } from '@qernel/dsl'
import { cachesOfResults, type PartWordGroups, partWordGroups } from '../legality/meeting-words.ts'
import { isRefusal, type Refusal, refuse, ScheduleRefusal } from '../legality/refusal.ts'
import { type DeviceLimits, findUnrunnable } from '../legality/unrunnable.ts'
import { type NativeTypes, stagesThatShareWords, vectorsOfWholeWords } from '../legality/whole-words.ts'
import { coarsen } from '../transforms/coarsen.ts'
import { split } from '../transforms/split.ts'
import type { ScheduledKernel } from './scheduled-kernel.ts'
import type { Step } from './transform.ts'

/** An author's steps, and a way to run them with others around them. */
export interface Repairable {
  readonly kernel: Kernel
  /** The loops of the definition. */
  readonly start: Nest
  readonly steps: readonly Step[]
  readonly nativeTypes: NativeTypes
  readonly limits: DeviceLimits | undefined
  /** @throws ScheduleRefusal at the first step that does not apply */
  run(inFront: readonly Step[], behind?: readonly Step[]): ScheduledKernel
}

/**
 * The author's steps, repaired. If they already bring whole words together, only the copy is appended. Otherwise the
 * loop over groups is split into whole words, before the steps, or after them if they bind every loop. Undefined if no
 * stage has such groups; a refusal if no repair works with the steps.
 *
 * @param plain the author's steps alone
 */
export function repairPartWords(subject: Repairable, plain: Nest): ScheduledKernel | Refusal | undefined {
  const { kernel, nativeTypes } = subject
  const groups = partWordGroups(kernel, nativeTypes)
  const inParts = [...stagesThatShareWords(plain, nativeTypes)].filter(stage => groups.has(stage))
  if (inParts.length === 0) return undefined
  const vectors = vectorsOf(plain, nativeTypes, new Set(inParts))
  if (vectors === undefined) return undefined
  const each = (step: (of: PartWordGroups, stage: string) => Step) =>
    inParts.map(stage => step(groups.get(stage) as PartWordGroups, stage))
  const cut = each(({ axis, count }, stage) => split({ loop: axis, by: count, inner: `${axis}_run`, stage }))
  const several = each(({ axis, count }, stage) => coarsen({ [axis]: count, order: 'blocked', stage }))
  for (const [inFront, behind] of [
    [vectors, []],
    [[...vectors, ...cut], []],
    [vectors, several],
  ] as const)
    for (const memories of [['shared', 'register'], ['register']] as const) {
      const found = tryMeeting(subject, inFront, behind, memories)
      if (found !== undefined) return found
    }
  const problems = inParts.map(stage => {
    const { axis, count } = groups.get(stage) as PartWordGroups
    return `${count} iterations of ${axis} are whole words of ${stage} together, and here no workgroup or thread has them all`
  })
  return refuse('word-split', `threads would share packed words: ${problems.join('; ')}`)
}

/** The vectors that own the words of the other stages; undefined if there are none that can. */
function vectorsOf(plain: Nest, native: NativeTypes, inParts: ReadonlySet<string>): readonly Step[] | undefined {
  const others = new Set([...stagesThatShareWords(plain, native)].filter(stage => !inParts.has(stage)))
  if (others.size === 0) return []
  const vectors = vectorsOfWholeWords(plain, native)
  return isRefusal(vectors) ? undefined : vectors.filter(({ stage }) => stage !== undefined && others.has(stage))
}

function tryMeeting(
  { nativeTypes, limits, run }: Repairable,
  inFront: readonly Step[],
  behind: readonly Step[],
  memories: readonly ('shared' | 'register')[],
): ScheduledKernel | undefined {
  try {
    const { nest } = run(inFront, behind)
    const share = stagesThatShareWords(nest, nativeTypes)
    const caches = cachesOfResults(nest, nativeTypes, memories).filter(
      ({ stage }) => stage !== undefined && share.has(stage),
    )
    const made = run(inFront, [...behind, ...caches])
    if (stagesThatShareWords(made.nest, nativeTypes).size > 0) return undefined
    if (limits !== undefined && findUnrunnable(made.nest, limits) !== undefined) return undefined
    return made
  } catch (error) {
    if (error instanceof ScheduleRefusal) return undefined
    throw error
  }
}
