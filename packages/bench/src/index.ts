/** Measuring kernels: every schedule in turns with the ceiling of its mix of reads and writes, and verified. */
export {
  benchmark,
  type CeilingResult,
  ceilingResult,
  type ScheduleResult,
  type SubjectResult,
} from './benchmark.ts'
export { bytesMoved, type Ceiling, openCeiling } from './ceilings.ts'
export { type Mix, mixes, nearestMix } from './movers.ts'
export { median, quantile } from './quantiles.ts'
export type { BenchOptions, Contender, Subject, Verification } from './subject.ts'
export { takeTurns } from './turns.ts'
export type { RowCheck } from './verify-rows.ts'
