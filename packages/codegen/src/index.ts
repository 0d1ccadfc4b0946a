export type { ScheduledKernel } from '@qernel/schedule'
export { arrayText, readableExtent } from './array-text.ts'
export { type BackEnd, type CompileOptions, LoweringError } from './back-end.ts'
export { commentLine } from './comment-text.ts'
export { compileFor, exceedsGrid } from './compile-for.ts'
export type {
  ArrayParameter,
  CompiledKernel,
  Launch,
  LaunchExtent,
  LaunchSplit,
  RowSplit,
  SizeParameter,
  SizeRequirement,
} from './compiled-kernel.ts'
export type {
  DeviceExpr,
  DeviceFunction,
  DeviceProgram,
  DeviceStatement,
  ElementType,
  GlobalArray,
  SharedArray,
} from './device-program.ts'
export { boolType, type DeviceType, f32Type, i32Type, type Scalar, u32Type, withLanes } from './device-type.ts'
export { construct, literal, op } from './expressions.ts'
export { fallbacks, reordersSums } from './fallback.ts'
export { floatDecimal } from './float-literal.ts'
export { initializeVariables } from './initialize-variables.ts'
export { isolateProducts, isolateProductsByZero } from './isolate-products.ts'
export { LaunchError, type LaunchErrorCode } from './launch-error.ts'
export {
  evaluateExtent,
  type LaunchPlan,
  type PlannedArray,
  type PlannedDispatch,
  planLaunch,
  type Sizes,
} from './launch-plan.ts'
export { lower } from './lower.ts'
export type { LoweredKernel } from './lowered-kernel.ts'
export { loweringPasses } from './lowering-passes.ts'
export { compareMagnitudesByBits } from './magnitudes.ts'
export { type DeviceOperation, deviceOperations } from './operations/device-operations.ts'
export {
  type FinishedKernel,
  type FinishOptions,
  finish,
  type Pass,
  type Pipeline,
  passesFor,
} from './pipeline.ts'
export { isPlainName, nameInFile } from './plain-names.ts'
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
export { type PreparedKernel, prepare } from './prepare.ts'
export { programLines } from './program-text.ts'
export { dividesFloats, type ProvenanceOptions, provenance } from './provenance.ts'
export { removeDeadCode } from './remove-dead-code.ts'
export { requiredOfSize } from './required-of-size.ts'
export { requirementTexts } from './requirement-texts.ts'
export { isSameExpression, mapBodies, mapExpressions, mapOperands, rewriteBodies } from './rewrite-program.ts'
export { roundEachOperation } from './round-each-operation.ts'
export { rowMultiple } from './row-multiple.ts'
export { scalarize } from './scalarize.ts'
export {
  type Finding,
  type FindingKind,
  renderFinding,
  type Simulation,
  type SimulationOptions,
  simulate,
  type ThreadAccess,
} from './simulate/index.ts'
export type { Part } from './split-dispatches.ts'
export { isTargetName, type Numerics, type Target, type TargetName, targetNames } from './target.ts'
export { type CompiledTemplate, template } from './template.ts'
export { InvalidProgramError } from './verify/invalid-program-error.ts'
export { compilerVersion } from './version.ts'
export { arraysWritten, declaredNames, expressionsOf, namesRead, statementsOf } from './walk-program.ts'
