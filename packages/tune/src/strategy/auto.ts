import { exhaustive } from './exhaustive.ts'
import { forest } from './forest.ts'
import type { Strategy } from './strategy.ts'

/** Spaces of at most this many candidates are tried whole: a search cannot save much there. */
const fewCandidates = 64

/** Chooses by the size of the space. */
export const auto: Strategy = {
  name: 'auto',
  summary: `the default: exhaustive where there are at most ${fewCandidates} candidates, otherwise forest`,
  start: (space, options) =>
    (space.size !== undefined && space.size <= fewCandidates ? exhaustive : forest).start(space, options),
}
