/** Who is to blame for the end of a worker. Blame needs evidence: an innocent candidate must never be recorded as one that kills processes. */
import type { Stage } from '../measure/failure-class.ts'
import type { OutcomeClass } from '../outcome.ts'
import type { Ending } from './worker-process.ts'

/** Why a worker ended. */
export type Cause =
  | { readonly kind: 'deadline'; readonly late: readonly string[]; readonly seconds: number }
  | { readonly kind: 'lost'; readonly message: string }
  | { readonly kind: 'ended'; readonly ending: Ending }

/** A candidate that was doing something when the worker ended. */
export interface Active {
  readonly id: string
  readonly stage: Stage
}

/** What is known against a candidate. */
export interface Suspicion {
  /** Ends with this candidate and others. */
  readonly together: number
  /** Ends with this candidate alone: by its own doing, and by signals from outside, which a system without memory sends as well. */
  readonly alone: number
  readonly killed: number
}

export const unsuspected: Suspicion = { together: 0, alone: 0, killed: 0 }

/** What follows for a candidate: it is to blame, or it is tried again, alone. */
export type Verdict =
  | { readonly class: OutcomeClass; readonly problem: string }
  | { readonly suspicion: Suspicion; readonly class?: undefined }

/** Signals that other processes send. A process gets all others by its own doing. */
const fromOutside = new Set<NodeJS.Signals>(['SIGKILL', 'SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT', 'SIGSTOP'])

/** How often a candidate may be alone in a worker that a signal from outside ends. */
const mostKilled = 3

/**
 * @param isAlone whether no other candidate was in the worker
 * @param active all that were doing something
 */
export function verdictOn(
  candidate: Active,
  cause: Cause,
  isAlone: boolean,
  active: readonly Active[],
  known: Suspicion,
): Verdict {
  const again = (by: Partial<Suspicion>): Verdict => ({ suspicion: { ...known, ...by } })
  switch (cause.kind) {
    case 'deadline': {
      const what = candidate.stage === 'run' ? 'still running' : 'still compiling'
      const blamed = { class: 'timeout', problem: `${what} after ${cause.seconds.toFixed(1)} s` } as const
      // It occupies the whole process, so that the others could not even say that they had ended.
      if (candidate.stage === 'lower') return blamed
      const isOnlyOne = active.length === 1 && cause.late.includes(candidate.id)
      return isAlone || isOnlyOne ? blamed : again({ together: known.together + 1 })
    }
    case 'lost':
      if (!isAlone || known.together + known.alone === 0) return again(counted(known, isAlone))
      return { class: 'device lost', problem: `${cause.message}; the same again when it ran alone` }
    case 'ended': {
      const { signal } = cause.ending
      if (signal !== null && fromOutside.has(signal)) {
        if (!isAlone) return again({})
        if (known.killed + 1 < mostKilled) return again({ killed: known.killed + 1 })
        const problem = `${signal} ended the process ${mostKilled} times while this candidate was alone in it, as where memory runs out`
        return { class: 'crashed', problem }
      }
      if (!isAlone || known.together + known.alone === 0) return again(counted(known, isAlone))
      return { class: 'crashed', problem: `${endingText(cause.ending)}; the same again when it was alone` }
    }
  }
}

const counted = ({ together, alone }: Suspicion, isAlone: boolean): Partial<Suspicion> =>
  isAlone ? { alone: alone + 1 } : { together: together + 1 }

/** `the process ended with SIGSEGV`, `… with exit code 3: its last words`. */
export function endingText({ code, signal, lastWords }: Ending): string {
  const how = signal === null ? `exit code ${code}` : signal
  return `the process ended with ${how}${lastWords === '' ? '' : `: ${lastWords}`}`
}
