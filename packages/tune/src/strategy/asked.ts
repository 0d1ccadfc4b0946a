/** What a search has asked for, and draws of candidates that it has not. */
import type { Candidate, Random, Space } from '../candidate.ts'

/** How often a draw is repeated before the space counts as nearly exhausted and what is left of it is listed. */
const attempts = 50

/** The candidates that were asked for, and the rest of a space. */
export class Asked {
  readonly #ids = new Set<string>()
  readonly #space: Space
  readonly #random: Random
  /** What is left, once little is; some of it may have been asked for since. */
  #rest: Candidate[] | undefined

  constructor(space: Space, random: Random) {
    this.#space = space
    this.#random = random
  }

  get count(): number {
    return this.#ids.size
  }

  has = (candidate: Candidate): boolean => this.#ids.has(candidate.id)

  /** Marks the candidate as asked for. */
  ask(candidate: Candidate): Candidate {
    this.#ids.add(candidate.id)
    return candidate
  }

  /** The neighbours of a candidate that were not asked for. */
  neighbours(candidate: Candidate): Candidate[] {
    return this.#space.neighbours(candidate).filter(each => !this.has(each))
  }

  /** A candidate at random that was not asked for; undefined if none is left. It may be drawn again until it is asked for. */
  draw(): Candidate | undefined {
    if (this.#rest === undefined) {
      for (let attempt = 0; attempt < attempts; attempt++) {
        const candidate = this.#sample()
        if (candidate === undefined) return undefined
        if (!this.has(candidate)) return candidate
      }
      this.#rest = [...this.#space.candidates()].filter(each => !this.has(each))
    }
    while (this.#rest.length > 0) {
      const at = Math.floor(this.#random() * this.#rest.length)
      const candidate = this.#rest[at] as Candidate
      if (!this.has(candidate)) return candidate
      const last = this.#rest.pop() as Candidate
      if (at < this.#rest.length) this.#rest[at] = last
    }
    return undefined
  }

  /** undefined if the space has no candidate */
  #sample(): Candidate | undefined {
    try {
      return this.#space.sample(this.#random)
    } catch (error) {
      if (error instanceof RangeError) return undefined
      throw error
    }
  }
}
