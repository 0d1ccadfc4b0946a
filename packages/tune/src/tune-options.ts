/** What `tune` is told, and what it tells. */
import type { Target } from '@qernel/codegen'
import type { Candidate, Space } from './candidate.ts'
import type { Result, Timing } from './measure/result.ts'
import type { OutcomeClass } from './outcome.ts'
import type { Shard } from './shard.ts'
import type { Conditions } from './store/tuning-records.ts'
import type { Strategy } from './strategy/strategy.ts'
import type { DeadlineOptions } from './supervisor/deadlines.ts'
import type { DeviceChoice, Settings } from './worker/protocol.ts'

/** When a search ends before its strategy has nothing left to try. */
export interface Budget {
  /** Candidates, those that the store already knows included. */
  readonly candidates?: number
  readonly seconds?: number
}

/** What to search, where, and how. */
export interface TuneOptions {
  /** One device, or several equal ones, each with a worker of its own. */
  readonly device: DeviceChoice | readonly DeviceChoice[]
  /** Every size. */
  readonly sizes: Readonly<Record<string, number>>
  /** The size that is given at launch; the others become constants. By default the first size of the kernel. */
  readonly open?: string
  /** The float tensor that decides the mix of reads and writes. By default the largest input. */
  readonly wide?: string
  /** The candidates; a function of the target may leave out those that do not apply there. */
  readonly space: Space | ((target: Target) => Space)
  /** By default `auto`, which chooses by the size of the space. */
  readonly strategy?: Strategy
  /** The text of the steps of a candidate that is measured again at the end whatever its time, to compare with: the best schedule known so far. */
  readonly baseline?: (target: Target) => string | undefined
  /** Default 1. */
  readonly seed?: number
  readonly budget?: Budget
  readonly shard?: Shard
  /** A file that keeps every result, and from which an earlier search goes on. */
  readonly store?: string
  /** Ends the search at once; what is recorded stays. */
  readonly signal?: AbortSignal
  readonly onProgress?: (progress: TuneProgress) => void
  /** Called with remarks: a worker that ended, lines of the store that are not used. */
  readonly onNote?: (text: string) => void
  /** Paths of modules that define transforms. */
  readonly plugins?: readonly string[]
  readonly settings?: Settings
  readonly deadlines?: DeadlineOptions
  /** How many candidates are measured again at the end, in turns (default 5), and for how many rounds (default 12, at least 9 to tell any apart). */
  readonly finalists?: { readonly count?: number; readonly rounds?: number }
  /** The program of worker processes; see `@qernel/tune/worker`. */
  readonly worker?: string
  /** Is kept with the search in the store. */
  readonly request?: unknown
}

/** How far a search is. */
export interface TuneProgress {
  /** Candidates with a result, and those of them that were measured by this run. */
  readonly done: number
  readonly measured: number
  /** The most candidates that may follow, if that is known. */
  readonly total: number | undefined
  /** The fastest so far: microseconds, and its share of the ceiling that was measured when the device was opened. */
  readonly best?: { readonly id: string; readonly time: number; readonly ofCeiling?: number }
  readonly seconds: number
  /** The last one, if this call is about one. */
  readonly last?: { readonly candidate: Candidate; readonly result: Result; readonly isKnown: boolean }
}

/** A candidate in the order of the ranking. */
export interface Ranked {
  readonly candidate: Candidate
  readonly timing: Timing
  /** Whether it was measured again at the end, beside the other finalists. */
  readonly isFinalist: boolean
  /** The share of the time that moving the bytes alone takes, for finalists. */
  readonly ofCeiling?: number
  /** Whether it cannot be told apart from the first. */
  readonly isTie: boolean
  readonly isBaseline: boolean
}

/** Why a search ended. */
export type TuneEnd = 'done' | 'budget' | 'interrupted' | 'device gone'

/** The result of a search. */
export interface TuneResult {
  readonly end: TuneEnd
  /** Correct candidates, the best first: the finalists, then the others by the time that they had in the search. */
  readonly ranked: readonly Ranked[]
  readonly counts: Readonly<Record<OutcomeClass, number>>
  /** Candidates whose result came from the store. */
  readonly known: number
  readonly conditions: Conditions
  readonly ceiling?: { readonly mix: string; readonly tbps: number }
  readonly seconds: number
  /** Why the device is gone. */
  readonly problem?: string
}
