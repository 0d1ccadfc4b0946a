/** Arrays of host memory in the layout of the device, as plain C++ sees them. */
import type { Extent, StorageType } from '@qernel/dsl'
import { elementsPerUnit } from '@qernel/dsl/internal'

const plain: Readonly<Record<string, string>> = {
  f32: 'float',
  i32: 'int32_t',
  u32: 'uint32_t',
  i8: 'int8_t',
  u8: 'uint8_t',
  f16: 'uint16_t',
  bf16: 'uint16_t',
}

/** Whether several elements share a word. */
export const isPackedType = ({ name }: StorageType): boolean => !Object.hasOwn(plain, name)

/** The C++ type of an element, of the bits of a 16-bit float, or of a word of codes. */
export const hostElement = ({ name }: StorageType): string => plain[name] ?? 'uint32_t'

/** Elements of `hostElement` in a row of `columns` elements, as C++ (`divide` is `/`) or Python (`//`). */
export function pitchText(type: StorageType, columns: string, divide: '/' | '//' = '/'): string {
  if (!isPackedType(type)) return columns
  const unit = elementsPerUnit(type)
  const words = (unit * type.bits) / 32
  if (/^\d+$/.test(columns)) return String(Math.ceil(Number(columns) / unit) * words)
  return `(${columns} + ${unit - 1}) ${divide} ${unit}${words === 1 ? '' : ` * ${words}`}`
}

/** A length as an expression of sizes, in C++ (`divide` is `/`) or in Python (`//`). */
export function extentText(extent: Extent, sizeOf: (size: string) => string, divide: '/' | '//' = '/'): string {
  if (typeof extent === 'number') return String(extent)
  const size = sizeOf(extent.size)
  const known = /^\d+$/.test(size) ? Math.ceil(Number(size) / extent.dividedBy) : undefined
  if (known !== undefined) return String((extent.times ?? 1) * known + (extent.plus ?? 0))
  const quotient = extent.dividedBy === 1 ? size : `(${size} + ${extent.dividedBy - 1}) ${divide} ${extent.dividedBy}`
  const product = extent.times === undefined ? quotient : `${extent.times} * (${quotient})`
  return extent.plus === undefined ? product : `${product} + ${extent.plus}`
}
