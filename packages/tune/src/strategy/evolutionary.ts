import { randomNumbers } from '@qernel/dsl/internal'
import type { Candidate, Random, Space } from '../candidate.ts'
import type { Outcome } from '../outcome.ts'
import { Asked } from './asked.ts'
import { traitsOf } from './features.ts'
import { greatest, opening } from './opening.ts'
import type { Strategy } from './strategy.ts'

/** Individuals that live: the fastest so far. */
const population = 12
/** Candidates at the start, chosen to be far apart. */
const start = 8
/** Of this many individuals at random, the fastest becomes a parent. */
const tournament = 3
/** How often a child is made again if it was already tried. */
const attempts = 10

interface Individual {
  readonly candidate: Candidate
  readonly time: number
}

/**
 * A steady-state genetic algorithm. A child starts as one parent, takes about half of the differences from the other, and changes in one choice. It only
 * goes from neighbour to neighbour, so that every child is legal.
 */
export const evolutionary: Strategy = {
  name: 'evolutionary',
  summary: 'combines and changes the fastest candidates so far',
  start(space, { seed, signal }) {
    const random = randomNumbers(seed)
    const asked = new Asked(space, random, signal)
    const begin = opening(space, asked, start)
    let alive: Individual[] = []
    const child = async (): Promise<Candidate | undefined> => {
      for (let attempt = 0; attempt < attempts && alive.length > 1; attempt++) {
        const between = await combined(space, parent(alive, random), parent(alive, random), random)
        const made = await changed(space, between, random)
        if (!asked.has(made)) return made
      }
      return undefined
    }
    return {
      async next() {
        const next = (await begin.next()).value ?? (await child()) ?? (await asked.draw())
        return next && asked.ask(next)
      },
      tell({ candidate, time }: Outcome) {
        if (time === undefined) return
        alive = [...alive, { candidate, time }].sort((a, b) => a.time - b.time).slice(0, population)
      },
    }
  },
}

const pick = <T>(from: readonly T[], random: Random): T => from[Math.floor(random() * from.length)] as T

const parent = (alive: readonly Individual[], random: Random): Candidate =>
  (
    greatest(
      Array.from({ length: tournament }, () => pick(alive, random)),
      ({ time }) => -time,
    ) as Individual
  ).candidate

/** Goes from one parent towards the other, past about half of what they differ in. */
async function combined(space: Space, from: Candidate, to: Candidate, random: Random): Promise<Candidate> {
  const wanted = traitsOf(to)
  const differing = [...traitsOf(from)].filter(([name, value]) => wanted.get(name) !== value && wanted.has(name))
  let at = from
  for (const [name] of differing.filter(() => random() < 0.5)) {
    const around = await space.neighbours(at)
    at = around.find(each => traitsOf(each).get(name) === wanted.get(name)) ?? at
  }
  return at
}

const changed = async (space: Space, candidate: Candidate, random: Random): Promise<Candidate> => {
  const around = await space.neighbours(candidate)
  return around.length === 0 ? candidate : pick(around, random)
}
