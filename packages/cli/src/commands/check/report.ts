/** The text that `qernel check` prints. */
import { printSteps } from '@qernel/schedule'
import type { CheckFailure, CheckReport } from '@qernel/testing'
import { trialText, triesEnough } from '@qernel/testing/internal'
import type { OptionValues } from '../../frame/command.ts'
import { printedCommand } from '../../report/printed-command.ts'
import type { checkOptions } from './options.ts'

export function reportText(report: CheckReport, seed: number): string {
  const { cases, programs, simulated, ran, refused, untried } = report
  const places = [
    `${simulated} simulated`,
    ...Object.entries(ran).map(([name, count]) => `${count} on ${name}`),
    ...(refused > 0 ? [`${refused} refused everywhere`] : []),
  ]
  const verdict = triesEnough(report)
    ? 'all right'
    : 'TOO FEW TESTED: nothing was wrong, but less than half of the cases ran in some place'
  const lines = untried.map(
    one => `  not tested: ${one.cases} ${one.where === 'simulated' ? one.where : `on ${one.where}`}: ${one.why}\n`,
  )
  return `${cases} cases of ${programs} programs, ${verdict}: ${places.join(', ')} (seed ${seed})\n${lines.join('')}`
}

/** The report after a signal: what had been tested by then. */
export function stoppedText(
  report: CheckReport,
  { seed, cases, signal }: { readonly seed: number; readonly cases: number; readonly signal: string },
): string {
  if (report.cases === 0) return `Stopped by ${signal} before the first of ${cases} cases (seed ${seed})\n`
  return `Stopped by ${signal} after ${report.cases} of ${cases} cases. ${reportText(report, seed)}`
}

/** Options of the command line that a replay also needs. */
export interface Words {
  readonly kernel: string
  /** Compile-time parameters, each as `name=value`. */
  readonly parameters: readonly string[]
  readonly options: Pick<OptionValues<typeof checkOptions>, 'type' | 'plugin' | 'device' | 'adapter'>
}

export function failureText(failure: CheckFailure, words: Words): string {
  return `${failure.what}\n\n${trialText(failure.trial)}\n  replay    ${replayLine(failure, words)}\n`
}

export function failureJson(failure: CheckFailure, words: Words): unknown {
  const { what, trial, shrinks, seed } = failure
  const { kernel, steps, fixed, cases } = trial
  const smallest = { kernel: kernel.name, steps, schedule: printSteps(steps), fixed, case: cases[0] ?? null }
  return { seed, failure: { what, ...smallest, shrinks, replay: replayLine(failure, words) } }
}

/** A command that tests this one case again, for a kernel of the library or of a plug-in. */
function replayLine({ trial }: CheckFailure, { kernel, parameters, options }: Words): string {
  const { cases, fixed, steps } = trial
  const { type, plugin, device, adapter } = options
  const [one] = cases
  const open = Object.entries(one?.sizes ?? {}).filter(([name]) => !(name in fixed))
  return printedCommand(
    ...['check', kernel, '--steps', printSteps(steps)],
    ...parameters.flatMap(text => ['--set', text]),
    ...Object.entries(fixed).flatMap(([name, value]) => ['--set', `${name}=${value}`]),
    ...open.flatMap(([name, value]) => ['--at', `${name}=${value}`]),
    ...(one === undefined ? [] : ['--values', one.values, '--seed', String(one.seed)]),
    ...(type === undefined ? [] : ['--type', type]),
    ...plugin.flatMap(file => ['--plugin', file]),
    ...device.flatMap(kind => ['--device', kind]),
    ...(adapter === undefined ? [] : ['--adapter', adapter]),
  )
}
