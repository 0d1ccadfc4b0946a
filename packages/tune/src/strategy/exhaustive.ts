import { randomNumbers } from '@qernel/dsl/internal'
import type { Candidate, Space } from '../candidate.ts'
import { Asked } from './asked.ts'
import { shuffled } from './shuffled.ts'
import type { SearchOptions, Strategy } from './strategy.ts'

/** The most candidates that are put in order; of larger spaces, each next one is drawn at random. */
const mostOrdered = 2 ** 16

/** Tries every candidate. Without predictions the order is random, since that of a space goes through one of its corners first. */
export const exhaustive: Strategy = {
  name: 'exhaustive',
  summary: 'every candidate once: those that look fast first, or in random order',
  start(space, options) {
    const rest = inOrder(space, options)
    return {
      next: () => rest.next().value,
      tell() {},
    }
  },
}

function* inOrder(space: Space, { seed }: SearchOptions): Generator<Candidate, undefined> {
  const random = randomNumbers(seed)
  const asked = new Asked(space, random)
  for (const candidate of space.first ?? []) yield asked.ask(candidate)
  if (space.size === undefined || space.size > mostOrdered) {
    for (let next = asked.draw(); next !== undefined; next = asked.draw()) yield asked.ask(next)
    return undefined
  }
  const order = shuffled(
    [...space.candidates()].filter(candidate => !asked.has(candidate)),
    random,
  )
  const { estimate } = space
  if (estimate === undefined) yield* order
  else {
    const rated = order.map(candidate => ({ candidate, time: estimate(candidate) }))
    for (const { candidate } of rated.sort((a, b) => a.time - b.time)) yield candidate
  }
  return undefined
}
