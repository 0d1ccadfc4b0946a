/** A trial as JSON, with its whole kernel, so that later changes to the library and the generators do not affect it. */
import { type Kernel, parseKernel, serializeKernel } from '@qernel/dsl'
import { parseSteps, printSteps } from '@qernel/schedule'
import * as v from 'valibot'
import { valueClasses } from '../random/inputs.ts'
import type { Trial } from './trial.ts'

const sizes = v.record(v.string(), v.number('a number'), 'an object')
const text = v.string('text')

const trialFile = v.object({
  /** What went wrong when it was found. */
  found: text,
  steps: text,
  fixed: sizes,
  cases: v.array(
    v.object({
      sizes,
      values: v.picklist(valueClasses, `one of ${valueClasses.join(', ')}`),
      seed: v.number('a number'),
    }),
    'a list',
  ),
  kernel: v.unknown(),
})
type TrialFile = v.InferOutput<typeof trialFile>

export function trialToJson(trial: Trial, found: string): string {
  const { kernel, steps, fixed, cases } = trial
  const rest: Omit<TrialFile, 'kernel'> = { found, steps: printSteps(steps), fixed, cases: [...cases] }
  const lines = Object.entries(rest).map(([name, value]) => {
    const several = Array.isArray(value) && value.length > 1
    const text = several
      ? `[\n${value.map(one => `    ${JSON.stringify(one)}`).join(',\n')}\n  ]`
      : JSON.stringify(value)
    return `  ${JSON.stringify(name)}: ${text}`
  })
  return `{\n${lines.join(',\n')},\n  "kernel": ${serializeKernel(kernel)}\n}\n`
}

/**
 * @throws DefinitionError, StepSyntaxError or TypeError for text that is not a trial
 */
export function trialFromJson(text: string): { trial: Trial; found: string } {
  const { success, output, issues } = v.safeParse(trialFile, JSON.parse(text))
  if (!success) {
    const [issue] = issues
    throw new TypeError(
      `this is not a saved trial: ${v.getDotPath(issue) ?? 'it'} is ${issue.received === 'undefined' ? 'missing' : `not ${issue.message}`}`,
    )
  }
  const { kernel, steps, fixed, cases, found } = output
  const definition: Kernel = parseKernel(JSON.stringify(kernel))
  return { trial: { kernel: definition, steps: parseSteps(steps), fixed, cases, machine: 0 }, found }
}
