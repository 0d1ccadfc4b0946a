/** How long hung candidates stay, and when the next one runs: from the log of a search. */
import type { DeadlineOptions } from '../../src/index.ts'
import type { Event } from './search-under-faults.ts'

/** A candidate that hung, seconds. */
export interface Hung {
  readonly id: string
  /** From its deadline until its process was seen to be gone. */
  readonly gone: number | undefined
  /** From then until another process launched a candidate. */
  readonly next: number | undefined
  /** Whether its process did nothing after it. */
  readonly isSilent: boolean
}

export interface WorkerTimes {
  readonly hung: readonly Hung[]
}

/** @param deadlines of the search, both stated */
export function workerTimes(
  events: readonly Event[],
  { compileSeconds = Number.NaN, runSeconds = Number.NaN }: DeadlineOptions,
): WorkerTimes {
  const hung = events.flatMap((one, position): Hung[] => {
    if (one.what !== 'fault' || !/^(hang|wait) /.test(one.kind)) return []
    const deadline = one.at / 1000 + (one.kind.endsWith('compile') ? compileSeconds : runSeconds)
    const after = events.slice(position + 1)
    const gone = after.find(({ what }) => what === 'note')
    // Another candidate ended the process before: it is tried again.
    if (gone?.what === 'note' && !gone.note.includes('reached a deadline')) return []
    const next = after.find(({ what, pid, at }) => what === 'launch' && pid !== one.pid && at >= (gone?.at ?? 0))
    // While a compilation waits, others run.
    const isSilent = !after.some(({ pid, at }) => pid === one.pid && at > (gone?.at ?? 0))
    return [
      {
        id: one.id,
        gone: gone && gone.at / 1000 - deadline,
        next: next && gone && (next.at - gone.at) / 1000,
        isSilent,
      },
    ]
  })
  return { hung }
}

/** The distribution, for people. */
export function timesText({ hung }: WorkerTimes): string {
  const line = (what: string, values: readonly (number | undefined)[]) => {
    const sorted = values.flatMap(value => value ?? []).toSorted((a, b) => a - b)
    const at = (share: number) => (sorted[Math.round(share * (sorted.length - 1))] ?? Number.NaN).toFixed(2)
    return `${what}: least ${at(0)}, median ${at(0.5)}, p95 ${at(0.95)}, most ${at(1)} s (${sorted.length} times)`
  }
  return [
    line(
      'gone after the deadline',
      hung.map(({ gone }) => gone),
    ),
    line(
      'the next one runs after that',
      hung.map(({ next }) => next),
    ),
  ].join('\n')
}
