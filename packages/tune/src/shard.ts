/** A part of a space, for job arrays: each candidate is in one of the parts, the same on every host. */
import { textHash } from '@qernel/dsl/internal'
import type { Candidate, Space } from './candidate.ts'

/** Part `index` of `count`, from 1. */
export interface Shard {
  readonly index: number
  readonly count: number
}

/** Draws before a part counts as empty. */
const attempts = 10_000

/** The part of a space whose candidates have a hash that falls to it. */
export function shardOf(space: Space, { index, count }: Shard): Space {
  const isIn = ({ id }: Candidate) => Number.parseInt(textHash(id).slice(0, 8), 16) % count === index - 1
  return {
    ...space,
    ...(space.first && { first: space.first.filter(isIn) }),
    size: space.size === undefined ? undefined : Math.ceil(space.size / count),
    async *candidates(signal) {
      for await (const candidate of space.candidates(signal)) if (isIn(candidate)) yield candidate
    },
    async sample(random, signal) {
      for (let attempt = 0; attempt < attempts * count; attempt++) {
        const candidate = await space.sample(random, signal)
        if (isIn(candidate)) return candidate
      }
      throw new RangeError(`part ${index} of ${count} of the space has no candidate`)
    },
    async neighbours(candidate, signal) {
      return (await space.neighbours(candidate, signal)).filter(isIn)
    },
  }
}
