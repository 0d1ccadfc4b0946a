import { type ElementName, type LogicalValues, type StorageType, unpackTensor } from '@qernel/dsl'
import { elementTypes } from '@qernel/dsl/internal'

/** How one element is stored in an array file: always little-endian. */
export interface ElementFormat {
  readonly type: StorageType
  /** Bytes of one element. */
  readonly bytes: number
  /** `dtype` of a .safetensors header. */
  readonly safetensors: string
  /** `descr` of a .npy header, as NumPy writes it; NumPy itself has no bfloat16 and no 8-bit floats. */
  readonly npy?: string
}

const notInFiles = undefined

/** No file has integers narrower than a byte. */
const names: Readonly<Record<ElementName, Pick<ElementFormat, 'safetensors' | 'npy'> | typeof notInFiles>> = {
  f32: { safetensors: 'F32', npy: '<f4' },
  f16: { safetensors: 'F16', npy: '<f2' },
  bf16: { safetensors: 'BF16' },
  f8e4m3: { safetensors: 'F8_E4M3' },
  f8e5m2: { safetensors: 'F8_E5M2' },
  i8: { safetensors: 'I8', npy: '|i1' },
  u8: { safetensors: 'U8', npy: '|u1' },
  i32: { safetensors: 'I32', npy: '<i4' },
  u32: { safetensors: 'U32', npy: '<u4' },
  i4: notInFiles,
  u4: notInFiles,
  i3: notInFiles,
  u3: notInFiles,
  i2: notInFiles,
  u2: notInFiles,
}

/** Every format that an input may have, in the order that messages list them. */
export const elementFormats: readonly ElementFormat[] = (Object.keys(names) as ElementName[]).flatMap(element => {
  const found = names[element]
  const type = elementTypes[element]
  return found === notInFiles ? [] : [{ type, bytes: type.bits / 8, ...found }]
})

/** The values of whole elements, at any alignment in memory. */
export function decodeElements(bytes: Uint8Array, { type, bytes: size }: ElementFormat): LogicalValues {
  return unpackTensor(bytes, type, [bytes.length / size], 1).data
}
