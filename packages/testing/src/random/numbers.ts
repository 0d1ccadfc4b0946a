/** Reproducible random numbers: everything random in this package comes from one of these. */
import type { Pick } from '@qernel/schedule'

export { randomNumbers } from '@qernel/dsl/internal'

/** Returns a number in [0, 1). */
export type Random = () => number

/** Chooses one of several, all equally likely. */
export const picker =
  (random: Random): Pick =>
  from =>
    from[Math.floor(random() * from.length)] as (typeof from)[number]

/** A whole number from 0 to 2^31 − 1. */
export const randomSeed = (random: Random): number => Math.floor(random() * 2 ** 31)
