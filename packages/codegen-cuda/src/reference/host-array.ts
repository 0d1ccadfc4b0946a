/** Plain C++ types for arrays in host memory that have the layout of the device. */
import type { ElementName, Extent, StorageType } from '@qernel/dsl'
import { elementsPerUnit } from '@qernel/dsl/internal'

/** An element in plain C++. */
interface HostElement {
  /** The type of the element, or of its bits. */
  readonly type: string
  /** The reference functions that convert its bits to a value and back. */
  readonly convert?: { readonly value: string; readonly bits: string }
}

const float = (type: string, name: string): HostElement => ({
  type,
  convert: { value: `${name}_value`, bits: `${name}_bits` },
})
const inWords = undefined

const elements: Readonly<Record<ElementName, HostElement | typeof inWords>> = {
  f32: { type: 'float' },
  f16: float('uint16_t', 'f16'),
  bf16: float('uint16_t', 'bf16'),
  f8e4m3: float('uint8_t', 'f8e4m3'),
  f8e5m2: float('uint8_t', 'f8e5m2'),
  i32: { type: 'int32_t' },
  u32: { type: 'uint32_t' },
  i8: { type: 'int8_t' },
  u8: { type: 'uint8_t' },
  i4: inWords,
  u4: inWords,
  i3: inWords,
  u3: inWords,
  i2: inWords,
  u2: inWords,
}

/** Whether several elements share a word. */
export const isPackedType = ({ element }: StorageType): boolean => elements[element] === inWords

/** The C++ type of an element, of the bits of a narrow float, or of a word of codes. */
export const hostElement = ({ element }: StorageType): string => elements[element]?.type ?? 'uint32_t'

/** The functions that convert between the bits of a narrow float and its value. */
export const hostConversions = ({ element }: StorageType): HostElement['convert'] => elements[element]?.convert

/** The number of `hostElement` elements in a row of `columns` elements, in C++ (`divide` is `/`) or Python (`//`). */
export function pitchText(type: StorageType, columns: string, divide: '/' | '//' = '/'): string {
  if (!isPackedType(type)) return columns
  const unit = elementsPerUnit(type)
  const words = (unit * type.bits) / 32
  if (/^\d+$/.test(columns)) return String(Math.ceil(Number(columns) / unit) * words)
  return `(${columns} + ${unit - 1}) ${divide} ${unit}${words === 1 ? '' : ` * ${words}`}`
}

/** A length as an expression of sizes, in C++ (`divide` is `/`) or Python (`//`). */
export function extentText(extent: Extent, sizeOf: (size: string) => string, divide: '/' | '//' = '/'): string {
  if (typeof extent === 'number') return String(extent)
  const size = sizeOf(extent.size)
  const known = /^\d+$/.test(size) ? Math.ceil(Number(size) / extent.dividedBy) : undefined
  if (known !== undefined) return String((extent.times ?? 1) * known + (extent.plus ?? 0))
  const quotient = extent.dividedBy === 1 ? size : `(${size} + ${extent.dividedBy - 1}) ${divide} ${extent.dividedBy}`
  const product = extent.times === undefined ? quotient : `${extent.times} * (${quotient})`
  return extent.plus === undefined ? product : `${product} + ${extent.plus}`
}
