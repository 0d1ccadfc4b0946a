/** Searches for the best schedule of a kernel on a device. */
export type { Candidate, Random, Space } from './candidate.ts'
export { type Outcome, type OutcomeClass, outcomeClasses } from './outcome.ts'
export { lineStart, type StoredRecord } from './store/record-line.ts'
export { StoreError } from './store/store-error.ts'
export {
  type PlacedRecord,
  readStore,
  type StoreContent,
  StoreFile,
  storeNotes,
  type UnusedLine,
} from './store/store-file.ts'
export type { Search, SearchOptions, Strategy } from './strategy/strategy.ts'
