/** Searches for the best schedule of a kernel on a device. */
export type { Candidate, Random, Space } from './candidate.ts'
export { toCsv } from './formats/csv.ts'
export { readT1, T1Error, type T1Space } from './formats/t1.ts'
export { type T4, toT4 } from './formats/t4.ts'
export type { Tried } from './formats/tried.ts'
export type { Claim, Ledger, RankedFinal } from './ledger.ts'
export type { Final, Finalist } from './measure/finalists.ts'
export type { Result, Timing } from './measure/result.ts'
export { type Outcome, type OutcomeClass, outcomeClasses } from './outcome.ts'
export { type RecordedSpace, RecordedSpaceError, readRecordedSpace } from './replay/recorded-space.ts'
export { type Improvement, replay } from './replay/replay.ts'
export { aggregate, type Baseline, baselineOf, type Score, scoreOf } from './replay/score.ts'
export type { Shard } from './shard.ts'
export { type Legality, legality, type Setting } from './space/legality.ts'
export { neighbours, templateAround } from './space/neighbours.ts'
export { predictedCost } from './space/predicted-cost.ts'
export { type Constraint, type ScheduleSpaceOptions, scheduleSpace } from './space/schedule-space.ts'
export { type NamedSteps, spaceAround } from './space/space-around.ts'
export {
  type NamedChoices,
  parseTemplate,
  printTemplate,
  type Template,
  type TemplateArgument,
  type TemplateStep,
} from './space/template.ts'
export { TemplateSyntaxError } from './space/template-reader.ts'
export { type Merged, mergeStores } from './store/merge-stores.ts'
export type { StoredRecord } from './store/record-line.ts'
export { StoreError } from './store/store-error.ts'
export {
  type PlacedRecord,
  readStore,
  type StoreContent,
  StoreFile,
  storeNotes,
  type UnusedLine,
} from './store/store-file.ts'
export {
  type Conditions,
  type FinalRecord,
  type OutcomeRecord,
  type SearchRecord,
  type TuningRecord,
  tuningRecords,
} from './store/tuning-records.ts'
export { defineStrategy, findStrategy, listStrategies } from './strategy/known-strategies.ts'
export type { Search, SearchOptions, Strategy } from './strategy/strategy.ts'
export type { DeadlineOptions } from './supervisor/deadlines.ts'
export { WorkerGone } from './supervisor/seat.ts'
export { tune } from './tune.ts'
export type { Budget, Ranked, TuneEnd, TuneOptions, TuneProgress, TuneResult } from './tune-options.ts'
export type { DeviceChoice, OpenedDevice, Settings } from './worker/protocol.ts'
