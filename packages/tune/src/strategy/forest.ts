import { randomNumbers } from '@qernel/dsl/internal'
import type { Candidate, Random, Space } from '../candidate.ts'
import type { Outcome } from '../outcome.ts'
import { Pauses } from '../pauses.ts'
import { Asked } from './asked.ts'
import { FeatureTable } from './features.ts'
import { greatest, opening } from './opening.ts'
import { fitForest, type Prediction } from './regression-forest.ts'
import type { Search, Strategy } from './strategy.ts'

/** What was chosen by trying values on recorded spaces: `bench/strategies.ts --leave-one-out` shows how well the choice carries over to a space that it has not seen. */
export interface ForestSettings {
  /** Candidates at the start, chosen to be far apart. */
  readonly start: number
  /** The best results whose neighbours are considered. */
  readonly centres: number
  /** Candidates at random that are considered besides, and how many of them are new each time. */
  readonly pooled: number
  readonly drawn: number
  /** A candidate is rated by its predicted time minus this many standard deviations among the trees: doubt is a reason to try it. */
  readonly optimism: number
}

export const forestSettings: ForestSettings = { start: 5, centres: 2, pooled: 100, drawn: 10, optimism: 1 }

/** The forest is fitted again when the results have grown by this share. */
const growth = 0.04

/**
 * A random forest learns from the results so far; of the neighbours of the best and of some candidates at random, the one that it rates best is
 * next (as in F. Hutter, H. Hoos, K. Leyton-Brown, "Sequential model-based optimization for general algorithm configuration", 2011).
 */
export const forest: Strategy = {
  name: 'forest',
  summary: 'learns from the results with a random forest, and tries what it predicts to be fast or cannot predict',
  start: (space, { seed, signal }) => new ForestSearch(space, randomNumbers(seed), signal, forestSettings),
}

/** The forest with other settings, which is not registered. */
export const forestWith = (settings: ForestSettings): Strategy => ({
  ...forest,
  start: (space, { seed, signal }) => new ForestSearch(space, randomNumbers(seed), signal, settings),
})

class ForestSearch implements Search {
  readonly #space: Space
  readonly #random: Random
  readonly #asked: Asked
  readonly #signal: AbortSignal | undefined
  readonly #settings: ForestSettings
  readonly #opening: AsyncIterator<Candidate>
  readonly #table = new FeatureTable()
  readonly #results: { readonly row: readonly number[]; readonly logTime: number | undefined }[] = []
  /** The best results so far. */
  #centres: readonly { readonly candidate: Candidate; readonly logTime: number }[] = []
  #pool: Candidate[] = []
  #model: { readonly predict: (row: readonly number[]) => Prediction; readonly results: number } | undefined

  constructor(space: Space, random: Random, signal: AbortSignal | undefined, settings: ForestSettings) {
    this.#space = space
    this.#random = random
    this.#signal = signal
    this.#settings = settings
    this.#asked = new Asked(space, random, signal)
    this.#opening = opening(space, this.#asked, settings.start)
  }

  async next(): Promise<Candidate | undefined> {
    const candidate = (await this.#opening.next()).value ?? (await this.#best()) ?? (await this.#asked.draw())
    return candidate && this.#asked.ask(candidate)
  }

  tell({ candidate, time }: Outcome): void {
    const logTime = time === undefined ? undefined : Math.log(Math.max(time, Number.MIN_VALUE))
    this.#results.push({ row: this.#row(candidate), logTime })
    if (logTime === undefined) return
    this.#centres = [...this.#centres, { candidate, logTime }]
      .sort((a, b) => a.logTime - b.logTime)
      .slice(0, this.#settings.centres)
  }

  #row(candidate: Candidate): readonly number[] {
    return this.#table.row(candidate, this.#space.estimate?.(candidate))
  }

  /** The candidate that the model rates best; undefined before there is anything to learn from. */
  async #best(): Promise<Candidate | undefined> {
    const best = this.#centres
    if (best.length === 0) return undefined
    const { drawn, pooled, optimism } = this.#settings
    const fresh = await this.#asked.several(drawn)
    this.#pool = [...this.#pool.filter(each => !this.#asked.has(each)), ...fresh].slice(-pooled)
    const near: Candidate[] = []
    for (const { candidate } of best) near.push(...(await this.#asked.neighbours(candidate)))
    const considered = new Map([...near, ...this.#pool].map(each => [each.id, each]))
    const pauses = new Pauses(this.#signal)
    // Rows first: a new trait makes all rows longer.
    const rows: { readonly candidate: Candidate; readonly row: readonly number[] }[] = []
    for (const candidate of considered.values()) {
      await pauses.due()
      rows.push({ candidate, row: this.#row(candidate) })
    }
    const { predict } = this.#fitted()
    return greatest(rows, ({ row }) => {
      const { mean, deviation } = predict(row)
      return optimism * deviation - mean
    })?.candidate
  }

  #fitted() {
    const count = this.#results.length
    if (this.#model !== undefined && count < this.#model.results * (1 + growth)) return this.#model
    const known = this.#results.flatMap(({ logTime }) => logTime ?? []).sort((a, b) => a - b)
    const least = known[0] as number
    // How much slower the slow ones are does not matter, and would hide the differences among the fast ones. Failures are as bad as it gets.
    const quarter = known[Math.min(known.length - 1, Math.max(1, known.length >> 2))] as number
    const most = quarter + (quarter - least)
    const values = this.#results.map(({ logTime }) => Math.min(logTime ?? most, most))
    const rows = this.#results.map(({ row }) => this.#table.complete(row))
    this.#model = { predict: fitForest(rows, values, this.#random), results: count }
    return this.#model
  }
}
