/** The schedules that searches found, as entries of a database. */
import { parseSteps } from '@qernel/schedule'
import type { Conditions, FinalRecord, OutcomeRecord, TuningRecord } from '../store/tuning-records.ts'
import type { TunedSchedule } from './entry.ts'

/** A schedule that was measured under the conditions of a search. */
export interface Measured {
  /** Its steps as text. */
  readonly id: string
  /** Microseconds. */
  readonly median: number
  /** The bandwidth of the ceiling, TB/s, if it was measured. */
  readonly ceiling?: number
  /** ISO 8601. */
  readonly date: string
}

/** The entry for the fastest schedule of a search. */
export function tunedSchedule(conditions: Conditions, { id, median, ceiling, date }: Measured): TunedSchedule {
  const { kernel, hash, element, sizes, open, target, device, driver, version, bytes } = conditions
  const of = (isOpen: boolean) =>
    Object.fromEntries(Object.entries(sizes).filter(([name]) => (name === open) === isOpen))
  // Bytes per microsecond are millions per second.
  const share = ceiling === undefined ? undefined : bytes / median / 1e6 / ceiling
  return {
    ...{ kernel, hash, element, fixed: of(false), launch: of(true), target: target === 'cuda' ? 'cuda' : 'wgsl' },
    ...{ device, driver, steps: parseSteps(id), time: median, version, date },
    ...(share !== undefined && Number.isFinite(share) && { ofCeiling: Number(share.toFixed(4)) }),
  }
}

/** One search of a store: what has the same conditions. */
export interface StoredSearch {
  readonly conditions: Conditions
  readonly strategy: string
  /** The number of candidates of the space, if it is known. */
  readonly size?: number
  /** The last outcome of each candidate, in the order in which they were first tried. */
  readonly outcomes: readonly OutcomeRecord[]
  readonly final?: FinalRecord
}

/** The searches of a store, by their conditions, in the order in which they began. */
export function searchesOf(records: readonly TuningRecord[]): StoredSearch[] {
  return [...new Set(records.map(({ key }) => key))].flatMap((key): StoredSearch[] => {
    const own = records.filter(one => one.key === key)
    const begun = own.findLast(one => one.kind === 'search')
    if (begun === undefined) return []
    const final = own.findLast(one => one.kind === 'final')
    const outcomes = new Map(own.flatMap(one => (one.kind === 'outcome' ? [[one.id, one] as const] : [])))
    return [
      {
        conditions: begun.conditions,
        strategy: begun.strategy,
        ...(begun.size !== undefined && { size: begun.size }),
        outcomes: [...outcomes.values()],
        ...(final && { final }),
      },
    ]
  })
}

/** The fastest schedule of a search: the first of its finalists, or else the one with the least time; undefined if none is correct. */
export function winnerOf({ conditions, outcomes, final }: StoredSearch): TunedSchedule | undefined {
  const [first] = final?.finalists ?? []
  if (final !== undefined && first !== undefined) {
    const measured = { id: first.id, median: first.timing.median, ceiling: final.ceiling.tbps, date: final.date }
    return tunedSchedule(conditions, measured)
  }
  const [fastest] = outcomes
    .flatMap(({ id, timing, date }) => (timing === undefined ? [] : [{ id, median: timing.median, date }]))
    .sort((a, b) => a.median - b.median)
  return fastest && tunedSchedule(conditions, fastest)
}
