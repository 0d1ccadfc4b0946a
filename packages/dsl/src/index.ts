export { interpretKernel } from './interpret/interpret-kernel.ts'
export { interpretNest, type NestOptions } from './interpret/interpret-nest.ts'
export { InputError } from './interpret/sizes.ts'
export { type LogicalValues, packTensor, type Tensor, unpackTensor } from './interpret/tensor.ts'
export * as affine from './ir/affine.ts'
export type { Accuracy } from './ir/approximations.ts'
export { isAffine, loadsOf, mapExpr, visitExpr } from './ir/expression.ts'
export { areIndependent } from './ir/independent-iterations.ts'
export type * from './ir/ir.ts'
export { dimensionOf, isBlock, isBound, isGrid, kindOf, type LoopKind } from './ir/loop-modes.ts'
export type { FloatRole } from './ir/operation.ts'
export { type OperationName, operationNames, operations } from './ir/operations.ts'
export {
  bf16,
  type ComputeType,
  type ElementName,
  type FloatFormat,
  f8e4m3,
  f8e5m2,
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
  storageTypes,
  u2,
  u3,
  u4,
  u8,
  u32,
} from './ir/types.ts'
export type { DimensionHandle, Groups, NamedAxes, ReductionAxis, Several, SizeHandle } from './language/axes.ts'
export { constant } from './language/constant.ts'
export { DefinitionError } from './language/definition-error.ts'
export { type KernelBuilder, kernel, type TensorHandle } from './language/kernel.ts'
export { type Field, type FieldLayout, field, type RecordHandle } from './language/records.ts'
export { abs, argmax, argmin, dot, fma, max, min, select, sum } from './language/reductions.ts'
export { validateKernel } from './language/validate-kernel.ts'
export { Index, type Operand, Value } from './language/value.ts'
export { kernelHash, serializeKernel } from './text/hash.ts'
export { parseKernel } from './text/parse-kernel.ts'
