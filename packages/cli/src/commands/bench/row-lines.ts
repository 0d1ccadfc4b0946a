/** The lines of a file of `--rows`: what they hold, what makes two of them the same, and how they are read. */
import type { BenchSettings, ResultRow, ScheduleResult } from '@qernel/bench'
import { compilerVersion } from '@qernel/codegen'
import type { Device } from '@qernel/runtime'
import { UsageError } from '../../errors/usage-error.ts'
import type { JsonLine } from '../../files/line-file.ts'
import type { MeasuredCeiling } from './results.ts'

/** What a result must have in common with what is asked for, beside the schedule and its code. */
export interface Circumstances {
  readonly version: string
  readonly device: Pick<Device, 'kind' | 'name' | 'driver' | 'isSoftware'>
  readonly settings: BenchSettings
}

interface RowHead extends Circumstances {
  /** When it was known, ISO 8601. */
  readonly date: string
  readonly note?: string
}

export interface ScheduleRow extends RowHead, Omit<ScheduleResult, 'steps' | 'earlier'>, Pick<ResultRow, 'reference'> {
  readonly kind: 'schedule'
  readonly kernel: string
  /** Of the definition. */
  readonly hash: string
  readonly element: string
  readonly sizes: Readonly<Record<string, number>>
  readonly bytes: { readonly reads: number; readonly writes: number }
  readonly steps: string
}

/**
 * Schedules about to take turns. Where no line `ended` of the same run follows, the process ended with them: one of those without a result
 * may be to blame.
 */
export interface StartedRow extends RowHead, Pick<ScheduleRow, 'kernel' | 'hash' | 'element' | 'sizes'> {
  readonly kind: 'started'
  readonly run: string
  readonly schedules: readonly Pick<ScheduleRow, 'steps' | 'code'>[]
}

export interface EndedRow {
  readonly kind: 'ended'
  readonly version: string
  readonly run: string
}

interface CeilingRow extends RowHead, Omit<MeasuredCeiling, 'device'> {
  readonly kind: 'ceiling'
}

export type Row = ScheduleRow | CeilingRow
type RowLine = Row | StartedRow | EndedRow

export type CeilingPlace = Pick<MeasuredCeiling, 'size' | 'element' | 'mix'>

const keyOf = ({ version, device, settings }: Circumstances): unknown[] => [
  version,
  device.kind,
  device.name,
  device.driver,
  settings.rounds,
  settings.repeats,
  settings.warmup,
  settings.rotateBytes,
]

/** Where there is no code, why. */
export const keyOfSchedule = (
  row: Circumstances & Pick<ScheduleRow, 'hash' | 'element' | 'sizes' | 'schedule' | 'steps' | 'code' | 'problem'>,
): string =>
  JSON.stringify([
    ...keyOf(row),
    row.hash,
    row.element,
    Object.entries(row.sizes).sort(([a], [b]) => (a < b ? -1 : 1)),
    row.steps === '' && row.code === undefined ? row.schedule : row.steps,
    row.code ?? ['no code', row.problem],
  ])

export const keyOfCeiling = (row: Circumstances & CeilingPlace): string =>
  JSON.stringify([...keyOf(row), 'ceiling', row.size, row.element, row.mix])

export const keyOfRow = (row: Row): string => (row.kind === 'schedule' ? keyOfSchedule(row) : keyOfCeiling(row))

/** How each line begins. */
export const lineStart = '{"kind":"'
export const lineForm = 'rows of qernel bench, a JSON object a line: {"kind":"schedule","version":"…","device":{…},…}'

/**
 * A row of this version; undefined for those of others, which stay where they are.
 * @throws UsageError where it is none
 */
export function rowOf({ value, number }: JsonLine, path: string): RowLine | undefined {
  const refuse = (what: string) => new UsageError({ what, where: `${path}:${number}`, allowed: lineForm })
  const { kind, version, time, problem, tbps, ratio, schedules } = isRecord(value) ? value : {}
  if (!isRecord(value) || typeof kind !== 'string' || !Object.hasOwn(parts, kind) || typeof version !== 'string') {
    throw refuse('not a row of qernel bench')
  }
  if (version !== compilerVersion) return undefined
  const { texts, records, numbers } = parts[kind as RowLine['kind']]
  const timed = isRecord(time) ? [time.medianMs, time.p20, time.p80, tbps, ratio] : []
  const isWhole =
    texts.every(name => typeof value[name] === 'string') &&
    records.every(name => isRecord(value[name])) &&
    [...numbers.map(name => value[name]), ...timed].every(each => typeof each === 'number') &&
    (kind !== 'schedule' || isRecord(time) || typeof problem === 'string') &&
    (kind !== 'started' || (Array.isArray(schedules) && schedules.every(isRecord)))
  if (!isWhole) throw refuse('a row of qernel bench with parts missing, or of another kind than they should be')
  // What is counted on was looked at; the rest is shown as it stands there.
  return value as unknown as RowLine
}

/** The members that are counted on, by what they hold. */
const parts: Readonly<Record<RowLine['kind'], Readonly<Record<'texts' | 'records' | 'numbers', readonly string[]>>>> = {
  schedule: {
    texts: ['date', 'kernel', 'hash', 'element', 'schedule', 'steps'],
    records: ['device', 'settings', 'sizes'],
    numbers: [],
  },
  ceiling: {
    texts: ['date', 'size', 'element', 'mix'],
    records: ['device', 'settings'],
    numbers: ['medianMs', 'tbps'],
  },
  started: {
    texts: ['date', 'run', 'kernel', 'hash', 'element'],
    records: ['device', 'settings', 'sizes'],
    numbers: [],
  },
  ended: { texts: ['run'], records: [], numbers: [] },
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
