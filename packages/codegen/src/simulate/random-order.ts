/** The orders in which threads and workgroups run: random, and the same for the same seed. */
export class RandomOrder {
  #state: number

  constructor(seed: number) {
    this.#state = seed | 0
  }

  /** The next number of 32 bits (mulberry32). */
  #next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0
    let t = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return (t ^ (t >>> 14)) >>> 0
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
