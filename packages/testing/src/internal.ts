/** What other packages of this workspace use besides the public entry point. It may change with any version. */
export {
  type AttentionError,
  attentionError,
  l2SummedInBinary32,
  type UniformChannelError,
  uniformChannelError,
} from './accuracy.ts'
export { type AttentionOutputError, attentionOutputError, type HeadCache } from './attention-output.ts'
export { stepKinds } from './random/late-steps.ts'
export { randomNumbers } from './random/numbers.ts'
export { triesEnough, type Untried } from './search.ts'
export { type RandomTrialOptions, randomTrials } from './trial/arbitrary.ts'
export { compileTrial, evaluateTrial, type Outcome, type Reference } from './trial/evaluate.ts'
export { deviceMachine, type Launcher, type Machine, simulatedMachine, simulatedMachines } from './trial/machine.ts'
export { trialText } from './trial/replay-text.ts'
export { trialFromJson, trialToJson } from './trial/trial-file.ts'
