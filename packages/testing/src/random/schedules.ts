/** Random schedules: steps that apply, one after another. */
import type { Kernel, Nest } from '@qernel/dsl'
import { applyStep, generateStep, isRefusal, listTransforms, loopsOf, type Pick, type Step } from '@qernel/schedule'
import { defaultNest } from '@qernel/schedule/internal'
import { type Idiom, idioms, lanesToThreads } from './idioms.ts'
import { lateSteps, stepOfKind, type Triple } from './late-steps.ts'

/** Deeply nested lanes, most of them empty, only cost time. */
const mostIterations = 512
const mostLoops = 60

function isTooLarge({ body }: Nest): boolean {
  const loops = loopsOf(body)
  if (loops.length > mostLoops) return true
  const iterations = loops.map(({ loop, around }) =>
    [...around, loop].reduce((n, l) => n * (typeof l.extent === 'number' ? l.extent : 1), 1),
  )
  return Math.max(...iterations) > mostIterations
}

/** How often to try another step in place of one that does not apply. Required steps are tried more often. */
const attempts = 4
const attemptsOfTriple = 12

/**
 * A random schedule that begins with given steps and continues with others that apply.
 *
 * @param triple kinds of the last three steps
 *
 * A step whose transform fails, other than by refusing, ends the schedule: whoever applies the schedule sees the failure.
 */
export function randomSchedule(
  kernel: Kernel,
  fixed: ReadonlyMap<string, number>,
  pick: Pick,
  first: readonly Step[] = [],
  triple?: Triple,
): Step[] {
  const steps = [...first]
  try {
    let nest = defaultNest(kernel, fixed)
    for (const step of first) {
      const next = applyStep(nest, step)
      if (isRefusal(next)) return steps
      nest = next
    }
    const apply = (wished: readonly Step[], mayGrow: boolean): boolean => {
      let applied = false
      for (const step of wished) {
        steps.push(step)
        const next = applyStep(nest, step)
        if (isRefusal(next) || next === nest || (mayGrow && isTooLarge(next))) {
          steps.pop()
          continue
        }
        nest = next
        applied = true
      }
      return applied
    }
    const tryOften = (wish: Idiom, times: number): void => {
      for (let attempt = 0; attempt < times; attempt++) if (apply(wish(nest, pick), true)) break
    }
    for (const wish of triple === undefined ? wishes(pick) : earlySteps(pick)) tryOften(wish, attempts)
    for (const kind of triple ?? []) tryOften(stepOfKind(kind), attemptsOfTriple)
    apply(lanesToThreads(nest, pick), false)
  } catch {
    // The last step is the one that failed.
  }
  return steps
}

/** Single steps in any order; or idioms in the order in which authors write them, with single steps in between; or a few of those followed by late steps. */
function wishes(pick: Pick): Idiom[] {
  const single: Idiom = (nest, among) => [generateStep(nest, among(listTransforms()), among)]
  const count = pick([0, 1, 2, 3, 3, 4, 4, 5, 6, 8])
  if (pick([true, false, false])) return Array.from({ length: count }, () => single)
  if (pick([true, false, false])) return [...earlySteps(pick), ...Array.from({ length: count }, () => pick(lateSteps))]
  const places = Array.from({ length: count }, () => pick(idioms.map((_, i) => i))).sort((a, b) => a - b)
  return places.flatMap(place =>
    pick([true, false, false]) ? [idioms[place] as Idiom, single] : [idioms[place] as Idiom],
  )
}

/** The steps before late steps: none, or the start of a schedule as authors write it. */
function earlySteps(pick: Pick): Idiom[] {
  const places = Array.from({ length: pick([0, 0, 1, 1, 2, 3]) }, () => pick(idioms.map((_, i) => i)))
  return places.sort((a, b) => a - b).map(place => idioms[place] as Idiom)
}
