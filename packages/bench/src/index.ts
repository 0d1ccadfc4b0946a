/** Measures kernels: every schedule interleaved with the ceiling for its mix of reads and writes, and verified. */
export { benchmark } from './benchmark.ts'
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
export type { BenchOptions, BenchProgress, BenchSettings, Subject } from './subject.ts'
