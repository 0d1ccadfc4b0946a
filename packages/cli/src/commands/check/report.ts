/** What `qernel check` prints. */
import { printSteps } from '@qernel/schedule'
import { type CheckFailure, type CheckReport, replayCommand, trialText } from '@qernel/testing'
import type { OptionValues } from '../../frame/command.ts'
import type { checkOptions } from './options.ts'

export function reportText({ cases, programs, simulated, ran, refused }: CheckReport, seed: number): string {
  const places = [
    `${simulated} simulated`,
    ...Object.entries(ran).map(([name, count]) => `${count} on ${name}`),
    ...(refused > 0 ? [`${refused} refused by the target that was drawn`] : []),
  ]
  return `${cases} cases of ${programs} programs, all right: ${places.join(', ')} (seed ${seed})\n`
}

/** Where a signal ended the check: what was tried by then, which is less than was asked for. */
export function stoppedText(
  report: CheckReport,
  { seed, cases, signal }: { readonly seed: number; readonly cases: number; readonly signal: string },
): string {
  if (report.cases === 0) return `Stopped by ${signal} before a case was tried, of ${cases} (seed ${seed})\n`
  return `Stopped by ${signal} after ${report.cases} of ${cases} cases. ${reportText(report, seed)}`
}

/** What the command line said that a replay needs as well. */
export interface Words {
  readonly kernel: string
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

function replayLine({ trial }: CheckFailure, { kernel, options: { type, plugin, device, adapter } }: Words): string {
  const more = [
    ...(type === undefined ? [] : ['--type', type]),
    ...plugin.flatMap(file => ['--plugin', file]),
    ...device.flatMap(kind => ['--device', kind]),
    ...(adapter === undefined ? [] : ['--adapter', adapter]),
  ]
  return [replayCommand(kernel, trial), ...more.map(word => (/[^\w./=:-]/.test(word) ? `'${word}'` : word))].join(' ')
}
