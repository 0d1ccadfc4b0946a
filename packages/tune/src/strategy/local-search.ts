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
  start(space, { seed }) {
    const random = randomNumbers(seed)
    const asked = new Asked(space, random)
    let starts: Iterator<Candidate> = opening(space, asked, start)
    /** The climb: the place, and its neighbours that were not tried. */
    let climb: { readonly time: number; readonly rest: Candidate[] } | undefined
    let fastest: Required<Pick<Outcome, 'candidate' | 'time'>> | undefined
    const climbFrom = ({ candidate, time }: Required<Pick<Outcome, 'candidate' | 'time'>>) => {
      climb = { time, rest: shuffled(asked.neighbours(candidate), random) }
    }
    const neighbour = (): Candidate | undefined => {
      for (let next = climb?.rest.pop(); next !== undefined; next = climb?.rest.pop()) if (!asked.has(next)) return next
      return undefined
    }
    return {
      next() {
        const begun = climb === undefined ? starts.next().value : undefined
        if (begun === undefined && climb === undefined && fastest !== undefined) climbFrom(fastest)
        const next = begun ?? neighbour()
        if (next !== undefined) return asked.ask(next)
        // At the top, or waiting for results.
        if (climb !== undefined) {
          climb = undefined
          fastest = undefined
          starts = opening(space, asked, start)
        }
        const elsewhere = starts.next().value ?? asked.draw()
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
