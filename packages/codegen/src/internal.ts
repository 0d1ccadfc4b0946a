/** Exports for the other packages of this workspace only. They may change with any version. */

export { exceedsGrid } from './compile/compile-for.ts'
export { fallbacks, reordersSums } from './compile/fallback.ts'
export { instructionKinds } from './cost/instructions.ts'
export { type DispatchCost, programCost } from './cost/program-cost.ts'
export { evaluateExtent } from './launch/launch-plan.ts'
export { requiredOfSize } from './launch/required-of-size.ts'
export { rowMultiple } from './launch/row-multiple.ts'
export { lower, scheduleFor } from './lower/lower.ts'
export { widestAccess } from './lower/widest-access.ts'
export { type DeviceOperation, deviceOperations } from './operations/device-operations.ts'
export { floatsOfCodes } from './passes/floats-of-codes.ts'
export { initializeVariables } from './passes/initialize-variables.ts'
export { isolateProducts, isolateProductsByZero } from './passes/isolate-products.ts'
export { loweringPasses } from './passes/lowering-passes.ts'
export { compareMagnitudesByBits } from './passes/magnitudes.ts'
export { type FinishOptions, finish, passesFor } from './passes/pipeline.ts'
export { removeDeadCode } from './passes/remove-dead-code.ts'
export { roundEachOperation } from './passes/round-each-operation.ts'
export { scalarize } from './passes/scalarize.ts'
export type {
  DeviceExpr,
  DeviceFunction,
  DeviceStatement,
  ElementType,
  GlobalArray,
  SharedArray,
} from './program/device-program.ts'
export {
  boolType,
  type DeviceType,
  f32Type,
  i32Type,
  isWord,
  type Scalar,
  u32Type,
  withLanes,
} from './program/device-type.ts'
export { construct, literal, op } from './program/expressions.ts'
export type { LoweredKernel } from './program/lowered-kernel.ts'
export { isSameExpression, mapBodies, mapExpressions, mapOperands, rewriteBodies } from './program/rewrite-program.ts'
export { isSameFunction, type PlacedFunction } from './program/same-function.ts'
export {
  arraysWritten,
  declaredNames,
  expressionsOf,
  namesRead,
  someExpression,
  statementsOf,
} from './program/walk-program.ts'
export { arrayText, readableExtent } from './text/array-text.ts'
export { commentLine } from './text/comment-text.ts'
export { floatDecimal } from './text/float-literal.ts'
export { loopLines, Positions, type PrintedLine } from './text/loop-lines.ts'
export { isPlainName, nameInFile } from './text/plain-names.ts'
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
} from './text/precedence.ts'
export { programLines } from './text/program-text.ts'
export { dividesFloats, type ProvenanceOptions, provenance } from './text/provenance.ts'
export { requirementTexts } from './text/requirement-texts.ts'
export { type CompiledTemplate, template } from './text/template.ts'
