export {
  type CheckOptions,
  checkKernel,
  checkSchedule,
  type KernelCheckOptions,
  type ScheduleCheckOptions,
} from './check.ts'
export { CheckError, type CheckFailure } from './check-error.ts'
export { type FuzzOptions, fuzz } from './fuzz.ts'
export {
  type AttentionScoreError,
  attentionScoreError,
  type BoundCheck,
  type CodeAgreement,
  checkRoundTrip,
  compareCodes,
  payloadBytes,
  type ReconstructionError,
  reconstructionError,
  roundTripBound,
} from './metrics.ts'
export { isValueClass, randomInputs, type ValueClass, valueClasses } from './random/inputs.ts'
export { randomKernels } from './random/kernel/arbitrary.ts'
export type { CheckReport } from './search.ts'
export type { Case, Trial } from './trial/trial.ts'
