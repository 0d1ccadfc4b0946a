export { type AccessCost, costOf, type NestCost, type TensorCost } from './cost/cost.ts'
export type { CostTarget } from './cost/cost-access.ts'
export {
  isRefusal,
  type Refusal,
  type RefusalCode,
  refuse,
  renderRefusal,
  ScheduleRefusal,
} from './legality/refusal.ts'
export { refusalMeanings } from './legality/refusal-meanings.ts'
export { findSchedule, isOffered, namedSchedules, offeredSchedules } from './named/named-schedules.ts'
export { type NestLine, nestText, printNest } from './nest/print-nest.ts'
export {
  type Leaf,
  type LoopPath,
  leavesOf,
  loopsOf,
  mapLeaf,
  mapLeaves,
  replaceLoopIn,
  substituteLoop,
} from './nest/statements.ts'
export { InvalidNest, validateNest } from './nest/validate-nest.ts'
export { applySchedule, type ScheduleOptions } from './steps/apply-schedule.ts'
export { applyStep, applySteps } from './steps/apply-steps.ts'
export { generateStep, type Pick } from './steps/generate-step.ts'
export { findTransform, listTransforms } from './steps/known-transforms.ts'
export { type Domain, type Parameter, type ParameterDomains, parameterDomains } from './steps/parameter-domains.ts'
export {
  axesOf,
  axisFactors,
  bufferName,
  choice,
  factor,
  flag,
  loopName,
  newName,
  optional,
  parameters,
  stageName,
} from './steps/parameters.ts'
export {
  fixedSchedule,
  type Schedule,
  type ScheduleRequest,
  type ScheduleTarget,
  sequence,
} from './steps/schedule.ts'
export { type ScheduleBuilder, schedule } from './steps/schedule-builder.ts'
export type { ScheduledKernel } from './steps/scheduled-kernel.ts'
export { parseSteps, printStep, printSteps, StepSyntaxError, stepsFromJson } from './steps/step-text.ts'
export {
  type Argument,
  defineTransform,
  registerTransform,
  type Step,
  type StepContext,
  type StepMaker,
  type Transform,
} from './steps/transform.ts'
export { type Variation, variations } from './steps/variations.ts'
export * from './transforms/index.ts'
