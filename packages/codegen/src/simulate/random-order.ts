import { randomWords } from '@qernel/dsl/internal'

/** Random orders for threads and workgroups, reproducible from a seed. */
export class RandomOrder {
  readonly #next: () => number

  constructor(seed: number) {
    this.#next = randomWords(seed)
  }

  /** Shuffles in place (Fisher and Yates). */
  shuffle<Items extends Int32Array | number[]>(items: Items): Items {
    for (let last = items.length - 1; last > 0; last--) {
      const other = this.#next() % (last + 1)
      const kept = items[last] as number
      items[last] = items[other] as number
      items[other] = kept
    }
    return items
  }
}

/** 0, 1, …, count − 1. */
export const countUp = (count: number): Int32Array => Int32Array.from({ length: count }, (_, i) => i)
