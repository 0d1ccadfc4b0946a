/**
 * `--rows FILE.jsonl`: one line per result, written immediately. A run that is started again reuses results measured under the same conditions.
 *
 * A row is self-contained: it holds a schedule and the ceiling interleaved with it, so a file can hold rows of several
 * runs and no ratio mixes two of them.
 */
import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import type { BenchSettings, Failure, ResultRow, ScheduleResult, Subject } from '@qernel/bench'
import { bytesMoved } from '@qernel/bench/internal'
import { compilerVersion } from '@qernel/codegen'
import { kernelHash } from '@qernel/dsl'
import type { Device } from '@qernel/runtime'
import { printSteps, type Step } from '@qernel/schedule'
import { StoreFile, storeNotes } from '@qernel/tune'
import { storeError } from '../../errors/store-error.ts'
import { checkWritable } from '../../files/write-whole.ts'
import type { MeasuredCeiling } from './results.ts'
import {
  type CeilingPlace,
  type Circumstances,
  type DiedRow,
  type EndedRow,
  keyOfCeiling,
  keyOfName,
  keyOfRow,
  keyOfSchedule,
  type Row,
  type RowLine,
  rowOf,
  type ScheduleRow,
  type StartedRow,
} from './row-lines.ts'

/** Results of this run, and those of earlier ones that a file holds. */
export class Rows {
  readonly #file: StoreFile | undefined
  readonly #note: string | undefined
  /** The last row of each key. */
  readonly #rows = new Map<string, { readonly row: Row; readonly isEarlier: boolean }>()
  readonly #taken = new Set<string>()
  /** Keys of schedules that may have been running when a process died. */
  readonly #suspects = new Set<string>()
  /** Those of them that were there when a process ended by its own doing. */
  readonly #evidence = new Set<string>()
  /** Schedules that must not be applied and compiled again. */
  readonly #unprepared = new Map<string, Unprepared>()
  readonly run = randomUUID()
  #written = 0

  /** @throws UsageError if the file cannot be appended to, or is not a file of rows */
  constructor(path: string | undefined, note: string | undefined) {
    this.#note = note
    if (path === undefined) return
    this.#file = open(path)
    try {
      this.#take(this.#file.content.records.flatMap(placed => rowOf(placed, path) ?? []))
    } catch (error) {
      this.close()
      throw error
    }
  }

  /** The number of rows taken from the file, and of new rows. */
  get counts(): { readonly taken: number; readonly written: number } {
    return { taken: this.#taken.size, written: this.#written }
  }

  /** Notes about lines of the file that are not used. */
  get notes(): readonly string[] {
    return this.#file === undefined ? [] : storeNotes(this.#file.path, this.#file.content)
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
        const found = this.#known(keyOfSchedule({ ...own, schedule: '', steps: printSteps(steps), code }))
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
      isSuspect: (steps, code) =>
        this.#suspects.has(keyOfSchedule({ ...own, schedule: '', steps: printSteps(steps), code })),
      preparing: schedule => ({ hash: own.hash, element: own.element, sizes: own.sizes, schedule }),
      endsIn: schedule => this.#unprepared.get(keyOfName({ ...own, schedule })),
      begin: schedules => {
        const { bytes: _, ...of } = own
        const texts = schedules.map(({ steps, code }) => ({ steps: printSteps(steps), code }))
        this.#mark({ kind: 'started', ...of, ...this.#head(), run: this.run, schedules: texts })
        return () => this.#mark({ kind: 'ended', version: compilerVersion, run: this.run })
      },
    }
  }

  /** A ceiling without a kernel measured against it. */
  ceiling(device: Device, settings: BenchSettings, of: CeilingPlace): MeasuredCeiling | undefined {
    const found = this.#known(keyOfCeiling({ ...circumstances(device, settings), ...of }))
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

  #take(rows: readonly RowLine[]): void {
    const running = new Map<string, StartedRow>()
    for (const row of rows) {
      if (row.kind === 'started') running.set(row.run, row)
      else if (row.kind === 'ended') running.delete(row.run)
      else if (row.kind === 'died') {
        const started = running.get(row.run)
        running.delete(row.run)
        if (started !== undefined) this.#judge(started, row)
        if (row.preparing !== undefined) this.#blame(keyOfName(row.preparing), row)
      } else this.#rows.set(keyOfRow(row), { row, isEarlier: true })
    }
    for (const row of running.values()) this.#judge(row, undefined)
  }

  #head() {
    return { date: new Date().toISOString(), ...(this.#note === undefined ? {} : { note: this.#note }) }
  }

  #known(key: string) {
    const found = this.#rows.get(key)
    if (found?.isEarlier) this.#taken.add(key)
    return found
  }

  #mark(row: StartedRow | EndedRow): void {
    this.#append(row)
  }

  #append(row: RowLine): void {
    try {
      this.#file?.append(row)
    } catch (error) {
      throw storeError(error, this.#file?.path ?? '')
    }
  }

  /**
   * What follows for schedules that had no result yet when their process ended. Blame needs evidence: that of a deadline during its own turn, or a second end by
   * its own doing with this schedule alone. Other schedules that were there are measured again, alone.
   */
  #judge({ schedules, kind: _, run: __, ...own }: StartedRow, died: DiedRow | undefined): void {
    if (died?.cause === 'outside') return
    const isAlone = schedules.length === 1
    for (const schedule of schedules) {
      const key = keyOfSchedule({ ...own, ...schedule, schedule: '' })
      if (this.#rows.has(key)) continue
      const isLate = died?.late?.steps === schedule.steps && died.late.code === schedule.code
      if (died?.late !== undefined && !isLate) continue
      const failure = this.#failure(died, isAlone, isLate, key)
      if (failure !== undefined) {
        const problem = died?.problem ?? ''
        const row = { ...own, ...schedule, ...failure, kind: 'schedule', schedule: '', bytes: none, problem } as const
        this.#rows.set(key, { row, isEarlier: true })
        continue
      }
      this.#suspects.add(key)
      if (died !== undefined) this.#evidence.add(key)
    }
  }

  /** Nothing else was going on: a deadline is proof, and so is a second end by its own doing. */
  #blame(key: string, { cause, problem }: DiedRow): void {
    if (cause === 'deadline') this.#unprepared.set(key, { problem, failure: 'timeout' })
    else if (cause === 'own' && this.#evidence.has(key)) this.#unprepared.set(key, { problem, failure: 'lost' })
    else if (cause === 'own') this.#evidence.add(key)
  }

  #failure(
    died: DiedRow | undefined,
    isAlone: boolean,
    isLate: boolean,
    key: string,
  ): { readonly failure: Failure } | undefined {
    if (died?.cause === 'deadline') return isLate || isAlone ? { failure: 'timeout' } : undefined
    return died?.cause === 'own' && isAlone && this.#evidence.has(key) ? { failure: 'lost' } : undefined
  }

  /** Results that every run finds again are written only once, so that a script that repeats runs while new rows appear will end. */
  #add(row: Row): void {
    const key = keyOfRow(row)
    const before = this.#rows.get(key)
    this.#rows.set(key, { row, isEarlier: false })
    if (before !== undefined && row.kind === 'schedule' && (row.failure === 'refused' || isFoundAnew(row))) return
    this.#append(row)
    this.#written++
  }
}

/** @throws UsageError if the path is to blame, it is not a store, or another process writes to it */
function open(path: string): StoreFile {
  if (!existsSync(path)) checkWritable(path)
  try {
    return StoreFile.open(path)
  } catch (error) {
    throw storeError(error, path)
  }
}

/** Whether the steps gave no code (a refusal, or an error of a transform), which every run finds again without a device. */
export const isFoundAnew = ({ code }: Pick<ScheduleResult, 'code'>): boolean => code === undefined

type Unprepared = Pick<ScheduleResult, 'problem' | 'failure'>

export interface SubjectRows {
  known(steps: readonly Step[], code: string): ResultRow | undefined
  add(result: ScheduleResult, reference: ResultRow['reference']): void
  /** Whether this schedule may have killed an earlier process. */
  isSuspect(steps: readonly Step[], code: string): boolean
  /** What identifies a schedule that has not been compiled. */
  preparing(schedule: string): NonNullable<DiedRow['preparing']>
  /** Why it must not be applied and compiled, if that took for ever or ended a process. */
  endsIn(schedule: string): Unprepared | undefined
  /** Call it before schedules run, and call its result afterwards. */
  begin(schedules: readonly { readonly steps: readonly Step[]; readonly code: string }[]): () => void
}

const none = { reads: 0, writes: 0 }

const circumstances = (
  { kind, name, driver, isSoftware }: Device,
  { rounds, repeats, warmup, rotateBytes }: BenchSettings,
): Circumstances => ({
  version: compilerVersion,
  device: { kind, name, driver, isSoftware },
  settings: { rounds, repeats, warmup, rotateBytes },
})

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
