/** Searches for the best schedule of a kernel on a device. */
export type { Candidate, Random, Space } from './candidate.ts'
export { type Outcome, type OutcomeClass, outcomeClasses } from './outcome.ts'
export type { Search, SearchOptions, Strategy } from './strategy/strategy.ts'
