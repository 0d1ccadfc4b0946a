import type { Tensor } from '@qernel/dsl'
import { visibleText } from '@qernel/dsl'
import { printSteps } from '@qernel/schedule'
import type { BoundCheck, CodeAgreement } from '@qernel/testing'
import { agreementText, durationText, errorText, SOFTWARE_TIMES, shapeText } from '../../report/quantities.ts'
import { textTable } from '../../report/text-table.ts'
import type { Job, JobResult } from './execute.ts'
import type { RoundTripReport } from './round-trip.ts'

/** One output and how it agrees with the reference. */
export interface OutputReport {
  readonly name: string
  readonly tensor: Tensor
  readonly agreement: CodeAgreement
}

export interface RunReport {
  readonly job: Job
  readonly result: JobResult
  readonly outputs: readonly OutputReport[]
  readonly roundTrip: RoundTripReport | undefined
  /** Paths that were written. */
  readonly files: readonly string[]
  /** Files were asked for and not written, since a check failed. */
  readonly withheld: boolean
}

export function reportText(report: RunReport): string {
  const { job, outputs } = report
  const sizes = [...job.sizes].map(([name, value]) => `${name} = ${value}`).join(', ')
  const table = textTable(
    [{ title: 'output' }, { title: 'type' }, { title: 'shape' }, { title: 'equal to the reference' }],
    outputs.map(({ name, tensor, agreement }) => [
      name,
      tensor.type.name,
      shapeText(tensor.shape),
      agreementText(agreement) + differenceText(agreement, tensor.shape),
    ]),
  )
  const width = Math.max(...details(report).map(([name]) => name.length))
  const lines = details(report).map(([name, value]) => `${name.padEnd(width)}  ${value}\n`)
  return `${job.kernel.name}, ${sizes}\n\n${table}\n${lines.join('')}`
}

function differenceText({ firstDifference: at }: CodeAgreement, shape: readonly number[]): string {
  if (at === undefined) return ''
  const index: number[] = []
  let rest = at
  for (const extent of shape.toReversed()) {
    index.unshift(rest % extent)
    rest = Math.floor(rest / extent)
  }
  return `, the first difference at ${shapeText(index)}`
}

function details(report: RunReport): [name: string, value: string][] {
  const { job, result, roundTrip, files, withheld } = report
  const { name } = job.schedule
  const { steps } = result
  return [
    ['schedule', name === undefined ? printSteps(steps) : `${name}: ${printSteps(steps)}`],
    ['device', `${result.device.name}${result.device.driver ? `, ${result.device.driver}` : ''}`],
    ['time', timeText(result)],
    ...(roundTrip === undefined ? [] : roundTripDetails(roundTrip)),
    ...(files.length > 0 ? [['written', visibleText(files.join(', '))] as [string, string]] : []),
    ...(withheld ? [['written', 'nothing, since a check failed'] as [string, string]] : []),
  ]
}

function timeText({ device, time }: JobResult): string {
  if (device.kind === 'reference') return 'not measured'
  if (time === undefined) return 'none: nothing was dispatched'
  const { medianMs, p20, p80, samples, clock } = time
  const spread =
    samples.length === 1
      ? `one launch, ${clock}`
      : `median of ${samples.length}, ${durationText(p20)} to ${durationText(p80)} from 20% to 80%, ${clock}`
  return `${durationText(medianMs)} (${spread})${device.isSoftware ? `; ${SOFTWARE_TIMES}` : ''}`
}

const elements = (count: number): string => `${count} ${count === 1 ? 'element' : 'elements'}`

function roundTripDetails({ error, bound, largest, bytes }: RoundTripReport): [string, string][] {
  const left = error.nonFinite === 0 ? '' : `; left out: ${elements(error.nonFinite)} with a NaN or an infinity`
  const saturated = bound?.saturated ? `; clamped to the range of the codes: ${elements(bound.saturated)}` : ''
  const limit =
    bound === undefined
      ? `its bound ${largest.formula} is ${errorText(largest.value)} at most`
      : `its bound scale/2 is ${errorText(bound.halfLargestScale)}: ${verdict(bound)}`
  return [
    ['max |error|', `${errorText(error.maximum)}, ${limit}`],
    ['L2 error', `${errorText(error.l2)}, rms ${errorText(error.rms)}${left}${saturated}`],
    ['bytes', `${bytes.before} → ${bytes.after}`],
  ]
}

const verdict = ({ holds, violations, first }: BoundCheck): string =>
  holds
    ? 'kept by every element'
    : `BROKEN by ${elements(violations)}, the first at ${shapeText([first?.t ?? 0, first?.d ?? 0])}`

export function reportJson({ job, result, outputs, roundTrip, files, withheld }: RunReport): unknown {
  const { device, time } = result
  return {
    kernel: job.kernel.name,
    schedule: { name: job.schedule.name, steps: result.steps },
    sizes: Object.fromEntries(job.sizes),
    fixed: Object.fromEntries(job.fixed),
    device,
    time: time ?? null,
    outputs: outputs.map(({ name, tensor, agreement }) => ({
      name,
      type: tensor.type.name,
      shape: tensor.shape,
      ...agreement,
    })),
    ...(roundTrip === undefined ? {} : { roundTrip }),
    files,
    withheld,
  }
}
