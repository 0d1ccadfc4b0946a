import { randomNumbers } from '@qernel/dsl/internal'
import type { Candidate, Space } from '../candidate.ts'
import { Pauses } from '../pauses.ts'
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
      next: async () => (await rest.next()).value,
      tell() {},
    }
  },
}

async function* inOrder(space: Space, { seed, signal }: SearchOptions): AsyncGenerator<Candidate, undefined> {
  const random = randomNumbers(seed)
  const asked = new Asked(space, random, signal)
  for (const candidate of space.first ?? []) yield asked.ask(candidate)
  if (space.size === undefined || space.size > mostOrdered) {
    for (let next = await asked.draw(); next !== undefined; next = await asked.draw()) yield asked.ask(next)
    return undefined
  }
  const others: Candidate[] = []
  for await (const each of space.candidates(signal)) if (!asked.has(each)) others.push(each)
  const order = shuffled(others, random)
  const { estimate } = space
  if (estimate === undefined) yield* order
  else {
    const pauses = new Pauses(signal)
    const rated: { readonly candidate: Candidate; readonly time: number }[] = []
    for (const candidate of order) {
      await pauses.due()
      rated.push({ candidate, time: estimate(candidate) })
    }
    for (const { candidate } of rated.sort((a, b) => a.time - b.time)) yield candidate
  }
  return undefined
}
