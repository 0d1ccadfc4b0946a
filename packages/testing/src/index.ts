export {
  type AttentionError,
  attentionError,
  l2SummedInBinary32,
  type UniformChannelError,
  uniformChannelError,
} from './accuracy.ts'
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
export { stepKinds } from './random/late-steps.ts'
export { randomNumbers } from './random/numbers.ts'
export { type CheckReport, triesEnough, type Untried } from './search.ts'
export { type RandomTrialOptions, randomTrials } from './trial/arbitrary.ts'
export { compileTrial, evaluateTrial, type Outcome, type Reference } from './trial/evaluate.ts'
export { deviceMachine, type Launcher, type Machine, simulatedMachine, simulatedMachines } from './trial/machine.ts'
export { trialText } from './trial/replay-text.ts'
export type { Case, Trial } from './trial/trial.ts'
export { trialFromJson, trialToJson } from './trial/trial-file.ts'
