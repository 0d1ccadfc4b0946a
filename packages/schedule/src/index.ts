export { type AccessCost, costOf, type NestCost, type TensorCost } from './cost.ts'
export type { CostTarget } from './cost-access.ts'
export { generateStep, type Pick } from './generate-step.ts'
export { findTransform, listTransforms } from './known-transforms.ts'
export { findSchedule, type NamedSchedule, namedSchedules } from './named-schedules.ts'
export { type Domain, type Parameter, type ParameterDomains, parameterDomains } from './parameter-domains.ts'
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
} from './parameters.ts'
export { type NestLine, nestText, printNest } from './print-nest.ts'
export { isRefusal, type Refusal, type RefusalCode, refuse, renderRefusal, ScheduleRefusal } from './refusal.ts'
export { refusalMeanings } from './refusal-meanings.ts'
export {
  applySchedule,
  applyStep,
  applySteps,
  type ScheduleBuilder,
  type ScheduleOptions,
  schedule,
} from './schedule.ts'
export type { ScheduledKernel } from './scheduled-kernel.ts'
export {
  type Leaf,
  type LoopPath,
  leavesOf,
  loopsOf,
  mapLeaf,
  mapLeaves,
  replaceLoopIn,
  substituteLoop,
} from './statements.ts'
export { parseSteps, printStep, printSteps, StepSyntaxError, stepsFromJson } from './step-text.ts'
export {
  type Argument,
  defineTransform,
  registerTransform,
  type Step,
  type StepContext,
  type StepMaker,
  type Transform,
} from './transform.ts'
export * from './transforms/index.ts'
export { InvalidNest, validateNest } from './validate-nest.ts'
export { type Variation, variations } from './variations.ts'
