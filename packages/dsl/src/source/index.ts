/**
 * `@qernel/dsl/source`: kernels written with ordinary operators. To TypeScript, tensors give numbers, so such a file type-checks as it stands and runs
 * on arrays in float64. The compiler reads the same file (`@qernel/kernel-file`).
 */
export {
  bf16,
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
  type StorageType,
  u2,
  u3,
  u4,
  u8,
  u32,
} from '../ir/types.ts'
export type { ArrayInput, NestedNumbers, RunResult, ShapedArray } from './arrays.ts'
export {
  type Field,
  type FieldLayout,
  type FieldLength,
  field,
  type KernelBuilder,
  type RecordOf,
  type TensorOf,
} from './authoring.ts'
export {
  type Axis,
  type Dimension,
  type GroupElements,
  type Groups,
  type Indices,
  RunError,
  type Several,
  type Size,
  type SizeMethods,
} from './axes.ts'
export {
  abs,
  bitsFloat,
  ceil,
  clamp,
  exp,
  exp2,
  floatBits,
  floor,
  fma,
  log2,
  narrow,
  round,
  roundHalfAway,
  saturate,
  sqrt,
  toF32,
  trunc,
  wrap,
} from './functions.ts'
export { kernel, type SourceKernel, type SourceSchedule, schedule } from './kernel.ts'
export { argmax, argmin, dot, max, min, sum } from './reductions.ts'
