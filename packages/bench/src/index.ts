/** Measuring kernels: every schedule in turns with the ceiling of its mix of reads and writes, and verified. */
export { batchSize, benchmark } from './benchmark.ts'
export { bytesMoved, type Ceiling, ceilingResult, openCeiling } from './ceilings.ts'
export { type Mix, mixes, nearestMix } from './movers.ts'
export { median, quantile } from './quantiles.ts'
export {
  BenchmarkEnded,
  type CeilingResult,
  type Failure,
  type ReferenceResult,
  type ResultRow,
  type ScheduleResult,
  type SubjectResult,
  type Verification,
} from './results.ts'
export type { BenchOptions, BenchProgress, BenchSettings, Contender, Subject } from './subject.ts'
export { type TurnListener, takeTurns } from './turns.ts'
export type { RowCheck } from './verify-rows.ts'
