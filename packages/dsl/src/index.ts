export * as affine from './affine.ts'
export type { DimensionHandle, Groups, NamedAxes, ReductionAxis, Several, SizeHandle } from './axes.ts'
export { constant } from './constant.ts'
export { constantValues } from './constant-values.ts'
export { DefinitionError } from './definition-error.ts'
export { greatestCommonDivisor, leastCommonMultiple } from './divisors.ts'
export { OutOfBounds, stored } from './evaluate.ts'
export {
  affinesOf,
  foldExpr,
  isAffine,
  loadsOf,
  mapExpr,
  operandsOf,
  operandsOutside,
  visitExpr,
} from './expression.ts'
export { bfloat16Bits, bfloat16Value, float16Bits, float16Value } from './float-formats.ts'
export { kernelHash, serializeKernel, textHash } from './hash.ts'
export { identityOf } from './identity.ts'
export { areIndependent } from './independent-iterations.ts'
export { interpretKernel } from './interpret-kernel.ts'
export { interpretNest, type NestOptions } from './interpret-nest.ts'
export type * from './ir.ts'
export { type KernelBuilder, kernel, type TensorHandle } from './kernel.ts'
export { mapList } from './map-list.ts'
export { nameOfStage } from './name-of-stage.ts'
export { namedParts, usesOf } from './named-parts.ts'
export { type Accuracy, type FloatRole, type OperationName, operationNames, operations } from './operations.ts'
export { parseKernel } from './parse-kernel.ts'
export { type Field, type FieldLayout, field, type RecordHandle } from './records.ts'
export { abs, argmax, argmin, fma, max, min, select, sum } from './reductions.ts'
export { remember } from './remember.ts'
export { fusedMultiplyAdd, roundHalfAway, roundHalfEven } from './rounding.ts'
export { scalarMeaning } from './scalar-meaning.ts'
export { writableExpression } from './serialize-expression.ts'
export { bindSizes, checkFacts, InputError, isSize } from './sizes.ts'
export {
  arrayByteLength,
  elementCount,
  type LogicalValues,
  logicalValues,
  packTensor,
  rowByteLength,
  type Tensor,
  unpackTensor,
} from './tensor.ts'
export {
  bf16,
  type ComputeType,
  elementsPerUnit,
  f16,
  f32,
  halfSplit,
  i2,
  i3,
  i4,
  i8,
  i32,
  integerRange,
  type StorageType,
  slotOf,
  storageTypes,
  u2,
  u3,
  u4,
  u8,
  u32,
} from './types.ts'
export { validateKernel } from './validate-kernel.ts'
export { Index, type Operand, Value } from './value.ts'
export { linesOfText, visibleJson, visibleLines, visibleText } from './visible-text.ts'
export { largestSize, tooLargeIn } from './whole-numbers.ts'
