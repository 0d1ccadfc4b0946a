/** What may come next in a schedule: every transform, with arguments that were tried. The same request always has the same answer. */
import type { Nest } from '@qernel/dsl'
import {
  applySchedule,
  applyStep,
  costOf,
  InvalidNest,
  isRefusal,
  listTransforms,
  printStep,
  type Step,
  type Transform,
  validateNest,
} from '@qernel/schedule'
import type { ChoicesRequest, TransformChoices } from '../protocol.ts'
import { backEnds } from './back-ends.ts'
import { candidateSteps } from './candidate-steps.ts'
import { countingSizes } from './counted.ts'
import { understand } from './subject.ts'
import type { Work } from './turns.ts'

/** Steps of one transform that are tried once one of them applies, those that apply among which the best are chosen, and those that are offered. */
const mostTried = 64
const mostLegal = 20
const mostOffered = 8

/** Tries one transform after the other, and pauses before each trial. */
export function* choices({ subject, target, position }: ChoicesRequest): Work<TransformChoices[]> {
  const one = understand(subject, target)
  if ('problems' in one) return []
  const { steps, positions } = one.applied
  const before = steps.slice(0, positions.filter(at => at < position).length)
  const hasSubgroups = backEnds[target].portableTarget.subgroup !== undefined
  // As steps are applied one by one, without those that a target adds.
  const { nest } = applySchedule(one.kernel, before, { fixed: one.fixed, hasSubgroups, alternatives: false })
  const found: TransformChoices[] = []
  const point = { nest, hasSubgroups, sizes: countingSizes(nest, subject.at) }
  for (const transform of listTransforms()) {
    found.push(yield* choicesOf(transform, point))
  }
  return found
}

interface Point {
  readonly nest: Nest
  readonly hasSubgroups: boolean
  /** For counting bytes. */
  readonly sizes: ReadonlyMap<string, number>
}

/** A step that applies, and what makes one better than another. */
interface Legal {
  readonly text: string
  readonly bytes: number
  readonly complexity: number
}

/** Tries steps until enough apply, or none is left. */
function* choicesOf(transform: Transform, { nest, hasSubgroups, sizes }: Point): Work<TransformChoices> {
  const { name, summary } = transform
  const legal: Legal[] = []
  let refused: TransformChoices['refused']
  for (const [tried, step] of candidateSteps(nest, transform).entries()) {
    if (legal.length >= mostLegal || (legal.length > 0 && tried >= mostTried)) break
    yield
    const result = applyStep(nest, step, hasSubgroups, false)
    if (isRefusal(result)) refused ??= { step: printStep(step), code: result.code, message: result.message }
    else if (isValid(result)) {
      const { readBytes, writtenBytes } = costOf(result, sizes)
      legal.push({ text: printStep(step), bytes: readBytes + writtenBytes, complexity: complexity(step) })
    }
  }
  const steps = legal.sort(better).slice(0, mostOffered)
  return {
    transform: name,
    summary,
    steps: steps.map(({ text }) => text),
    ...(steps.length === 0 && refused !== undefined && { refused }),
  }
}

/** The fewest bytes first, then the simplest. */
const better = (a: Legal, b: Legal): number =>
  a.bytes - b.bytes || a.complexity - b.complexity || (a.text < b.text ? -1 : 1)

/** A nest that is not valid is a fault of the transform, which the page does not offer. */
function isValid(nest: Nest): boolean {
  try {
    validateNest(nest, 'a choice')
    return true
  } catch (error) {
    if (error instanceof InvalidNest) return false
    throw error
  }
}

/** The number of arguments, and of numbers that people seldom want: 1, and no powers of two. */
const complexity = (step: Step): number =>
  Object.values(step).reduce<number>((sum, value) => sum + 1 + Number(typeof value === 'number' && !isUsual(value)), 0)

const isUsual = (value: number): boolean => value > 1 && Number.isInteger(Math.log2(value))
