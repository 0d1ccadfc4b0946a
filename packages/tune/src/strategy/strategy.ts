/** How a search chooses what to try next. A strategy is a value, so that a plug-in can add one. */
import type { Candidate, Space } from '../candidate.ts'
import type { Outcome } from '../outcome.ts'

/** A way to search a space. */
export interface Strategy {
  /** In kebab case: `local-search`. */
  readonly name: string
  /** One sentence for help and documentation. */
  readonly summary: string
  /** @throws RangeError if the space lacks what the strategy needs */
  start(space: Space, options: SearchOptions): Search
}

/** How a search begins. */
export interface SearchOptions {
  /** The same seed, space and outcomes give the same candidates. */
  readonly seed: number
  /** The number of candidates that will be tried at most, if that is known. */
  readonly budget: number | undefined
  /** Ends the search in the middle of a choice. */
  readonly signal?: AbortSignal
}

/**
 * One search, by ask and tell. It depends on nothing but its start and on the order of the calls, so that a search that broke off is replayed
 * from its recorded outcomes. Several candidates may be asked for before the first outcome is told; outcomes are told in the order in which their candidates were
 * asked for.
 */
export interface Search {
  /** What to try next; undefined if nothing is left. The same candidate comes again only with more `effort`. Nothing else is called before the promise is settled. */
  next(): Candidate | undefined | Promise<Candidate | undefined>
  /** In (0, 1]: the share of the usual repetitions that suffice for the candidate that `next` returned last. 1 if there is no such function. */
  effort?(): number
  tell(outcome: Outcome): void
}
