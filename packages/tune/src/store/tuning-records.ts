/** The records of searches, as they are in a store. */
import type { BenchSettings } from '@qernel/bench'
import { textHash } from '@qernel/dsl/internal'
import * as v from 'valibot'
import { outcomeClasses } from '../outcome.ts'
import { StoreError } from './store-error.ts'
import type { PlacedRecord } from './store-file.ts'

/** What results must have in common to be compared, and to be taken from a store instead of measured again. */
export interface Conditions {
  /** The version of qernel. */
  readonly version: string
  readonly kernel: string
  /** The hash of the definition, with its types. */
  readonly hash: string
  /** The storage type of the wide tensor. */
  readonly element: string
  readonly sizes: Readonly<Record<string, number>>
  readonly open: string
  readonly target: string
  readonly device: string
  readonly kind: string
  readonly driver: string
  readonly isSoftware: boolean
  readonly settings: BenchSettings
  /** The hash of the code that the definition becomes without a schedule: it changes when the printed code changes. */
  readonly code: string
  /** The bytes that every schedule moves. */
  readonly bytes: number
}

/** The identity of conditions: their hash. */
export const conditionsKey = (conditions: Conditions): string =>
  textHash(
    JSON.stringify({ ...conditions, sizes: Object.entries(conditions.sizes).sort(([a], [b]) => (a < b ? -1 : 1)) }),
  )

/** A search that began. */
export interface SearchRecord {
  readonly kind: 'search'
  /** See `conditionsKey`. */
  readonly key: string
  readonly date: string
  readonly conditions: Conditions
  /** What makes code now: see `generatorHash`. Absent in records of older versions. */
  readonly generator?: string
  readonly strategy: string
  readonly seed: number
  /** The number of candidates of the space, if it is known. */
  readonly size?: number
  /** Shard 3 of 16. */
  readonly shard?: { readonly index: number; readonly count: number }
  /** What the caller wants to find again: the command line tool keeps its options here. */
  readonly request?: unknown
}

/** The result of a candidate. */
export interface OutcomeRecord {
  readonly kind: 'outcome'
  readonly key: string
  readonly date: string
  /** The steps as text. */
  readonly id: string
  readonly class: (typeof outcomeClasses)[number]
  /** Microseconds. */
  readonly timing?: {
    readonly median: number
    readonly p20: number
    readonly p80: number
    readonly samples: readonly number[]
  }
  /** The hash of the code; absent if there is none, or the record is of an older version. */
  readonly code?: string
  /** What made the code: see `generatorHash`. Absent in records of older versions. */
  readonly generator?: string
  readonly problem?: string
  readonly costSeconds: number
  /** The share of the usual repetitions that it was measured with, if that is not 1. */
  readonly effort?: number
  readonly parameters?: Readonly<Record<string, number | string>>
}

/** The candidates that were measured again at the end, the best first. */
export interface FinalRecord {
  readonly kind: 'final'
  readonly key: string
  readonly date: string
  readonly finalists: readonly {
    readonly id: string
    readonly timing: NonNullable<OutcomeRecord['timing']>
    readonly rounds: readonly number[]
  }[]
  /** Ids that cannot be told apart from the first one. */
  readonly ties: readonly string[]
  readonly ceiling: { readonly mix: string; readonly tbps: number }
}

/** Any record of a search. */
export type TuningRecord = SearchRecord | OutcomeRecord | FinalRecord

/**
 * The records of searches in a store, in order; other records, such as rows of `qernel bench`, are left out.
 * @throws StoreError that names the line of a record that is not whole
 */
export function tuningRecords(records: readonly PlacedRecord[], path: string): TuningRecord[] {
  return records.flatMap(({ record, line }) => {
    const schema = schemas[record.kind as TuningRecord['kind']]
    if (schema === undefined) return []
    const read = v.safeParse(schema, record)
    // The members that the program relies on have been checked; the rest is kept as it is.
    if (read.success) return [record as unknown as TuningRecord]
    const [issue] = read.issues
    const member = v.getDotPath(issue) ?? 'it'
    throw new StoreError({
      what: `not a whole record of a search: ${member} is ${issue.received}, not ${issue.expected}`,
      where: `${path}:${line}`,
      hint: 'remove the line; what it held is measured again',
    })
  })
}

const text = v.string()
const amount = v.number()
const timing = v.looseObject({ median: amount, p20: amount, p80: amount, samples: v.array(amount) })
const parameters = v.record(text, v.union([text, amount]))
const head = { key: text, date: text }

const schemas: Readonly<Record<TuningRecord['kind'], v.GenericSchema | undefined>> = {
  search: v.looseObject({
    ...head,
    generator: v.optional(text),
    strategy: text,
    seed: amount,
    size: v.optional(amount),
    shard: v.optional(v.looseObject({ index: amount, count: amount })),
    conditions: v.looseObject({
      ...{ version: text, kernel: text, hash: text, element: text, sizes: v.record(text, amount), open: text },
      ...{ target: text, device: text, kind: text, driver: text, isSoftware: v.boolean(), code: text, bytes: amount },
      settings: v.looseObject({ rounds: amount, repeats: amount, warmup: amount, rotateBytes: amount }),
    }),
  }),
  outcome: v.pipe(
    v.looseObject({
      ...head,
      id: text,
      class: v.picklist(outcomeClasses),
      timing: v.optional(timing),
      code: v.optional(text),
      generator: v.optional(text),
      problem: v.optional(text),
      costSeconds: amount,
      effort: v.optional(amount),
      parameters: v.optional(parameters),
    }),
    v.check(
      one => (one.class === 'correct') === (one.timing !== undefined),
      'a time where it is correct, and only there',
    ),
  ),
  final: v.looseObject({
    ...head,
    finalists: v.array(v.looseObject({ id: text, timing, rounds: v.array(amount) })),
    ties: v.array(text),
    ceiling: v.looseObject({ mix: text, tbps: amount }),
  }),
}
