/** C++ names of types. */
import type { DeviceType, ElementType, Scalar } from '@qernel/codegen/internal'

const scalars: Readonly<Record<Scalar, string>> = { f32: 'float', i32: 'int', u32: 'unsigned', bool: 'bool' }
/** Booleans have no vectors of their own: lanes of 0 and 1. */
const vectors: Readonly<Record<Scalar, string>> = { f32: 'float', i32: 'int', u32: 'uint', bool: 'uchar' }

export const typeName = ({ scalar, lanes }: DeviceType): string =>
  lanes === 1 ? scalars[scalar] : `${vectors[scalar]}${lanes}`

/** The function that makes a vector out of its lanes. */
export const constructorName = (type: DeviceType): string => `make_${typeName(type)}`

/** How a storage type is declared, by lanes, and how one element becomes a value and back. */
export interface Storage {
  readonly names: Readonly<Record<1 | 2 | 4, string>>
  /** Bytes of one element. */
  readonly bytes: number
  /** Widens an element; undefined where C++ does it by itself. */
  readonly widen?: string
  /** Narrows a value; undefined where an assignment does. */
  readonly narrow?: string
  /** An element from its bits. */
  readonly fromBits?: string
  /** Makes a vector out of narrowed lanes, by lanes; brace initialization where there is none. */
  readonly make: Readonly<Partial<Record<2 | 4, string>>>
  readonly header?: string
}

const plain = (scalar: string, vector: string, bytes: number, widen?: string): Storage => ({
  names: { 1: scalar, 2: `${vector}2`, 4: `${vector}4` },
  bytes,
  ...(widen === undefined ? {} : { widen }),
  make: { 2: `make_${vector}2`, 4: `make_${vector}4` },
})

const storages: Readonly<Record<string, Storage>> = {
  f32: plain('float', 'float', 4),
  i32: plain('int', 'int', 4),
  u32: plain('unsigned', 'uint', 4),
  i8: plain('signed char', 'char', 1),
  // Without the cast arithmetic would be signed.
  u8: plain('unsigned char', 'uchar', 1, 'unsigned'),
  f16: {
    names: { 1: '__half', 2: '__half2', 4: 'f16x4' },
    bytes: 2,
    widen: '__half2float',
    narrow: '__float2half_rn',
    fromBits: '__ushort_as_half',
    make: { 2: '__halves2half2' },
    header: 'cuda_fp16.h',
  },
  bf16: {
    names: { 1: '__nv_bfloat16', 2: '__nv_bfloat162', 4: 'bf16x4' },
    bytes: 2,
    widen: '__bfloat162float',
    narrow: '__float2bfloat16_rn',
    fromBits: '__ushort_as_bfloat16',
    make: { 2: '__halves2bfloat162' },
    header: 'cuda_bf16.h',
  },
}

/** Whether arrays of a storage type are arrays of a C++ type. */
export const isAddressable = (name: string): boolean => Object.hasOwn(storages, name)

export function storageOf(name: string): Storage {
  const storage = storages[name]
  if (storage === undefined) throw new Error(`CUDA does not address ${name} directly`)
  return storage
}

export const elementName = ({ storage, lanes }: ElementType): string => storageOf(storage).names[lanes]

/** Whether a vector of this storage is also the vector of its values. */
export const isWord = (storage: string): boolean => storage === 'f32' || storage === 'i32' || storage === 'u32'
