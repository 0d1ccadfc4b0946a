/** What other packages of this workspace use beside the public entry point. It may change with any version. */
export { arrayText, readableExtent } from './array-text.ts'
export { commentLine } from './comment-text.ts'
export { exceedsGrid } from './compile-for.ts'
export type {
  DeviceExpr,
  DeviceFunction,
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
export { evaluateExtent } from './launch-plan.ts'
export { lower } from './lower.ts'
export type { LoweredKernel } from './lowered-kernel.ts'
export { loweringPasses } from './lowering-passes.ts'
export { compareMagnitudesByBits } from './magnitudes.ts'
export { type DeviceOperation, deviceOperations } from './operations/device-operations.ts'
export { type FinishOptions, finish, passesFor } from './pipeline.ts'
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
export { programLines } from './program-text.ts'
export { dividesFloats, type ProvenanceOptions, provenance } from './provenance.ts'
export { removeDeadCode } from './remove-dead-code.ts'
export { requiredOfSize } from './required-of-size.ts'
export { requirementTexts } from './requirement-texts.ts'
export { isSameExpression, mapBodies, mapExpressions, mapOperands, rewriteBodies } from './rewrite-program.ts'
export { roundEachOperation } from './round-each-operation.ts'
export { rowMultiple } from './row-multiple.ts'
export { scalarize } from './scalarize.ts'
export { type CompiledTemplate, template } from './template.ts'
export { arraysWritten, declaredNames, expressionsOf, namesRead, statementsOf } from './walk-program.ts'
