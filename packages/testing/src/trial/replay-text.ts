/** The text that reports a failure, and the lines that reproduce it. */
import { printSteps } from '@qernel/schedule'
import type { Trial } from './trial.ts'

/** `T=3 D=5 (fixed when compiling)` */
function sizesText({ cases: [one], fixed }: Trial): string {
  const sizes = Object.entries({ ...one?.sizes, ...fixed })
  return sizes.map(([name, value]) => `${name}=${value}${name in fixed ? ' (fixed when compiling)' : ''}`).join(' ')
}

/** A trial as text, with one line for each of its parts. */
export function trialText(trial: Trial): string {
  const [one] = trial.cases
  return [
    `  kernel    ${trial.kernel.name}`,
    `  schedule  ${printSteps(trial.steps) || 'no steps'}`,
    `  sizes     ${sizesText(trial) || 'none'}`,
    ...(one === undefined ? [] : [`  values    ${one.values}, seed ${one.seed}`]),
  ].join('\n')
}

/** A call in a test that tries this one case again. */
export function replayCall(trial: Trial): string {
  const {
    cases: [one],
    fixed,
    steps,
  } = trial
  const options = {
    ...(Object.keys(fixed).length > 0 ? { fixed } : {}),
    ...(one === undefined ? {} : { only: { sizes: one.sizes, values: one.values, seed: one.seed } }),
  }
  return `checkSchedule(kernel, ${quoted(printSteps(steps))}, ${literal(options)})`
}

const quoted = (text: string): string => `'${text}'`

/** As code, on one line. */
function literal(value: unknown): string {
  if (typeof value === 'string') return quoted(value)
  if (typeof value !== 'object' || value === null) return String(value)
  return `{ ${Object.entries(value)
    .map(([name, part]) => `${name}: ${literal(part)}`)
    .join(', ')} }`
}
