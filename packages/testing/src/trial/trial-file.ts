/** A trial as JSON, with its kernel written out: it stays the same whatever becomes of the library and of the generators. */
import { type Kernel, parseKernel, serializeKernel } from '@qernel/dsl'
import { parseSteps, printSteps } from '@qernel/schedule'
import { isValueClass, valueClasses } from '../random/inputs.ts'
import type { Case, Trial } from './trial.ts'

interface TrialFile {
  /** What went wrong when it was found. */
  readonly found: string
  readonly steps: string
  readonly fixed: Readonly<Record<string, number>>
  readonly cases: readonly Case[]
  readonly kernel: unknown
}

export function trialToJson(trial: Trial, found: string): string {
  const { kernel, steps, fixed, cases } = trial
  const rest: Omit<TrialFile, 'kernel'> = { found, steps: printSteps(steps), fixed, cases }
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
 * @throws DefinitionError, StepSyntaxError or TypeError for text that is no trial
 */
export function trialFromJson(text: string): { trial: Trial; found: string } {
  const { kernel, steps, fixed, cases, found }: TrialFile = JSON.parse(text)
  for (const { values } of cases)
    if (!isValueClass(values))
      throw new TypeError(`there are no values '${values}'; there are ${valueClasses.join(', ')}`)
  const definition: Kernel = parseKernel(JSON.stringify(kernel))
  return { trial: { kernel: definition, steps: parseSteps(steps), fixed, cases, machine: 0 }, found }
}
