export { type AccessCost, costOf, type NestCost, type TensorCost } from './cost.ts'
export type { AccessShape, CostTarget, LanePattern, WidestAccess } from './cost-access.ts'
export { defaultNest } from './default-nest.ts'
export { type Dispatch, dispatchesOf, runningThreads, type SharedBuffer } from './dispatches.ts'
export { generateStep, type Pick } from './generate-step.ts'
export { constantExtent, isMultiple, knownMultiple, largestValue, neededGuards } from './guards.ts'
export { findTransform, listTransforms } from './known-transforms.ts'
export { type LeavingLoads, leavingLoads } from './leaving-loads.ts'
export { nearestFirst } from './loop-selection.ts'
export { findSchedule, type NamedSchedule, namedSchedules } from './named-schedules.ts'
export { accessesOf, type NestAccess } from './nest-accesses.ts'
export { storeUnit } from './ownership.ts'
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
export { ownPart, privateDims } from './private-buffers.ts'
export {
  isRefusal,
  listAlternatives,
  type Refusal,
  type RefusalCode,
  refuse,
  renderRefusal,
  ScheduleRefusal,
} from './refusal.ts'
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
export { mayBeEmpty, staysInside } from './stays-inside.ts'
export { parseSteps, printStep, printSteps, StepSyntaxError, stepsFromJson } from './step-text.ts'
export {
  bankConflicts,
  type ThreadMap,
  type Touch,
  threadMap,
  type WarpTransactions,
  warpThreads,
  warpTransactions,
} from './thread-map.ts'
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
export { type DeviceLimits, findUnfinished } from './unfinished.ts'
export { InvalidNest, validateNest } from './validate-nest.ts'
export { type Variation, variations } from './variations.ts'
