/** One kernel at one size on one device: every schedule interleaved with the ceiling for its mix, and verified. */
import { setImmediate } from 'node:timers/promises'
import type { StorageType } from '@qernel/dsl'
import type { Device } from '@qernel/runtime'
import { measureBatch } from './batch.ts'
import { bytesMoved } from './ceiling/ceilings.ts'
import { type Prepared, prepare } from './prepare-schedule.ts'
import {
  BenchmarkEnded,
  type CeilingResult,
  type ReferenceResult,
  type ResultRow,
  type SubjectResult,
} from './results.ts'
import type { BenchOptions, Subject } from './subject.ts'
import { type SubjectSetup, setUpSubject } from './subject-setup.ts'

/**
 * Schedules that take turns with each other and one measurement of the ceiling. More would put more time between a
 * schedule and its ceiling, lose more if a run breaks off, and keep more code on the device; fewer would spend most of
 * the time on ceilings.
 */
export const batchSize = 16

/**
 * Measures the schedules of a subject in batches, each against the ceiling measured in the same turns. A schedule that
 * is refused, fails or is wrong is a result like any other.
 *
 * @returns a result per schedule, in order; if `shouldStop` ended the run, only those that were complete
 * @throws BenchmarkEnded with the complete results, if the device was lost or the subject cannot be measured at all
 */
export async function benchmark(device: Device, subject: Subject, options: BenchOptions): Promise<SubjectResult> {
  const { schedules } = subject
  const { rounds, shouldStop = () => false } = options
  const rows = new Map<number, OwnRow>()
  let setup: SubjectSetup | undefined
  let batch: Placed[] = []
  const suspects: Placed[] = []
  const report = (round: number) =>
    options.onProgress?.({ done: rows.size, total: schedules.length, batch: batch.length, round: round + 1, rounds })

  const measure = async (): Promise<void> => {
    if (batch.length === 0 || shouldStop()) return
    report(0)
    setup ??= await setUpSubject(device, subject, options)
    const { reference } = setup
    const positions = new Map(batch.map(({ prepared, position }) => [prepared, position]))
    const all = [...positions.keys()]
    const ended = options.onBatch?.(all)
    try {
      await measureBatch(device, subject, setup, all, options, {
        tell: (prepared, result) => {
          rows.set(positions.get(prepared) as number, { result, reference, isKnown: false })
          options.onResult?.(result, reference)
        },
        shouldStop: round => {
          report(round)
          return shouldStop()
        },
      })
    } finally {
      ended?.()
    }
    batch = []
  }

  try {
    for (const [position, schedule] of schedules.entries()) {
      // A request to stop is also honoured between schedules that only compile.
      await setImmediate()
      if (shouldStop()) break
      const known = options.onPrepare?.(schedule.name)
      const prepared =
        known === undefined ? prepare(device, subject, schedule) : { schedule: schedule.name, steps: [], ...known }
      if ('compiled' in prepared) {
        const measured = options.known?.(prepared.steps, prepared.code)
        if (measured === undefined) {
          const isSuspect = options.isSuspect?.(prepared.steps, prepared.code)
          ;(isSuspect ? suspects : batch).push({ position, prepared })
        } else rows.set(position, { ...measured, result: { ...measured.result, ...named(prepared) }, isKnown: true })
      } else {
        rows.set(position, { result: prepared, isKnown: false })
        options.onResult?.(prepared, undefined)
      }
      if (batch.length === batchSize) await measure()
    }
    await measure()
    for (const suspect of suspects) {
      batch = [suspect]
      await measure()
    }
  } catch (error) {
    throw new BenchmarkEnded(subjectResult(subject, rows), error)
  } finally {
    setup?.free()
  }
  return subjectResult(subject, rows)
}

const named = ({ name, steps }: Prepared) => ({ schedule: name, steps })

/** A schedule and its position among those of the subject. */
interface Placed {
  readonly position: number
  readonly prepared: Prepared
}

interface OwnRow extends ResultRow {
  readonly isKnown: boolean
}

function subjectResult({ kernel, wide, sizes }: Subject, rows: ReadonlyMap<number, OwnRow>): SubjectResult {
  const ordered = [...rows].sort(([a], [b]) => a - b).map(([, row]) => row)
  const references = ordered.flatMap(({ reference }) => reference ?? [])
  const isWrong = ({ rows: checks }: ReferenceResult) => checks.some(({ different }) => different > 0)
  const reference = references.find(isWrong) ?? references.at(-1)
  const ceiling = middleCeiling(ordered.filter(({ isKnown }) => !isKnown)) ?? middleCeiling(ordered)
  return {
    kernel: kernel.name,
    element: kernel.tensors.find(({ name }) => name === wide)?.type.name as StorageType['name'],
    sizes: Object.fromEntries(sizes),
    bytes: bytesMoved(kernel, sizes),
    ...(ceiling && { ceiling }),
    ...(reference && { reference }),
    schedules: ordered.map(({ result }) => result),
  }
}

/** The median of the ceilings of several batches: a measured one, not a mean. */
function middleCeiling(rows: readonly ResultRow[]): CeilingResult | undefined {
  const ceilings = [...new Set(rows.flatMap(({ result }) => result.ceiling ?? []))].sort((a, b) => a.tbps - b.tbps)
  return ceilings[Math.floor((ceilings.length - 1) / 2)]
}
