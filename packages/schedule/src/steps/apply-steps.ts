/** Applies steps one by one, each to the nest that the previous ones made. Every result is checked and validated. */
import type { Nest, Statement } from '@qernel/dsl'
import { mapList, memoize } from '@qernel/dsl/internal'
import * as v from 'valibot'
import { findTooLarge } from '../legality/number-limits.ts'
import { findForeignRead } from '../legality/private-buffers.ts'
import { isRefusal, type Refusal, refuse, ScheduleRefusal } from '../legality/refusal.ts'
import { findRepeatedStore } from '../legality/repeated-stores.ts'
import { loopsOf, stageNames, withBody } from '../nest/statements.ts'
import { validateNest } from '../nest/validate-nest.ts'
import { nearestFirst } from '../rewrites/loop-selection.ts'
import { findTransform, listTransforms } from './known-transforms.ts'
import { parseSteps, printStep } from './step-text.ts'
import type { Step, StepContext } from './transform.ts'

/**
 * Runs all steps. The first `repairs` are not the author's, so they do not count in the position of a refusal.
 *
 * @throws ScheduleRefusal at the first step that does not apply
 */
export function runSteps(
  start: Nest,
  steps: readonly Step[],
  repairs: number,
  hasSubgroups: boolean | undefined,
  withAlternatives = true,
): { nest: Nest; history: Nest[] } {
  const history = [start]
  let at = rootOf(start).first
  for (const [position, step] of steps.entries()) {
    const text = printStep(step)
    const forTarget = `${text} ${hasSubgroups}`
    let next = at.next.get(text) ?? at.next.get(forTarget)
    if (next === undefined) {
      const { nest } = at
      let asksForTarget = false
      const context = {
        get hasSubgroups() {
          asksForTarget = true
          return hasSubgroups
        },
      }
      const result = applyIn(nest, step, context, withAlternatives)
      if (isRefusal(result)) throw new ScheduleRefusal(result, position + 1 - repairs, text, nest)
      const marked = markSteps(nest, result, text)
      validateNest(marked, `after step ${position + 1}, ${text}`)
      next = addPlace(at, asksForTarget ? forTarget : text, marked)
    }
    at = next
    history.push(at.nest)
  }
  return { nest: at.nest, history }
}

/** A nest that some schedule reaches, and what the next steps make of it: by the text of the step, and what it asked about the target. */
interface Place {
  readonly nest: Nest
  readonly next: Map<string, Place>
  readonly root: Root
}

/** The places of schedules that start from the same loops. */
interface Root {
  first: Place
  places: number
}

/** Nests that are kept for each start; when there are more, all are dropped. */
const mostPlaces = 512

/**
 * Where the schedules of the same loops start. In a sweep, most schedules start like an earlier one, and steps
 * depend only on the nest, their arguments and what they ask about the target, so their results are reused.
 */
const rootOf = memoize((nest: Nest): Root => {
  const root = { places: 0 } as Root
  root.first = { nest, next: new Map(), root }
  return root
}, 4)

function addPlace(at: Place, step: string, nest: Nest): Place {
  const { root } = at
  if (root.places++ >= mostPlaces) {
    root.places = 0
    root.first = { ...root.first, next: new Map() }
  }
  const place: Place = { nest, next: new Map(), root }
  at.next.set(step, place)
  return place
}

/**
 * Applies one step and returns the new nest, or a refusal. The given nest is never changed.
 *
 * @param withAlternatives whether a refusal lists the alternatives that apply, which takes a trial of each
 */
export const applyStep = (nest: Nest, step: Step, hasSubgroups?: boolean, withAlternatives = true): Nest | Refusal =>
  applyIn(nest, step, { hasSubgroups }, withAlternatives)

function applyIn(
  nest: Nest,
  step: Step,
  target: Pick<StepContext, 'hasSubgroups'>,
  withAlternatives: boolean,
): Nest | Refusal {
  const { transform: name, stage, ...args } = step
  const transform = findTransform(name)
  if (transform === undefined)
    return refuse(
      'unknown-transform',
      `there is no transform ${name}`,
      [],
      nearestFirst(
        name,
        listTransforms().map(t => t.name),
      ),
    )
  if (stage !== undefined) {
    const stages = stageNames(nest)
    if (!stages.includes(stage))
      return refuse('bad-argument', `there is no stage ${stage}`, [], nearestFirst(String(stage), stages))
  }
  const parsed = v.safeParse(transform.parameters, args)
  if (!parsed.success) {
    // A misspelt name explains why another one is missing.
    const issue = parsed.issues.find(({ expected }) => expected === 'never') ?? parsed.issues[0]
    return badArgument(name, issue, transform.parameters)
  }
  const result = checked(transform.apply(nest, parsed.output, contextOf(stage, target)))
  if (!isRefusal(result)) return result
  // The author does not know loops that the step made before it was refused.
  const there = new Set(loopsOf(nest.body).map(({ loop }) => loop.id))
  return {
    ...result,
    loops: result.loops.filter(loop => there.has(loop)),
    alternatives: withAlternatives ? result.alternatives.filter(text => isPossible(nest, step, result, text)) : [],
  }
}

/** What a step asks about the target is noticed, so it is passed on unread. */
const contextOf = (stage: string | undefined, target: Pick<StepContext, 'hasSubgroups'>): StepContext => ({
  stage,
  get hasSubgroups() {
    return target.hasSubgroups
  },
})

/** Applies steps in sequence, each within the stage that it or the context names: the `apply` of a transform composed of others. */
export function applySteps(
  nest: Nest,
  steps: readonly Step[],
  { stage, hasSubgroups }: Partial<StepContext> = {},
): Nest | Refusal {
  const within = stage === undefined ? {} : { stage }
  return steps.reduce<Nest | Refusal>(
    (at, step) => (isRefusal(at) ? at : applyStep(at, { ...within, ...step } as Step, hasSubgroups)),
    nest,
  )
}

/** Refuses a nest with numbers beyond 32 bits, a nest in which a thread would read another's private data, and one in which threads or workgroups would repeat a store. */
function checked(result: Nest | Refusal): Nest | Refusal {
  if (isRefusal(result)) return result
  return findTooLarge(result) ?? findForeignRead(result) ?? findRepeatedStore(result) ?? result
}

/** Whether an alternative is itself legal: steps to put in front, another argument, or another number. */
function isPossible(nest: Nest, step: Step, { code }: Refusal, alternative: string): boolean {
  if (alternative.includes('(')) {
    const steps = parseSteps(alternative).map(
      (one): Step => (step.stage === undefined ? one : { stage: step.stage, ...one }),
    )
    return !isRefusal(steps.reduce<Nest | Refusal>((at, one) => (isRefusal(at) ? at : tryStep(at, one)), nest))
  }
  if (/^\w+=\w+$/.test(alternative)) {
    const [argument] = parseSteps(`${step.transform}(${alternative})`)
    return !isRefusal(tryStep(nest, { ...step, ...argument }))
  }
  if (!/^\d+$/.test(alternative)) return true
  const numbers = Object.keys(step).filter(name => typeof step[name] === 'number')
  return numbers.some(name => {
    const result = tryStep(nest, { ...step, [name]: Number(alternative) })
    return !isRefusal(result) || result.code !== code
  })
}

/** Tries a step without checking the alternatives of its refusal. */
function tryStep(nest: Nest, { transform: name, stage, ...args }: Step): Nest | Refusal {
  const transform = findTransform(name)
  const parsed = transform && v.safeParse(transform.parameters, args)
  if (transform === undefined || !parsed?.success) return refuse('bad-argument', 'an alternative is no step')
  return checked(transform.apply(nest, parsed.output, { stage }))
}

function badArgument(name: string, issue: v.BaseIssue<unknown>, schema: v.GenericSchema): Refusal {
  const key = issue.path?.map(item => String(item.key)).join('.') ?? ''
  const entries = 'entries' in schema ? Object.keys(schema.entries as object) : []
  const rest = 'rest' in schema
  const allowed = [...entries, ...(rest ? ['any axis'] : []), 'stage']
  if (issue.expected === 'never')
    return refuse('bad-argument', `${name} has no argument ${key}`, [], nearestFirst(key, allowed))
  if (issue.received === 'undefined' || (issue.expected?.startsWith('"') && issue.type === 'strict_object'))
    return refuse('bad-argument', `${name} needs the argument ${key}`, [], [])
  return refuse(
    'bad-argument',
    `${key === '' ? 'the argument' : key} is ${issue.received}; ${issue.message} is expected`,
  )
}

/** Records on every loop the step that made or changed it, for the comments of generated code. */
function markSteps(before: Nest, after: Nest, text: string): Nest {
  const known = new Map(loopsOf(before.body).map(({ loop }) => [loop.id, loop]))
  const mark = (body: readonly Statement[]): readonly Statement[] =>
    mapList(body, (s): Statement => {
      if (s.kind !== 'loop') return s
      const old = known.get(s.id)
      // Everything that the step did not touch stays the same object.
      if (old === s) return s
      const inner = mark(s.body)
      const changed = old === undefined || old.mode !== s.mode || old.extent !== s.extent
      const madeBy = (old === undefined ? s.madeBy : undefined) ?? text
      return changed && madeBy !== s.madeBy ? { ...s, madeBy, body: inner } : withBody(s, inner)
    })
  const body = mark(after.body)
  return body === after.body ? after : { ...after, body }
}
