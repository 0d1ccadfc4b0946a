import { randomNumbers } from '@qernel/dsl/internal'
import { Asked } from './asked.ts'
import { opening } from './opening.ts'
import type { Strategy } from './strategy.ts'

/** The baseline that every other strategy has to beat. */
export const random: Strategy = {
  name: 'random',
  summary: 'candidates at random, each once; the baseline',
  start(space, { seed, signal }) {
    const asked = new Asked(space, randomNumbers(seed), signal)
    const first = opening(space, asked, 0)
    return {
      async next() {
        const candidate = (await first.next()).value ?? (await asked.draw())
        return candidate && asked.ask(candidate)
      },
      tell() {},
    }
  },
}
