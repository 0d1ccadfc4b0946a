import type { Kernel, Nest, Statement } from '@qernel/dsl'
import { checkFacts, mapList, nameOfStage } from '@qernel/dsl/internal'
import * as v from 'valibot'
import { findTooLarge } from '../legality/number-limits.ts'
import { findForeignRead } from '../legality/private-buffers.ts'
import { isRefusal, type Refusal, refuse, ScheduleRefusal } from '../legality/refusal.ts'
import { refuseUnfinished } from '../legality/refuse-unrunnable.ts'
import { findRepeatedStore } from '../legality/repeated-stores.ts'
import { type DeviceLimits, findUnfinished } from '../legality/unrunnable.ts'
import { type NativeTypes, ownWords } from '../legality/whole-words.ts'
import { cachesOfResults } from '../legality/word-alternatives.ts'
import { defaultNest } from '../nest/default-nest.ts'
import { loopsOf, stageNames, withBody } from '../nest/statements.ts'
import { validateNest } from '../nest/validate-nest.ts'
import { nearestFirst } from '../rewrites/loop-selection.ts'
import { findTransform, listTransforms } from './known-transforms.ts'
import type { ScheduledKernel } from './scheduled-kernel.ts'
import { parseSteps, printStep, printSteps } from './step-text.ts'
import type { Step, StepContext } from './transform.ts'

/** What a schedule may be applied under. */
export interface ScheduleOptions {
  /** Sizes fixed at compile time. */
  readonly fixed?: ReadonlyMap<string, number>
  /** Storage types that the target addresses directly; without it no word has to be owned. */
  readonly nativeTypes?: NativeTypes
  /** Whether the target has subgroup operations; unknown without a target. */
  readonly hasSubgroups?: boolean
  /** What the target has for a workgroup: with it a schedule is complete, and refused where it could not run. */
  readonly limits?: DeviceLimits
}

/**
 * Applies steps to the default nest of a kernel. The nest is validated after each.
 *
 * @throws ScheduleRefusal with the refusal as data, at the first step that does not apply
 * @throws InputError where a fixed size is none, or breaks a fact that the kernel declares
 */
export function applySchedule(kernel: Kernel, steps: readonly Step[], options: ScheduleOptions = {}): ScheduledKernel {
  checkFacts(kernel, options.fixed ?? new Map())
  try {
    const scheduled = applyOwned(kernel, steps, options)
    const { limits } = options
    if (limits !== undefined) refuseUnfinished(scheduled, limits, other => isApplicable(kernel, other, options))
    return scheduled
  } catch (error) {
    if (!(error instanceof ScheduleRefusal) || error.refusal.code !== 'word-split') throw error
    throw withCaches(error, kernel, steps, options)
  }
}

/** Shared words have one owner where their elements meet in shared memory first: offered where that is all it takes. */
function withCaches(
  error: ScheduleRefusal,
  kernel: Kernel,
  steps: readonly Step[],
  options: ScheduleOptions,
): ScheduleRefusal {
  if (options.nativeTypes === undefined || error.step !== steps.length) return error
  const caches = cachesOfResults(error.nest, options.nativeTypes)
  const choices = caches.length > 1 ? [...caches.map(one => [one]), caches] : [caches]
  const wanted = choices.find(some => some.length > 0 && isApplicable(kernel, [...steps, ...some], options))
  if (wanted === undefined) return error
  const refusal = { ...error.refusal, alternatives: [...error.refusal.alternatives, printSteps(wanted)] }
  return new ScheduleRefusal(refusal, error.step, error.stepText, error.nest)
}

function isApplicable(kernel: Kernel, steps: readonly Step[], options: ScheduleOptions): boolean {
  try {
    const { nest } = applyOwned(kernel, steps, options)
    return options.limits === undefined || findUnfinished(nest, options.limits) === undefined
  } catch (error) {
    if (error instanceof ScheduleRefusal) return false
    throw error
  }
}

/** The steps, with those in front that give each packed word one owner. */
function applyOwned(kernel: Kernel, steps: readonly Step[], options: ScheduleOptions): ScheduledKernel {
  const start = defaultNest(kernel, options.fixed)
  const early = repairEarly(kernel, start, steps, options)
  if (early !== undefined) return early
  const plain = run(start, steps, 0, options)
  if (options.nativeTypes === undefined) return { kernel, steps, repairs: [], ...plain }
  const native = options.nativeTypes
  const repairs = ownWords(plain.nest, native)
  if (isRefusal(repairs))
    throw new ScheduleRefusal(repairs, steps.length, steps.map(printStep).at(-1) ?? 'the default nest', plain.nest)
  if (repairs.length === 0) return { kernel, steps, repairs, ...plain }
  const repaired = runRepaired(start, repairs, steps, plain.nest, options)
  const again = ownWords(repaired.nest, native)
  if (isRefusal(again) || again.length > 0) {
    const problem = isRefusal(again)
      ? again
      : refuse('word-split', 'threads would share packed words whatever is put in front', [])
    throw new ScheduleRefusal(problem, steps.length, steps.map(printStep).at(-1) ?? 'the default nest', repaired.nest)
  }
  return { kernel, steps, repairs, ...repaired }
}

/** The stages whose words a step may give an owner, known before it runs if its transform says so. */
function mayOwn(kernel: Kernel, { transform: name, stage, ...args }: Step): readonly string[] {
  const all = kernel.stages.map(nameOfStage)
  const transform = findTransform(name)
  const parsed = transform?.ownsWords && v.safeParse(transform.parameters, args)
  if (!parsed?.success) return all
  const owns = transform?.ownsWords?.(parsed.output, kernel)
  if (owns === false) return []
  return owns === 'stage' && stage !== undefined && all.includes(stage) ? [stage] : all
}

/** The repaired schedule at once, where no step can give words of the repaired stages an owner by itself, and all go with the repair. */
function repairEarly(
  kernel: Kernel,
  start: Nest,
  steps: readonly Step[],
  options: ScheduleOptions,
): ScheduledKernel | undefined {
  if (options.nativeTypes === undefined) return undefined
  const owned = new Set(steps.flatMap(step => mayOwn(kernel, step)))
  if (kernel.stages.every(stage => owned.has(nameOfStage(stage)))) return undefined
  const shared = ownWords(start, options.nativeTypes)
  if (isRefusal(shared)) return undefined
  const repairs = shared.filter(({ stage }) => stage !== undefined && !owned.has(stage))
  if (repairs.length === 0) return undefined
  try {
    const repaired = run(start, [...repairs, ...steps], repairs.length, options)
    const left = ownWords(repaired.nest, options.nativeTypes)
    return isRefusal(left) || left.length > 0 ? undefined : { kernel, steps, repairs, ...repaired }
  } catch (error) {
    // The usual way tells the author which step is refused, without the repair in front.
    if (error instanceof ScheduleRefusal) return undefined
    throw error
  }
}

/** The author's steps behind the repair; where they do not go together, the words that would be shared are the reason. */
function runRepaired(
  start: Nest,
  repairs: readonly Step[],
  steps: readonly Step[],
  plain: Nest,
  options: ScheduleOptions,
): { nest: Nest; history: Nest[] } {
  try {
    return run(start, [...repairs, ...steps], repairs.length, options)
  } catch (error) {
    if (!(error instanceof ScheduleRefusal)) throw error
    const stages = [...new Set(repairs.map(step => step.stage))].join(', ')
    const reason = refuse(
      'word-split',
      `threads would share the packed words of ${stages}, and ${repairs.map(printStep).join(' ')} in front, which gives each word one owner, does not go with ${error.stepText}: ${error.refusal.message}`,
    )
    throw new ScheduleRefusal(reason, steps.length, steps.map(printStep).at(-1) ?? 'the default nest', plain)
  }
}

function run(
  start: Nest,
  steps: readonly Step[],
  repairs: number,
  { hasSubgroups }: ScheduleOptions,
): { nest: Nest; history: Nest[] } {
  const history = [start]
  let at = lastPath(start, `${hasSubgroups} ${repairs > 0}`)
  for (const [position, step] of steps.entries()) {
    const text = printStep(step)
    if (at.next?.text !== text) {
      const { nest } = at
      const result = applyStep(nest, step, hasSubgroups)
      if (isRefusal(result)) throw new ScheduleRefusal(result, position + 1 - repairs, text, nest)
      const marked = markSteps(nest, result, text)
      validateNest(marked, `after step ${position + 1}, ${text}`)
      at.next = { text, place: { nest: marked } }
    }
    at = at.next.place
    history.push(at.nest)
  }
  return { nest: at.nest, history }
}

/** A nest on the way of the last schedule, and where the next step took it. */
interface Place {
  readonly nest: Nest
  next?: { readonly text: string; readonly place: Place }
}

/**
 * The way that the last schedule of the same loops took. In a sweep most schedules begin as the one before, and steps depend on
 * nothing but the nest and their arguments: what they came to is taken from there.
 *
 * @param under what steps depend on besides, as text
 */
function lastPath(start: Nest, under: string): Place {
  const known = lastPaths.get(start) ?? new Map<string, Place>()
  lastPaths.set(start, known)
  const path = known.get(under) ?? { nest: start }
  known.set(under, path)
  return path
}
const lastPaths = new WeakMap<Nest, Map<string, Place>>()

/** Applies one step: the new nest, or why not. The nest given is never changed. */
export function applyStep(nest: Nest, step: Step, hasSubgroups?: boolean): Nest | Refusal {
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
  const stages = stageNames(nest)
  if (stage !== undefined && !stages.includes(stage))
    return refuse('bad-argument', `there is no stage ${stage}`, [], nearestFirst(stage, stages))
  const parsed = v.safeParse(transform.parameters, args)
  if (!parsed.success) return badArgument(name, parsed.issues[0], transform.parameters)
  const result = checked(transform.apply(nest, parsed.output, { stage, hasSubgroups }))
  if (!isRefusal(result)) return result
  return { ...result, alternatives: result.alternatives.filter(text => isPossible(nest, step, result, text)) }
}

/** Steps one after another, each within the stage that it or the context names: the `apply` of a transform that is made of others. */
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

/** Refuses a nest with numbers beyond 32 bits, and one in which a thread would read what is private to another, or threads or workgroups would repeat a store. */
function checked(result: Nest | Refusal): Nest | Refusal {
  if (isRefusal(result)) return result
  return findTooLarge(result) ?? findForeignRead(result) ?? findRepeatedStore(result) ?? result
}

/** Whether an alternative is legal itself: steps to put in front, another argument, a number instead of the one given. */
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

/** A step without a look at the alternatives of its refusal. */
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
    `${name}: ${key === '' ? 'the arguments' : key} is ${issue.received}; ${issue.message} is expected`,
  )
}

/** Notes on every loop that a step made or changed which step it was: the comments of generated code. */
function markSteps(before: Nest, after: Nest, text: string): Nest {
  const known = new Map(loopsOf(before.body).map(({ loop }) => [loop.id, loop]))
  const mark = (body: readonly Statement[]): readonly Statement[] =>
    mapList(body, (s): Statement => {
      if (s.kind !== 'loop') return s
      const old = known.get(s.id)
      // What the step has not touched stays the very same.
      if (old === s) return s
      const inner = mark(s.body)
      const changed = old === undefined || old.mode !== s.mode || old.extent !== s.extent
      const madeBy = (old === undefined ? s.madeBy : undefined) ?? text
      return changed && madeBy !== s.madeBy ? { ...s, madeBy, body: inner } : withBody(s, inner)
    })
  const body = mark(after.body)
  return body === after.body ? after : { ...after, body }
}

/** A schedule being written in TypeScript: `schedule(kernel).apply(tile({ t: 16, d: 16 }), vectorize({ d: 4 }))`. */
export interface ScheduleBuilder {
  readonly steps: readonly Step[]
  /** Adds steps; refusals are thrown at once, at the step. */
  apply(...steps: readonly Step[]): ScheduleBuilder
  /** The nest so far. */
  readonly nest: Nest
}

/**
 * Starts a schedule: `schedule(kernel).apply(tile({ t: 16, d: 64 }), vectorize({ d: 4 }))`. Each step throws
 * `ScheduleRefusal` where it does not apply.
 */
export function schedule(kernel: Kernel, steps: readonly Step[] = []): ScheduleBuilder {
  const applied = applySchedule(kernel, steps)
  return { steps, nest: applied.nest, apply: (...more) => schedule(kernel, [...steps, ...more]) }
}
