import { randomNumbers } from '@qernel/dsl/internal'
import type { Candidate } from '../candidate.ts'
import type { Outcome } from '../outcome.ts'
import { Asked } from './asked.ts'
import { opening } from './opening.ts'
import { shuffled } from './shuffled.ts'
import type { Strategy } from './strategy.ts'

/** Candidates, far apart, of which the fastest is where a climb begins. */
const start = 5

/**
 * First-improvement local search with restarts: goes to the first neighbour that is faster, in random order, until none is; then begins again elsewhere.
 */
export const localSearch: Strategy = {
  name: 'local-search',
  summary: 'goes from a candidate to a faster neighbour until there is none, then begins again elsewhere',
  start(space, { seed, signal }) {
    const random = randomNumbers(seed)
    const asked = new Asked(space, random, signal)
    let starts: AsyncIterator<Candidate> = opening(space, asked, start)
    /** The climb: the place, and its neighbours that were not tried, once they are asked for. */
    let climb: { readonly time: number; readonly from: Candidate; rest?: Candidate[] } | undefined
    let fastest: Required<Pick<Outcome, 'candidate' | 'time'>> | undefined
    const climbFrom = ({ candidate, time }: Required<Pick<Outcome, 'candidate' | 'time'>>) => {
      climb = { time, from: candidate }
    }
    const neighbour = async (): Promise<Candidate | undefined> => {
      if (climb === undefined) return undefined
      climb.rest ??= shuffled(await asked.neighbours(climb.from), random)
      for (let next = climb.rest.pop(); next !== undefined; next = climb.rest.pop()) if (!asked.has(next)) return next
      return undefined
    }
    return {
      async next() {
        const begun = climb === undefined ? (await starts.next()).value : undefined
        if (begun === undefined && climb === undefined && fastest !== undefined) climbFrom(fastest)
        const next = begun ?? (await neighbour())
        if (next !== undefined) return asked.ask(next)
        // At the top, or waiting for results.
        if (climb !== undefined) {
          climb = undefined
          fastest = undefined
          starts = opening(space, asked, start)
        }
        const elsewhere = (await starts.next()).value ?? (await asked.draw())
        return elsewhere && asked.ask(elsewhere)
      },
      tell({ candidate, time }) {
        if (time === undefined) return
        if (climb === undefined) {
          if (fastest === undefined || time < fastest.time) fastest = { candidate, time }
        } else if (time < climb.time) climbFrom({ candidate, time })
      },
    }
  },
}
