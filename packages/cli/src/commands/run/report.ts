import { disagreementText, type OrderDistance, type OutputVerdict, positionIn, type Verdict } from '@qernel/acceptance'
import type { Tensor } from '@qernel/dsl'
import { visibleText } from '@qernel/dsl/internal'
import { printSteps } from '@qernel/schedule'
import type { BoundCheck } from '@qernel/testing'
import { type BoundKept, saturatedText } from '../../report/error-bounds.ts'
import { agreementText, durationText, errorText, lostText, SOFTWARE_TIMES, shapeText } from '../../report/quantities.ts'
import { textTable } from '../../report/text-table.ts'
import type { Job, JobResult } from './execute.ts'
import type { RoundTripReport } from './round-trip.ts'

/** One output, and how it agrees with the reference. */
export interface OutputReport {
  readonly tensor: Tensor
  readonly verdict: OutputVerdict
}

export interface RunReport {
  readonly job: Job
  readonly result: JobResult
  readonly outputs: readonly OutputReport[]
  readonly verdict: Verdict
  /** For a schedule that reorders float sums. */
  readonly order: readonly OrderDistance[] | undefined
  readonly roundTrip: RoundTripReport | undefined
  /** Paths that were written. */
  readonly files: readonly string[]
  /** Whether requested files were not written because a check failed. */
  readonly withheld: boolean
}

export function reportText(report: RunReport): string {
  const { job, outputs } = report
  const sizes = [...job.sizes].map(([name, value]) => `${name} = ${value}`).join(', ')
  const table = textTable(
    [{ title: 'output' }, { title: 'type' }, { title: 'shape' }, { title: 'equal to the reference' }],
    outputs.map(({ tensor, verdict }) => [
      verdict.name,
      tensor.type.name,
      shapeText(tensor.shape),
      agreementText(verdict) + differenceText(verdict, tensor),
    ]),
  )
  const width = Math.max(...details(report).map(([name]) => name.length))
  const lines = details(report).map(([name, value]) => `${name.padEnd(width)}  ${value}\n`)
  return `${job.kernel.name}, ${sizes}\n\n${table}\n${lines.join('')}`
}

/** How an output differs from the expectation, and whether it is right all the same. */
function differenceText(
  { allowed, wrong, reasons, farthest, firstDifference: at }: OutputVerdict,
  { type, shape }: Tensor,
): string {
  if (at === undefined) return ''
  const far = type.kind === 'float' ? `${farthest} ulp` : `${farthest} ${farthest === 1 ? 'code' : 'codes'}`
  const whys = Object.entries(reasons).map(([reason, count]) => `${reason} (${elements(count)})`)
  const right = allowed === 0 ? '' : `; ${elements(allowed)} at most ${far} away, as allowed by ${whys.join(', ')}`
  const position = shapeText(positionIn(shape, at))
  return wrong === 0 ? right : `${right}; ${elements(wrong)} WRONG, the first difference at ${position}`
}

function details(report: RunReport): [name: string, value: string][] {
  const { job, result, verdict, order, roundTrip, files, withheld } = report
  const { name } = job.schedule
  const { steps } = result
  return [
    ['schedule', name === undefined ? printSteps(steps) : `${name}: ${printSteps(steps)}`],
    ['device', `${result.device.name}${result.device.driver ? `, ${result.device.driver}` : ''}`],
    ['time', timeText(result)],
    ...verdict.disagreements.slice(0, 1).map((one): [string, string] => ['wrong', disagreementText(one)]),
    ...(order ?? []).map((one): [string, string] => ['order', orderText(one)]),
    ...(roundTrip === undefined ? [] : roundTripDetails(roundTrip)),
    ...(files.length > 0 ? [['written', visibleText(files.join(', '))] as [string, string]] : []),
    ...(withheld ? [['written', 'nothing, because a check failed'] as [string, string]] : []),
  ]
}

const orderText = ({ name, farthest, shareOfBound, beyond }: OrderDistance): string =>
  `the schedule sums ${name} in its own order, which is what results are compared with; at most ${farthest} ulp from the definition, ` +
  (beyond === 0
    ? `${(100 * shareOfBound).toPrecision(2)}% of the bound (n − 1) · 2^-24 · Σ|term| there`
    : `BEYOND the bound (n − 1) · 2^-24 · Σ|term| at ${elements(beyond)}`)

function timeText({ device, time }: JobResult): string {
  if (device.kind === 'reference') return 'not measured'
  if (time === undefined) return 'none: nothing was dispatched'
  const { medianMs, p20, p80, samples, clock } = time
  const spread =
    samples.length === 1
      ? `one launch, ${clock}`
      : `median of ${samples.length}, ${durationText(p20)} to ${durationText(p80)} (20th to 80th percentile), ${clock}`
  return `${durationText(medianMs)} (${spread})${device.isSoftware ? `; ${SOFTWARE_TIMES}` : ''}`
}

const elements = (count: number): string => `${count} ${count === 1 ? 'element' : 'elements'}`

function roundTripDetails({ shape, error, bound, groups, lost, bytes }: RoundTripReport): [string, string][] {
  const left = error.nonFinite === 0 ? '' : `; ${elements(error.nonFinite)} with a NaN or an infinity left out`
  const saturated = bound?.saturated ? `; ${elements(bound.saturated)} clamped to the range of the codes` : ''
  const limit =
    bound === undefined
      ? `bound ${groups.formula}, at most ${errorText(groups.value)}: ${groupsText(groups, shape)}`
      : `bound scale/2, at most ${errorText(bound.halfLargestScale)}: ${boundText(bound)}`
  return [
    ['max |error|', `${errorText(error.maximum)}, ${limit}`],
    ['L2 error', `${errorText(error.l2)}, rms ${errorText(error.rms)}${left}${saturated}`],
    ...(groups.saturated === 0 ? [] : [['saturated', saturatedText(groups)] as [string, string]]),
    ...(lost === 0 ? [] : [['lost', lostText(lost)] as [string, string]]),
    ['bytes', `${bytes.before} → ${bytes.after}`],
  ]
}

const groupsText = ({ holds, violations, first = 0, saturated }: BoundKept, shape: readonly number[]): string =>
  holds
    ? `kept by every ${saturated === 0 ? '' : 'other '}element in its own group`
    : `BROKEN by ${elements(violations)}, the first at ${shapeText(positionIn(shape, first))}`

const boundText = ({ holds, violations, first }: BoundCheck): string =>
  holds
    ? 'kept by every element'
    : `BROKEN by ${elements(violations)}, the first at ${shapeText([first?.t ?? 0, first?.d ?? 0])}`

export function reportJson({ job, result, outputs, verdict, order, roundTrip, files, withheld }: RunReport): unknown {
  const { device, time } = result
  return {
    kernel: job.kernel.name,
    schedule: { name: job.schedule.name, steps: result.steps },
    sizes: Object.fromEntries(job.sizes),
    fixed: Object.fromEntries(job.fixed),
    device,
    time: time ?? null,
    outputs: outputs.map(({ tensor, verdict: { name, ...agreement } }) => ({
      name,
      type: tensor.type.name,
      shape: tensor.shape,
      ...agreement,
    })),
    wrong: verdict.disagreements.slice(0, 10),
    ...(order === undefined ? {} : { order }),
    ...(roundTrip === undefined ? {} : { roundTrip }),
    files,
    withheld,
  }
}
