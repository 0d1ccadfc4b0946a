/**
 * `--rows FILE.jsonl`: every result, a line each, as soon as it is known. A run that is started again takes from there what it would measure alike.
 *
 * A row stands for itself: a schedule with the ceiling that took turns with it. So rows of several runs stand side by side, and no ratio
 * is of two of them.
 */
import type { BenchSettings, ResultRow, ScheduleResult, Subject } from '@qernel/bench'
import { bytesMoved } from '@qernel/bench'
import { compilerVersion } from '@qernel/codegen'
import { kernelHash } from '@qernel/dsl'
import type { Device } from '@qernel/runtime'
import { printSteps, type Step } from '@qernel/schedule'
import { UsageError } from '../../errors/usage-error.ts'
import { type JsonLine, LineFile } from '../../files/line-file.ts'
import type { MeasuredCeiling } from './results.ts'

/** What a result must have in common with what is asked for, beside the schedule and its code. */
interface Circumstances {
  readonly version: string
  readonly device: Pick<Device, 'kind' | 'name' | 'driver' | 'isSoftware'>
  readonly settings: BenchSettings
}

interface RowHead extends Circumstances {
  /** When it was known, ISO 8601. */
  readonly date: string
  readonly note?: string
}

interface ScheduleRow extends RowHead, Omit<ScheduleResult, 'steps' | 'earlier'>, Pick<ResultRow, 'reference'> {
  readonly kind: 'schedule'
  readonly kernel: string
  /** Of the definition. */
  readonly hash: string
  readonly element: string
  readonly sizes: Readonly<Record<string, number>>
  readonly bytes: { readonly reads: number; readonly writes: number }
  readonly steps: string
}

interface CeilingRow extends RowHead, Omit<MeasuredCeiling, 'device'> {
  readonly kind: 'ceiling'
}

type Row = ScheduleRow | CeilingRow

/** Results of this run, and those of earlier ones that a file holds. */
export class Rows {
  readonly #file: LineFile | undefined
  readonly #note: string | undefined
  /** The last row of each key. */
  readonly #rows = new Map<string, { readonly row: Row; readonly isEarlier: boolean }>()
  readonly #taken = new Set<string>()
  #written = 0

  /** @throws UsageError where the file cannot be appended to, or is none of rows */
  constructor(path: string | undefined, note: string | undefined) {
    this.#note = note
    if (path === undefined) return
    this.#file = LineFile.open(path, start, form)
    for (const line of this.#file.lines) {
      const row = rowOf(line, path)
      if (row !== undefined) this.#rows.set(keyOfRow(row), { row, isEarlier: true })
    }
  }

  /** How many rows were taken from the file, and how many are new. */
  get counts(): { readonly taken: number; readonly written: number } {
    return { taken: this.#taken.size, written: this.#written }
  }

  /** What to say about the end of the file, if there is something. */
  get cutNote(): string | undefined {
    const cut = this.#file?.cutBytes ?? 0
    return cut === 0 ? undefined : `${this.#file?.path}: the last line was cut short (${cut} bytes), and is dropped`
  }

  /** The rows of a subject on a device. */
  of(device: Device, subject: Subject, settings: BenchSettings): SubjectRows {
    const { kernel, wide, sizes } = subject
    const own = {
      ...circumstances(device, settings),
      kernel: kernel.name,
      hash: kernelHash(kernel),
      element: kernel.tensors.find(({ name }) => name === wide)?.type.name ?? '',
      sizes: Object.fromEntries(sizes),
      bytes: bytesMoved(kernel, sizes),
    }
    return {
      known: (steps, code) => {
        const found = this.#take(keyOfSchedule({ ...own, schedule: '', steps: printSteps(steps), code }))
        if (found?.row.kind !== 'schedule') return undefined
        const { reference } = found.row
        return { result: resultOf(found.row, steps, found.isEarlier), ...(reference && { reference }) }
      },
      add: ({ steps, ...result }, reference) =>
        this.#add({
          kind: 'schedule',
          ...own,
          ...this.#head(),
          ...result,
          steps: printSteps(steps),
          ...(reference && { reference }),
        }),
    }
  }

  /** A ceiling that no kernel was measured against. */
  ceiling(device: Device, settings: BenchSettings, of: CeilingPlace): MeasuredCeiling | undefined {
    const found = this.#take(keyOfCeiling({ ...circumstances(device, settings), ...of }))
    if (found?.row.kind !== 'ceiling') return undefined
    const { mix, medianMs, bytes, tbps, shape, size, element, date } = found.row
    const earlier = found.isEarlier ? { earlier: date } : {}
    return { mix, medianMs, bytes, tbps, shape, size, element, device: device.kind, ...earlier }
  }

  addCeiling(device: Device, settings: BenchSettings, { device: _, ...ceiling }: MeasuredCeiling): void {
    this.#add({ kind: 'ceiling', ...circumstances(device, settings), ...this.#head(), ...ceiling })
  }

  close(): void {
    this.#file?.close()
  }

  #head() {
    return { date: new Date().toISOString(), ...(this.#note === undefined ? {} : { note: this.#note }) }
  }

  #take(key: string) {
    const found = this.#rows.get(key)
    if (found?.isEarlier) this.#taken.add(key)
    return found
  }

  /** A refusal is found anew each time, and written once. */
  #add(row: Row): void {
    const key = keyOfRow(row)
    const before = this.#rows.get(key)
    this.#rows.set(key, { row, isEarlier: false })
    if (before !== undefined && row.kind === 'schedule' && row.failure === 'refused') return
    this.#file?.append(row)
    this.#written++
  }
}

export interface SubjectRows {
  known(steps: readonly Step[], code: string): ResultRow | undefined
  add(result: ScheduleResult, reference: ResultRow['reference']): void
}

type CeilingPlace = Pick<MeasuredCeiling, 'size' | 'element' | 'mix'>

const circumstances = (
  { kind, name, driver, isSoftware }: Device,
  { rounds, repeats, warmup, rotateBytes }: BenchSettings,
): Circumstances => ({
  version: compilerVersion,
  device: { kind, name, driver, isSoftware },
  settings: { rounds, repeats, warmup, rotateBytes },
})

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
const keyOfSchedule = (
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

const keyOfCeiling = (row: Circumstances & CeilingPlace): string =>
  JSON.stringify([...keyOf(row), 'ceiling', row.size, row.element, row.mix])

const keyOfRow = (row: Row): string => (row.kind === 'schedule' ? keyOfSchedule(row) : keyOfCeiling(row))

function resultOf(row: ScheduleRow, steps: readonly Step[], isEarlier: boolean): ScheduleResult {
  const { schedule, code, time, tbps, ratio, ceiling, verification, dispatches, problem, failure } = row
  return {
    schedule,
    steps,
    ...(code !== undefined && { code }),
    ...(time && { time }),
    ...(tbps !== undefined && { tbps }),
    ...(ratio !== undefined && { ratio }),
    ...(ceiling && { ceiling }),
    ...(verification && { verification }),
    ...(dispatches !== undefined && { dispatches }),
    ...(problem !== undefined && { problem }),
    ...(failure && { failure }),
    ...(isEarlier && { earlier: row.date }),
  }
}

/** How each line begins. */
const start = '{"kind":"'
const form = 'rows of qernel bench, a JSON object a line: {"kind":"schedule","version":"…","device":{…},…}'

/**
 * A row of this version; undefined for those of others, which stay where they are.
 * @throws UsageError where it is none
 */
function rowOf({ value, number }: JsonLine, path: string): Row | undefined {
  const refuse = (what: string) => new UsageError({ what, where: `${path}:${number}`, allowed: form })
  if (
    !isRecord(value) ||
    (value.kind !== 'schedule' && value.kind !== 'ceiling') ||
    typeof value.version !== 'string'
  ) {
    throw refuse('not a row of qernel bench')
  }
  if (value.version !== compilerVersion) return undefined
  const { device, settings, sizes, time, date } = value
  const isHead = isRecord(device) && isRecord(settings) && typeof date === 'string'
  const numbers = value.kind === 'ceiling' ? [value.tbps, value.medianMs] : []
  const timed = isRecord(time) ? [time.medianMs, time.p20, time.p80, value.tbps, value.ratio] : []
  const texts = value.kind === 'ceiling' ? [value.mix] : [value.schedule, value.steps, value.hash, value.kernel]
  const isWhole =
    isHead &&
    [...texts, value.element].every(each => typeof each === 'string') &&
    [...numbers, ...timed].every(each => typeof each === 'number') &&
    (value.kind === 'ceiling' ? typeof value.size === 'string' : isRecord(sizes)) &&
    (value.kind === 'ceiling' || isRecord(time) || typeof value.problem === 'string')
  if (!isWhole) throw refuse('a row of qernel bench with parts missing, or of another kind than they should be')
  // What the members hold was looked at where it is counted on; rows are written by this file.
  return value as unknown as Row
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
