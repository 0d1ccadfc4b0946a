export type {
  ArrayParameter,
  CompiledKernel,
  Launch,
  LaunchExtent,
  SizeParameter,
  SizeRequirement,
} from './compiled-kernel.ts'
export { floatDecimal } from './float-literal.ts'
export { LaunchError, type LaunchErrorCode } from './launch-error.ts'
export {
  evaluateExtent,
  type LaunchPlan,
  type PlannedArray,
  type PlannedDispatch,
  planLaunch,
  type Sizes,
} from './launch-plan.ts'
export {
  atom,
  call,
  conditional,
  type InfixOperator,
  infix,
  type Level,
  member,
  operand,
  type Printed,
  prefix,
  subscript,
} from './precedence.ts'
export type { Numerics, Target } from './target.ts'
