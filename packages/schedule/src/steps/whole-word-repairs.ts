/**
 * Gives each packed word one owner: if the author's steps do not, ordinary steps are added before or after them.
 * Several ways are tried in turn, and each is checked in the same way: no word may still be shared after all steps have
 * run.
 */
import type { Nest } from '@qernel/dsl'
import { flatMap, nameOfStage } from '@qernel/dsl/internal'
import { isRefusal, type Refusal, refuse, ScheduleRefusal } from '../legality/refusal.ts'
import { stagesThatShareWords, vectorsOfWholeWords } from '../legality/whole-words.ts'
import { type Repairable, repairPartWords } from './part-word-repairs.ts'
import type { ScheduledKernel } from './scheduled-kernel.ts'
import { printStep } from './step-text.ts'
import { mayOwnWordsOf } from './word-owner-hints.ts'

/**
 * The author's steps with those that give each packed word one owner: vectors of whole words before them, or copies that collect parts of words after them.
 *
 * @throws ScheduleRefusal at the step that does not apply, or at the last step if nothing gives the words an owner
 */
export function applyWithWholeWords(subject: Repairable): ScheduledKernel {
  const early = repairAtOnce(subject)
  if (early !== undefined) return early
  const plain = subject.run([])
  if (areWordsWhole(subject, plain.nest)) return plain
  const vectors = repairByVectors(subject, plain.nest)
  if ('steps' in vectors) return vectors
  const meeting = repairPartWords(subject, plain.nest)
  if (meeting === undefined) throw refusalAtEnd(subject, vectors.refusal, vectors.nest)
  if (isRefusal(meeting)) throw refusalAtEnd(subject, meeting, plain.nest)
  return meeting
}

/** Whether one invocation writes each packed word, whole. */
const areWordsWhole = ({ nativeTypes }: Repairable, nest: Nest): boolean =>
  stagesThatShareWords(nest, nativeTypes).size === 0

/** Puts vectors in front for the stages whose words no step can give an owner, before running the steps; undefined if that is not enough. */
function repairAtOnce(subject: Repairable): ScheduledKernel | undefined {
  const { kernel, start, steps, nativeTypes } = subject
  const owned = new Set(flatMap(steps, step => mayOwnWordsOf(kernel, step)))
  if (kernel.stages.every(stage => owned.has(nameOfStage(stage)))) return undefined
  const vectors = vectorsOfWholeWords(start, nativeTypes)
  if (isRefusal(vectors)) return undefined
  const inFront = vectors.filter(({ stage }) => stage !== undefined && !owned.has(stage))
  if (inFront.length === 0) return undefined
  try {
    const repaired = subject.run(inFront)
    return areWordsWhole(subject, repaired.nest) ? repaired : undefined
  } catch (error) {
    // Running the steps alone will tell the author which of them is refused.
    if (error instanceof ScheduleRefusal) return undefined
    throw error
  }
}

/** Puts vectors in front for the words that are still shared after the author's steps, or says why that does not work, with the loops that show it. */
function repairByVectors(
  subject: Repairable,
  plain: Nest,
): ScheduledKernel | { readonly refusal: Refusal; readonly nest: Nest } {
  const vectors = vectorsOfWholeWords(plain, subject.nativeTypes)
  if (isRefusal(vectors)) return { refusal: vectors, nest: plain }
  try {
    const repaired = subject.run(vectors)
    if (areWordsWhole(subject, repaired.nest)) return repaired
    const others = vectorsOfWholeWords(repaired.nest, subject.nativeTypes)
    const refusal = isRefusal(others)
      ? others
      : refuse('word-split', 'threads would share packed words whatever is put in front', [])
    return { refusal, nest: repaired.nest }
  } catch (error) {
    if (!(error instanceof ScheduleRefusal)) throw error
    const stages = [...new Set(vectors.map(step => step.stage))].join(', ')
    const refusal = refuse(
      'word-split',
      `threads would share the packed words of ${stages}, and ${vectors.map(printStep).join(' ')} in front, which gives each word one owner, does not go with ${error.stepText}: ${error.refusal.message}`,
    )
    return { refusal, nest: plain }
  }
}

/** A refusal of all steps together, reported at the last one. */
const refusalAtEnd = ({ steps }: Repairable, refusal: Refusal, nest: Nest): ScheduleRefusal =>
  new ScheduleRefusal(refusal, steps.length, steps.map(printStep).at(-1) ?? 'the default nest', nest)
