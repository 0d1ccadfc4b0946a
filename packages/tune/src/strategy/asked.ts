/** What a search has asked for, and draws of candidates that it has not. */
import type { Candidate, Random, Space } from '../candidate.ts'

/** How often a draw is repeated before the space counts as nearly exhausted and what is left of it is listed. */
const attempts = 50

/** The candidates that were asked for, and the rest of a space. */
export class Asked {
  readonly #ids = new Set<string>()
  readonly #space: Space
  readonly #random: Random
  readonly #signal: AbortSignal | undefined
  /** What is left, once little is; some of it may have been asked for since. */
  #rest: Candidate[] | undefined

  constructor(space: Space, random: Random, signal?: AbortSignal) {
    this.#space = space
    this.#random = random
    this.#signal = signal
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
  async neighbours(candidate: Candidate): Promise<Candidate[]> {
    return (await this.#space.neighbours(candidate, this.#signal)).filter(each => !this.has(each))
  }

  /** A candidate at random that was not asked for; undefined if none is left. It may be drawn again until it is asked for. */
  async draw(): Promise<Candidate | undefined> {
    if (this.#rest === undefined) {
      for (let attempt = 0; attempt < attempts; attempt++) {
        const candidate = await this.#sample()
        if (candidate === undefined) return undefined
        if (!this.has(candidate)) return candidate
      }
      this.#rest = []
      for await (const each of this.#space.candidates(this.#signal)) if (!this.has(each)) this.#rest.push(each)
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

  /** Some draws, which may be the same; fewer if none is left. */
  async several(count: number): Promise<Candidate[]> {
    const drawn: Candidate[] = []
    for (let i = 0; i < count; i++) {
      const candidate = await this.draw()
      if (candidate !== undefined) drawn.push(candidate)
    }
    return drawn
  }

  /** Undefined if the space has no candidate. */
  async #sample(): Promise<Candidate | undefined> {
    try {
      return await this.#space.sample(this.#random, this.#signal)
    } catch (error) {
      if (error instanceof RangeError) return undefined
      throw error
    }
  }
}
