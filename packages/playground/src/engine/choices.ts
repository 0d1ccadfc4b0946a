/** What may come next in a schedule: every transform, with arguments that were tried. */
import type { Nest } from '@qernel/dsl'
import { randomNumbers } from '@qernel/dsl/internal'
import {
  applyStep,
  generateStep,
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
import { understand } from './subject.ts'
import type { Work } from './turns.ts'

/** Steps of one transform that are tried, and those that are offered. */
const mostTried = 48
const mostOffered = 8

/** Tries one transform after the other, and pauses before each trial. */
export function* choices({ subject, target, position }: ChoicesRequest): Work<TransformChoices[]> {
  const one = understand(subject, target)
  if ('problems' in one) return []
  const { steps, positions, scheduled } = one.applied
  const before = positions.filter(at => at < position).length
  const nest = scheduled.history[scheduled.repairs.length + Math.min(before, steps.length)] ?? scheduled.nest
  const hasSubgroups = backEnds[target].portableTarget.subgroup !== undefined
  const found: TransformChoices[] = []
  for (const transform of listTransforms()) {
    found.push(yield* choicesOf(transform, nest, hasSubgroups))
  }
  return found
}

function* choicesOf(transform: Transform, nest: Nest, hasSubgroups: boolean): Work<TransformChoices> {
  const { name, summary } = transform
  // The same request has the same answer.
  const random = randomNumbers(name.length)
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T
  const tried = new Set<string>()
  const legal: Step[] = []
  let refused: TransformChoices['refused']
  for (let i = 0; i < mostTried && legal.length < mostOffered; i++) {
    const step = generateStep(nest, transform, pick)
    const text = printStep(step)
    if (tried.has(text)) continue
    tried.add(text)
    yield
    const result = applyStep(nest, step, hasSubgroups, false)
    if (isRefusal(result)) refused ??= { step: text, code: result.code, message: result.message }
    else if (isValid(result)) legal.push(step)
  }
  const steps = legal.sort((a, b) => complexity(a) - complexity(b)).map(printStep)
  return { transform: name, summary, steps, ...(steps.length === 0 && refused !== undefined && { refused }) }
}

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

/** The number of arguments, and of numbers that are no powers of two. */
const complexity = (step: Step): number =>
  Object.values(step).reduce<number>(
    (sum, value) => sum + 1 + Number(typeof value === 'number' && !isPowerOf2(value)),
    0,
  )

const isPowerOf2 = (value: number): boolean => Number.isInteger(Math.log2(value))
