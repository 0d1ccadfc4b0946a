/** C++ names of types. */
import type { DeviceType, ElementType, Scalar } from '@qernel/codegen/internal'
import type { ElementName } from '@qernel/dsl'
import { elementNames } from '@qernel/dsl/internal'
import type { DeviceFunctionName } from './device-functions.ts'

const scalars: Readonly<Record<Scalar, string>> = { f32: 'float', i32: 'int', u32: 'unsigned', bool: 'bool' }
/** CUDA has no vectors of booleans; bytes of 0 and 1 take their place. */
const vectors: Readonly<Record<Scalar, string>> = { f32: 'float', i32: 'int', u32: 'uint', bool: 'uchar' }

export const typeName = ({ scalar, lanes }: DeviceType): string =>
  lanes === 1 ? scalars[scalar] : `${vectors[scalar]}${lanes}`

/** The function that makes a vector out of its lanes. */
export const constructorName = (type: DeviceType): string => `make_${typeName(type)}`

/** The C++ types of an element, and its conversions from and to values. */
export interface Storage {
  readonly names: Readonly<Record<1 | 2 | 4, string>>
  /** Bytes of one element. */
  readonly bytes: number
  /** Widens an element; undefined if C++ does so implicitly. */
  readonly widen?: string
  /** Narrows a value; undefined if an assignment does so. */
  readonly narrow?: string
  /** Makes an element from its bits. */
  readonly fromBits?: string
  /** Makes a vector from narrowed lanes, by the number of lanes. Without an entry, brace initialization is used. */
  readonly make: Readonly<Partial<Record<2 | 4, string>>>
  readonly header?: string
  /** The type of 4 lanes, if the file has to define it. */
  readonly ownVector?: DeviceFunctionName
}

const plain = (scalar: string, vector: string, bytes: number): Storage => ({
  names: { 1: scalar, 2: `${vector}2`, 4: `${vector}4` },
  bytes,
  make: { 2: `make_${vector}2`, 4: `make_${vector}4` },
})
const bytes = plain('unsigned char', 'uchar', 1)
const inWords = undefined

/** CUDA addresses bytes, halves and words; all other elements are packed in words. */
const storages: Readonly<Record<ElementName, Storage | typeof inWords>> = {
  f32: plain('float', 'float', 4),
  f16: {
    names: { 1: '__half', 2: '__half2', 4: 'f16x4' },
    bytes: 2,
    widen: '__half2float',
    narrow: '__float2half_rn',
    fromBits: '__ushort_as_half',
    make: { 2: '__halves2half2' },
    header: 'cuda_fp16.h',
    ownVector: 'f16x4',
  },
  bf16: {
    names: { 1: '__nv_bfloat16', 2: '__nv_bfloat162', 4: 'bf16x4' },
    bytes: 2,
    widen: '__bfloat162float',
    narrow: '__float2bfloat16_rn',
    fromBits: '__ushort_as_bfloat16',
    make: { 2: '__halves2bfloat162' },
    header: 'cuda_bf16.h',
    ownVector: 'bf16x4',
  },
  f8e4m3: { ...bytes, widen: 'f8e4m3_value', narrow: 'f8e4m3_bits' },
  f8e5m2: { ...bytes, widen: 'f8e5m2_value', narrow: 'f8e5m2_bits' },
  i32: plain('int', 'int', 4),
  u32: plain('unsigned', 'uint', 4),
  i8: plain('signed char', 'char', 1),
  // Without the cast, arithmetic would be signed.
  u8: { ...bytes, widen: 'unsigned' },
  i4: inWords,
  u4: inWords,
  i3: inWords,
  u3: inWords,
  i2: inWords,
  u2: inWords,
}

/** Whether an element has a C++ type, so that arrays of it need no packing. */
export const isAddressable = (element: ElementName): boolean => storages[element] !== inWords

/** The elements that need no packing in words. */
export const addressable: readonly ElementName[] = elementNames.filter(isAddressable)

export function storageOf(element: ElementType['storage']): Storage {
  const storage = element === 'bool' ? inWords : storages[element]
  if (storage === inWords) throw new Error(`CUDA does not address ${element} directly`)
  return storage
}

export const elementName = ({ storage, lanes }: ElementType): string => storageOf(storage).names[lanes]
