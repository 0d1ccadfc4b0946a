/** The final check of a schedule: a nest that no device of the target can run is refused at the step that made it unrunnable. */

import type { ScheduledKernel } from '../steps/scheduled-kernel.ts'
import { parseSteps, printStep } from '../steps/step-text.ts'
import type { Step } from '../steps/transform.ts'
import { type Refusal, ScheduleRefusal } from './refusal.ts'
import { type DeviceLimits, findUnrunnable } from './unrunnable.ts'

/**
 * Pauses before each trial of an alternative, since there may be many.
 *
 * @param runs whether other steps give a nest that can run: only alternatives that do are offered
 * @throws ScheduleRefusal at the first step after which the nest cannot run, with the nest at the end of the schedule
 */
export function* refuseUnrunnable(
  { kernel, history, nest, repairs, steps }: ScheduledKernel,
  limits: DeviceLimits,
  runs: (steps: readonly Step[]) => boolean,
): Generator<void, void> {
  const problem = findUnrunnable(nest, limits)
  if (problem === undefined) return
  const before = history.findLastIndex(one => findUnrunnable(one, limits)?.code !== problem.code)
  const position = Math.min(Math.max(before - repairs.length, 0), Math.max(steps.length - 1, 0))
  const step = before < 0 ? undefined : steps[position]
  const stages = kernel.stages.map(({ tensor }) => tensor)
  const others = (of: Step) => instead(of, other => runs(steps.map(one => (one === of ? other : one))))
  const added = yield* behind(problem, stages, more => runs([...steps, ...more]))
  const here = step === undefined ? [] : yield* others(step)
  const earlier: string[] = []
  // If no number in this step helps, one in an earlier step may: the tile of a copy, or the lanes of a reduction.
  if (added.length + here.length === 0)
    for (const one of steps.slice(0, position)) earlier.push(...(yield* others(one)))
  throw new ScheduleRefusal(
    { ...problem, alternatives: [...added, ...here, ...earlier] },
    step === undefined ? 0 : position + 1,
    step === undefined ? 'the default nest' : printStep(step),
    nest,
  )
}

/** The steps that the refusal offers to append: for one stage, if they do not work for all. */
function* behind(
  { alternatives }: Refusal,
  stages: readonly string[],
  runs: (more: readonly Step[]) => boolean,
): Generator<void, string[]> {
  const found: string[] = []
  for (const text of alternatives) {
    const choices = [text, ...stages.map(stage => text.replace(/\)$/, `,stage=${stage})`))]
    const choice = yield* first(choices, one => runs(parseSteps(one)))
    if (choice !== undefined) found.push(choice)
  }
  return found
}

/** The step with one of its numbers halved, or doubled, as often as necessary. Pauses before each trial. */
export function* instead(step: Step, runs: (other: Step) => boolean): Generator<void, string[]> {
  const found: string[] = []
  for (const name of Object.keys(step)) {
    const value = step[name]
    if (typeof value !== 'number') continue
    const halvings = Math.max(0, Math.floor(Math.log2(value)))
    const choices = [
      ...Array.from({ length: halvings }, (_, i) => Math.floor(value / 2 ** (i + 1))),
      ...[2, 4, 8].map(times => value * times),
    ]
    const other = yield* first(
      choices.map((choice): Step => ({ ...step, [name]: choice })),
      runs,
    )
    if (other !== undefined) found.push(printStep(other))
  }
  return found
}

/** The first of several choices that is right. Pauses before each trial. */
export function* first<Choice>(
  choices: Iterable<Choice>,
  isRight: (choice: Choice) => boolean,
): Generator<void, Choice | undefined> {
  for (const choice of choices) {
    yield
    if (isRight(choice)) return choice
  }
  return undefined
}
