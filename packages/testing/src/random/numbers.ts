/** Reproducible random numbers: everything random in this package comes from one of these. */
import type { Pick } from '@qernel/schedule'

/** Gives a number in [0, 1). */
export type Random = () => number

/** Mulberry32, from a 32-bit seed. */
export function randomNumbers(seed: number): Random {
  let state = seed | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

/** Chooses one of several, all as likely. */
export const picker =
  (random: Random): Pick =>
  from =>
    from[Math.floor(random() * from.length)] as (typeof from)[number]

/** A whole number from 0 to 2^31 − 1. */
export const randomSeed = (random: Random): number => Math.floor(random() * 2 ** 31)
