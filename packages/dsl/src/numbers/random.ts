/** Random words and numbers determined by a seed: the same on every machine. */

/** Words of 32 bits, from a seed of 32 bits (mulberry32). */
export function randomWords(seed: number): () => number {
  let state = seed | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return (t ^ (t >>> 14)) >>> 0
  }
}

/** Numbers in [0, 1), multiples of 2^-32. */
export function randomNumbers(seed: number): () => number {
  const next = randomWords(seed)
  return () => next() / 2 ** 32
}
