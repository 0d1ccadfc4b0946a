/** The lines of a `--rows` file: their contents, the key that identifies equal ones, and how they are read. */
import type { BenchSettings, Failure, ResultRow, ScheduleResult } from '@qernel/bench'
import { compilerVersion } from '@qernel/codegen'
import type { Device } from '@qernel/runtime'
import type { PlacedRecord } from '@qernel/tune'
import * as v from 'valibot'
import { jsonObject, shapeProblem, word } from '../../errors/json-shape.ts'
import { UsageError } from '../../errors/usage-error.ts'
import type { MeasuredCeiling } from './results.ts'

/** What a saved result must have in common with the current run, in addition to the schedule and its code. */
export interface Circumstances {
  readonly version: string
  readonly device: Pick<Device, 'kind' | 'name' | 'driver' | 'isSoftware'>
  readonly settings: BenchSettings
}

interface RowHead extends Circumstances {
  /** When the result was known, ISO 8601. */
  readonly date: string
  readonly note?: string
}

export interface ScheduleRow extends RowHead, Omit<ScheduleResult, 'steps' | 'earlier'>, Pick<ResultRow, 'reference'> {
  readonly kind: 'schedule'
  readonly kernel: string
  /** The hash of the definition. */
  readonly hash: string
  readonly element: string
  readonly sizes: Readonly<Record<string, number>>
  readonly bytes: { readonly reads: number; readonly writes: number }
  readonly steps: string
}

/**
 * Schedules about to take turns. If no line `ended` of the same run follows, the process died during them: one of those
 * without a result may be to blame.
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

/** How a process ended during `started` schedules, or before: written by the process that watches it. */
export interface DiedRow {
  readonly kind: 'died'
  readonly version: string
  readonly run: string
  /** `deadline`: it was ended at its deadline. `own`: it ended by its own doing. `outside`: somebody sent it a signal. */
  readonly cause: 'deadline' | 'own' | 'outside'
  /** A sentence about each schedule that is to blame. */
  readonly problem: string
  readonly date: string
  /** The schedule that had the turn. */
  readonly late?: Pick<ScheduleRow, 'steps' | 'code'>
  /** The schedule that was being applied and compiled, by name. */
  readonly preparing?: Pick<ScheduleRow, 'hash' | 'element' | 'sizes' | 'schedule'>
}

interface CeilingRow extends RowHead, Omit<MeasuredCeiling, 'device'> {
  readonly kind: 'ceiling'
}

export type Row = ScheduleRow | CeilingRow
/** Any line of this version. */
export type RowLine = Row | StartedRow | EndedRow | DiedRow

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

/** If there is no code, the reason takes its place. */
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

/** The key of a schedule that has not been compiled. */
export const keyOfName = ({ hash, element, sizes, schedule }: NonNullable<DiedRow['preparing']>): string =>
  JSON.stringify([hash, element, Object.entries(sizes).sort(([a], [b]) => (a < b ? -1 : 1)), schedule])

export const keyOfCeiling = (row: Circumstances & CeilingPlace): string =>
  JSON.stringify([...keyOf(row), 'ceiling', row.size, row.element, row.mix])

export const keyOfRow = (row: Row): string => (row.kind === 'schedule' ? keyOfSchedule(row) : keyOfCeiling(row))

const lineForm = 'rows of qernel bench, one JSON object per line: {"kind":"schedule","version":"…","device":{…},…}'

/**
 * A row of this version; undefined for rows of other versions, which stay in the file.
 * @throws UsageError if it is not a row
 */
export function rowOf({ record, line: number }: PlacedRecord, path: string): RowLine | undefined {
  const refuse = (what: string) => new UsageError({ what, where: `${path}:${number}`, allowed: lineForm })
  const line = v.safeParse(anyLine, record)
  if (!line.success) throw refuse(`not a row of qernel bench: ${shapeProblem(line.issues)}`)
  if (line.output.version !== compilerVersion) return undefined
  const { success, output, issues } = v.safeParse(members[line.output.kind], record)
  if (!success) throw refuse(`not a whole row of qernel bench: ${shapeProblem(issues)}`)
  // The members that the program relies on have been checked; the rest is shown unchanged.
  return output as unknown as RowLine
}

const text = v.string('text')
const amount = v.number('a number')
const flag = v.boolean('true or false')
const list = <const Item extends v.GenericSchema>(item: Item) => v.array(item, 'a list')

const ceiling = {
  mix: text,
  medianMs: amount,
  bytes: amount,
  tbps: amount,
  shape: jsonObject({ block: amount, unroll: amount }),
}
const rowCheck = jsonObject({
  elements: amount,
  different: amount,
  what: text,
  order: v.optional(list(jsonObject({ name: text, beyond: amount }))),
})
const head = {
  date: text,
  note: v.optional(text),
  device: jsonObject({ kind: text, name: text, driver: text, isSoftware: flag }),
  settings: jsonObject({ rounds: amount, repeats: amount, warmup: amount, rotateBytes: amount }),
}
const subject = { kernel: text, hash: text, element: text, sizes: v.record(text, amount, 'an object') }
const failures = ['refused', 'failed', 'wrong', 'lost', 'timeout', 'no-ceiling'] as const satisfies readonly Failure[]

/** All members: the program relies on each. */
const members = {
  schedule: v.pipe(
    jsonObject({
      ...head,
      ...subject,
      bytes: jsonObject({ reads: amount, writes: amount }),
      schedule: text,
      steps: text,
      code: v.optional(text),
      time: v.optional(jsonObject({ medianMs: amount, p20: amount, p80: amount, samples: list(amount) })),
      tbps: v.optional(amount),
      ratio: v.optional(amount),
      ceiling: v.optional(jsonObject(ceiling)),
      reference: v.optional(jsonObject({ schedule: text, rows: list(rowCheck), digest: text })),
      verification: v.optional(jsonObject({ words: amount, different: amount, rows: v.optional(list(rowCheck)) })),
      dispatches: v.optional(amount),
      problem: v.optional(text),
      failure: v.optional(word(failures)),
    }),
    v.check(
      ({ time, tbps, ratio, problem }) =>
        time === undefined ? problem !== undefined : tbps !== undefined && ratio !== undefined,
      'a schedule with its problem, or with its time, tbps and ratio',
    ),
  ),
  ceiling: jsonObject({ ...head, size: text, element: text, ...ceiling }),
  started: jsonObject({
    ...head,
    ...subject,
    run: text,
    schedules: list(jsonObject({ steps: text, code: v.optional(text) })),
  }),
  ended: jsonObject({ run: text }),
  died: jsonObject({
    run: text,
    date: text,
    cause: word(['deadline', 'own', 'outside']),
    problem: text,
    late: v.optional(jsonObject({ steps: text, code: text })),
    preparing: v.optional(
      jsonObject({ hash: text, element: text, sizes: v.record(text, amount, 'an object'), schedule: text }),
    ),
  }),
} satisfies Readonly<Record<RowLine['kind'], v.GenericSchema>>

const kinds = ['schedule', 'ceiling', 'started', 'ended', 'died'] as const satisfies readonly RowLine['kind'][]
const anyLine = jsonObject({ kind: word(kinds), version: text })
