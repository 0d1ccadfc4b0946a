/** The schedules around a schedule, from the schemas of the transforms, plug-ins included. */
import { type Argument, type Domain, findTransform, parameterDomains, printSteps, type Step } from '@qernel/schedule'
import type { Candidate } from '../candidate.ts'
import type { Template, TemplateStep } from './template.ts'

/**
 * The values of an argument that are worth trying, the present one among them, in order: those that the schema of the transform
 * names and, for a number, its halves and doubles. Names of loops, buffers and stages stay as they are.
 */
function worthTrying(step: Step, argument: string, value: Argument): readonly Argument[] {
  const transform = findTransform(step.transform)
  if (transform === undefined || argument === 'stage') return [value]
  const { named, axes } = parameterDomains(transform)
  return among(named.find(({ name }) => name === argument)?.domain ?? axes?.domain, value)
}

function among(domain: Domain | undefined, value: Argument): readonly Argument[] {
  switch (domain?.kind) {
    case 'factor': {
      const near = [1, 2, 4, 1 / 2, 1 / 4].map(by => (value as number) * by)
      const whole = [...domain.candidates, ...near].filter(each => Number.isInteger(each) && each >= 1)
      return [...new Set(whole)].sort((a, b) => a - b)
    }
    case 'choice':
      return [...new Set([...domain.options, value])]
    case 'boolean':
      return [true, false]
    default:
      return [value]
  }
}

const argumentsOf = ({ transform: _, ...args }: Step): [name: string, value: Argument][] =>
  Object.entries(args).filter((entry): entry is [string, Argument] => entry[1] !== undefined)

/**
 * The template around a schedule: each argument becomes a choice among all values worth trying, by the schemas of the transforms.
 *
 * @param name what to call it in reports, such as the name of the schedule
 */
export function templateAround(steps: readonly Step[], name?: string): Template {
  return {
    ...(name !== undefined && { name }),
    steps: steps.map(
      (step): TemplateStep => ({
        transform: step.transform,
        optional: false,
        arguments: argumentsOf(step).map(([argument, value]) => ({
          name: argument,
          values: worthTrying(step, argument, value),
        })),
      }),
    ),
  }
}

/** The schedules that differ in the value of one argument, or lack one step. They may not apply. */
export function neighbouringSchedules(steps: readonly Step[]): Candidate[] {
  const candidate = (changed: readonly Step[]): Candidate => ({ id: printSteps(changed), steps: changed })
  const changed = steps.flatMap((step, i) =>
    argumentsOf(step).flatMap(([argument, value]) =>
      worthTrying(step, argument, value)
        .filter(other => other !== value)
        .map(other => candidate(steps.with(i, { ...step, [argument]: other }))),
    ),
  )
  const shorter = steps.map((_, i) => candidate(steps.toSpliced(i, 1)))
  return [...changed, ...shorter]
}

/**
 * The schedules next to a schedule that apply: with another value of one argument, by the schemas of the transforms, or without one step.
 *
 * @param isLegal whether steps apply to the kernel; see `legality`
 */
export const neighbours = (steps: readonly Step[], isLegal: (steps: readonly Step[]) => boolean): Candidate[] =>
  neighbouringSchedules(steps).filter(candidate => isLegal(candidate.steps))
