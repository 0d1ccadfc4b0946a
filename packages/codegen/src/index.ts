export type {
  ArrayParameter,
  CompiledKernel,
  Launch,
  LaunchExtent,
  SizeParameter,
  SizeRequirement,
} from './compiled-kernel.ts'
export { LaunchError, type LaunchErrorCode } from './launch-error.ts'
export {
  evaluateExtent,
  type LaunchPlan,
  type PlannedArray,
  type PlannedDispatch,
  planLaunch,
  type Sizes,
} from './launch-plan.ts'
export type { Numerics, Target } from './target.ts'
