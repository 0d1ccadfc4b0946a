export * as affine from './affine.ts'
export type { DimensionHandle, Groups, NamedAxes, ReductionAxis, Several, SizeHandle } from './axes.ts'
export { constant } from './constant.ts'
export { DefinitionError } from './definition-error.ts'
export { isAffine, loadsOf, mapExpr, visitExpr } from './expression.ts'
export { kernelHash, serializeKernel } from './hash.ts'
export { areIndependent } from './independent-iterations.ts'
export { interpretKernel } from './interpret-kernel.ts'
export { interpretNest, type NestOptions } from './interpret-nest.ts'
export type * from './ir.ts'
export { type KernelBuilder, kernel, type TensorHandle } from './kernel.ts'
export { type Accuracy, type FloatRole, type OperationName, operationNames, operations } from './operations.ts'
export { parseKernel } from './parse-kernel.ts'
export { type Field, type FieldLayout, field, type RecordHandle } from './records.ts'
export { abs, argmax, argmin, fma, max, min, select, sum } from './reductions.ts'
export { InputError } from './sizes.ts'
export { type LogicalValues, packTensor, type Tensor, unpackTensor } from './tensor.ts'
export {
  bf16,
  type ComputeType,
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
} from './types.ts'
export { validateKernel } from './validate-kernel.ts'
export { Index, type Operand, Value } from './value.ts'
