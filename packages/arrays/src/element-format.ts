import { bf16, f16, f32, i8, i32, type LogicalValues, type StorageType, u8, u32, unpackTensor } from '@qernel/dsl'

/** How one element lies in an array file: always little-endian. */
export interface ElementFormat {
  readonly type: StorageType
  /** Bytes of one element. */
  readonly bytes: number
  /** `dtype` of a .safetensors header. */
  readonly safetensors: string
  /** `descr` of a .npy header, as NumPy writes it; NumPy itself has no bfloat16. */
  readonly npy?: string
}

/** Every format that an input may have, in the order that messages list them. */
export const elementFormats: readonly ElementFormat[] = [
  { type: f32, bytes: 4, safetensors: 'F32', npy: '<f4' },
  { type: f16, bytes: 2, safetensors: 'F16', npy: '<f2' },
  { type: bf16, bytes: 2, safetensors: 'BF16' },
  { type: i8, bytes: 1, safetensors: 'I8', npy: '|i1' },
  { type: u8, bytes: 1, safetensors: 'U8', npy: '|u1' },
  { type: i32, bytes: 4, safetensors: 'I32', npy: '<i4' },
  { type: u32, bytes: 4, safetensors: 'U32', npy: '<u4' },
]

/** The values of whole elements, at any alignment in memory. */
export function decodeElements(bytes: Uint8Array, { type, bytes: size }: ElementFormat): LogicalValues {
  return unpackTensor(bytes, type, [bytes.length / size], 1).data
}
