/** Candidates as rows of numbers, for strategies that learn from them or compare them. */
import type { Candidate } from '../candidate.ts'

/** What a candidate is made of: the chosen values of its template, or the arguments of its steps. */
export function traitsOf({ parameters, steps }: Candidate): ReadonlyMap<string, number | string> {
  if (parameters !== undefined) return new Map(Object.entries(parameters))
  const traits = new Map<string, number | string>()
  const seen = new Map<string, number>()
  for (const { transform, ...args } of steps) {
    const count = (seen.get(transform) ?? 0) + 1
    seen.set(transform, count)
    const name = count === 1 ? transform : `${transform}${count}`
    traits.set(name, 'on')
    for (const [argument, value] of Object.entries(args)) {
      if (value !== undefined) traits.set(`${name}.${argument}`, typeof value === 'boolean' ? String(value) : value)
    }
  }
  return traits
}

/** What a row has where a candidate lacks a trait. */
const absent = -1

/** Numbers stay as they are; words are numbered in the order in which they appear. New traits add columns. */
export class FeatureTable {
  readonly #columns = new Map<string, Map<string, number>>()
  readonly #rows = new WeakMap<Candidate, readonly number[]>()

  /**
   * The row of a candidate, as long as the traits known so far.
   *
   * @param estimate the predicted time, another column
   */
  row(candidate: Candidate, estimate?: number): readonly number[] {
    const known = this.#rows.get(candidate)
    if (known !== undefined) return this.complete(known)
    const traits = new Map(traitsOf(candidate))
    if (estimate !== undefined) traits.set('', Math.min(estimate, Number.MAX_VALUE))
    for (const name of traits.keys()) if (!this.#columns.has(name)) this.#columns.set(name, new Map())
    const row = [...this.#columns].map(([name, words]) => {
      const value = traits.get(name)
      if (typeof value === 'number') return value
      if (value === undefined) return absent
      if (!words.has(value)) words.set(value, words.size)
      return words.get(value) as number
    })
    this.#rows.set(candidate, row)
    return row
  }

  /** The row of a candidate that was made before other traits were known, at today's length. */
  complete(row: readonly number[]): readonly number[] {
    return row.length === this.#columns.size
      ? row
      : [...row, ...Array<number>(this.#columns.size - row.length).fill(absent)]
  }
}

/** How far candidates are apart, relative to the ranges of the numbers seen so far. */
export class Spread {
  readonly #ranges = new Map<string, { least: number; most: number }>()

  /** Widens the ranges to include a candidate. */
  see(candidate: Candidate): void {
    for (const [name, value] of traitsOf(candidate)) {
      if (typeof value !== 'number') continue
      const range = this.#ranges.get(name) ?? { least: value, most: value }
      this.#ranges.set(name, { least: Math.min(range.least, value), most: Math.max(range.most, value) })
    }
  }

  /** The sum over the traits: 1 for different words, the share of the range for numbers. */
  distance(a: Candidate, b: Candidate): number {
    const [as, bs] = [traitsOf(a), traitsOf(b)]
    let sum = 0
    for (const name of new Set([...as.keys(), ...bs.keys()])) {
      const [x, y] = [as.get(name), bs.get(name)]
      if (x === y) continue
      const range = this.#ranges.get(name)
      const width = range === undefined ? 0 : range.most - range.least
      sum += typeof x === 'number' && typeof y === 'number' && width > 0 ? Math.abs(x - y) / width : 1
    }
    return sum
  }
}
