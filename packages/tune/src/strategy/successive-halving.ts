import { randomNumbers } from '@qernel/dsl/internal'
import type { Candidate } from '../candidate.ts'
import type { Outcome } from '../outcome.ts'
import { Asked } from './asked.ts'
import { opening } from './opening.ts'
import { shuffled } from './shuffled.ts'
import type { Strategy } from './strategy.ts'

/** Candidates of a bracket. Half of them survive each rung, and are measured twice as long. */
const bracket = 8
const rungs = 3
/** The best results whose neighbours enter the next bracket; the rest of it is drawn at random. */
const centres = 3
/** Of each bracket, this many are drawn at random. */
const strangers = 2

/**
 * Successive halving over repetitions (K. Jamieson, A. Talwalkar, "Non-stochastic best arm identification and hyperparameter optimization", 2016):
 * a bracket of candidates is measured briefly, its faster half again for twice as long, and so on. The next bracket consists of neighbours of the fastest and of some candidates at random.
 */
export const successiveHalving: Strategy = {
  name: 'successive-halving',
  summary: 'measures many candidates briefly, and the faster half of them again for longer',
  start(space, { seed, signal }) {
    const random = randomNumbers(seed)
    const asked = new Asked(space, random, signal)
    const best = new Map<string, Outcome & { readonly time: number }>()
    /** What is left of the rung, and what its candidates reached. */
    let queue: Iterator<Candidate> | AsyncIterator<Candidate> = opening(space, asked, bracket)
    let rung = 0
    let reached: (Outcome & { readonly time: number })[] = []
    let effort = 1

    /** The next rung, or the first of the next bracket. */
    const advance = async (): Promise<void> => {
      const survivors = reached.toSorted((a, b) => a.time - b.time).slice(0, bracket >> (rung + 1))
      reached = []
      if (rung + 1 < rungs && survivors.length > 0) {
        rung++
        queue = survivors.map(({ candidate }) => candidate)[Symbol.iterator]()
        return
      }
      rung = 0
      const near: Candidate[] = []
      for (const { candidate } of [...best.values()].sort((a, b) => a.time - b.time).slice(0, centres))
        near.push(...(await asked.neighbours(candidate)))
      const local = shuffled([...new Map(near.map(each => [each.id, each])).values()], random).slice(
        0,
        bracket - strangers,
      )
      queue = fill(local)
    }
    async function* fill(local: readonly Candidate[]): AsyncGenerator<Candidate> {
      yield* local
      for (let count = local.length; count < bracket; count++) {
        const stranger = await asked.draw()
        if (stranger === undefined) return
        yield stranger
      }
    }
    return {
      async next() {
        for (const last of [false, true]) {
          const next = (await queue.next()).value
          if (next !== undefined) {
            effort = 2 ** (rung + 1 - rungs)
            return asked.ask(next)
          }
          if (!last) await advance()
        }
        return undefined
      },
      effort: () => effort,
      tell(outcome) {
        if (outcome.time === undefined) return
        const timed = { ...outcome, time: outcome.time }
        reached.push(timed)
        best.set(outcome.candidate.id, timed)
      },
    }
  },
}
