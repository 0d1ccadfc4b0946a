import { greatestCommonDivisor } from '../numbers/divisors.ts'

/**
 * Storage types: how an element lies in memory. Arithmetic happens in the compute types; a load widens, a store narrows.
 *
 * Sub-word types are packed into 32-bit words, least significant bits first: element `i` of a row lies at bits
 * `bits·i … bits·(i+1) − 1` of the row's bit stream, so 3-bit codes straddle words and 32 of them are exactly 3 words.
 * Rows start on a whole word.
 */
export type ComputeType = 'f32' | 'i32' | 'u32' | 'bool'

/** The names of all element types: the keys of every table about them. */
export const elementNames = [
  ...(['f32', 'f16', 'bf16', 'f8e4m3', 'f8e5m2'] as const),
  ...(['i32', 'u32', 'i8', 'u8', 'i4', 'u4', 'i3', 'u3', 'i2', 'u2'] as const),
] as const
/** The type of one element of an array, regardless of the order of elements. */
export type ElementName = (typeof elementNames)[number]

/** A storage type: its width, how its bits are read, and the compute type of a load. */
export interface StorageType {
  /** The name of the element type, with a suffix if the elements are not in their natural order. */
  readonly name: string
  readonly element: ElementName
  /** Width of one element in bits. */
  readonly bits: number
  readonly kind: 'float' | 'signed' | 'unsigned'
  /** The type of the value that a load yields. */
  readonly compute: 'f32' | 'i32' | 'u32'
  /**
   * Length of the blocks whose two halves are interleaved: element j of a block lies beside element j + halves/2, as in
   * llama.cpp's q4_0 (32) and in words ordered 0, 4, 1, 5, … (8). Absent where elements lie in their order.
   */
  readonly halves?: number
  /** For floats only. */
  readonly float?: FloatFormat
}

/** How the bits of a float are read: a sign, exponent and mantissa. */
export interface FloatFormat {
  readonly exponentBits: number
  readonly mantissaBits: number
  /** Whether the largest exponent is reserved for infinities and NaN, as in IEEE 754. If not, all its numbers are finite except the last, which is NaN. */
  readonly hasInfinity: boolean
}

const float = (element: ElementName, exponentBits: number, mantissaBits: number, hasInfinity = true): StorageType => ({
  name: element,
  element,
  bits: 1 + exponentBits + mantissaBits,
  kind: 'float',
  compute: 'f32',
  float: { exponentBits, mantissaBits, hasInfinity },
})
type Width = 32 | 8 | 4 | 3 | 2
const signed = (bits: Width): StorageType => {
  const element = `i${bits}` as const
  return { name: element, element, bits, kind: 'signed', compute: 'i32' }
}
const unsigned = (bits: Width): StorageType => {
  const element = `u${bits}` as const
  return { name: element, element, bits, kind: 'unsigned', compute: 'u32' }
}

/** Whether a store of an f32 rounds it. */
export const isNarrowFloat = ({ kind, bits }: StorageType): boolean => kind === 'float' && bits < 32

/** IEEE 754 binary32. */
export const f32 = float('f32', 8, 23)
/**
 * IEEE 754 binary16: 5 exponent bits, 10 of mantissa. Loads give f32; stores round to nearest, ties to even, and
 * overflow to infinity.
 */
export const f16 = float('f16', 5, 10)
/** bfloat16: 8 exponent bits, 7 of mantissa. Loads give f32; stores round to nearest, ties to even. */
export const bf16 = float('bf16', 8, 7)
/**
 * E4M3 of the OCP 8-bit Floating Point Specification (`float8_e4m3fn` elsewhere): 4 exponent bits, 3 of mantissa, the largest value 448, no
 * infinities, NaN where all seven bits are ones. Loads give f32; stores round to nearest, ties to even. Values that
 * round to more than 448, and infinities, become NaN, as in PyTorch and ml_dtypes; to saturate, clamp to −448 … 448
 * before the store.
 */
export const f8e4m3 = float('f8e4m3', 4, 3, false)
/**
 * E5M2 of the OCP 8-bit Floating Point Specification: 5 exponent bits, 2 of mantissa, the largest value 57,344, infinities and NaN as in IEEE 754.
 * Loads give f32; stores round to nearest, ties to even, and overflow to infinity; to saturate, clamp to −57344 … 57344 before the store.
 */
export const f8e5m2 = float('f8e5m2', 5, 2)
/** 32-bit signed integers. */
export const i32 = signed(32)
/** Bytes, −128 … 127. */
export const i8 = signed(8)
/** Four-bit signed integers, −8 … 7, eight in a word. */
export const i4 = signed(4)
/** Three-bit signed integers, −4 … 3, 32 in three words. */
export const i3 = signed(3)
/** Two-bit signed integers, −2 … 1, sixteen in a word. */
export const i2 = signed(2)
/** 32-bit unsigned integers. */
export const u32 = unsigned(32)
/** Bytes, 0 … 255. */
export const u8 = unsigned(8)
/** Four-bit unsigned integers, 0 … 15, eight in a word. */
export const u4 = unsigned(4)
/** Three-bit unsigned integers, 0 … 7, 32 in three words. */
export const u3 = unsigned(3)
/** Two-bit unsigned integers, 0 … 3, sixteen in a word. */
export const u2 = unsigned(2)

/** The storage type of each element type, with elements in their natural order. */
export const elementTypes: Readonly<Record<ElementName, StorageType>> = {
  ...{ f32, f16, bf16, f8e4m3, f8e5m2 },
  ...{ i32, u32, i8, u8, i4, u4, i3, u3, i2, u2 },
}

/** Every storage type by name, in the order that messages list them. */
export const storageTypes: ReadonlyMap<string, StorageType> = new Map(Object.entries(elementTypes))

/** Lowest and highest value of an integer type. */
export function integerRange({ kind, bits }: StorageType): { readonly low: number; readonly high: number } {
  if (bits === 32) return kind === 'signed' ? { low: -2147483648, high: 2147483647 } : { low: 0, high: 4294967295 }
  return kind === 'signed'
    ? { low: -(1 << (bits - 1)), high: (1 << (bits - 1)) - 1 }
    : { low: 0, high: (1 << bits) - 1 }
}

/**
 * The type with its elements in half-split blocks: the low code of each pair comes from the first half of the block, the
 * high one from the second. Rows are whole blocks.
 *
 * @throws RangeError unless the type is packed 2- or 4-bit codes and blocks are whole words of an even number of elements
 */
export function halfSplit(type: StorageType, block: number): StorageType {
  if (type.kind === 'float' || type.bits > 4 || type.bits === 3 || type.halves !== undefined)
    throw new RangeError(`${type.name} is not a type of 2- or 4-bit codes, so its blocks have no halves`)
  if (!Number.isInteger(block) || block < 1 || (block * type.bits) % 32 !== 0)
    throw new RangeError(
      `blocks of ${block} ${type.name} do not fill whole words; a multiple of ${32 / type.bits} does`,
    )
  return { ...type, name: `${type.name}h${block}`, halves: block }
}

/** The position of an element in the bit stream of its row, counted in elements. */
export function slotOf({ halves }: StorageType, element: number): number {
  if (halves === undefined) return element
  const within = element % halves
  return element - within + (within < halves / 2 ? 2 * within : 2 * within - halves + 1)
}

/**
 * The fewest elements that fill whole 32-bit words: one invocation owns a multiple of this many in a packed row.
 * f32: 1, f16: 2, i8: 4, i4: 8, i3: 32, i2: 16.
 */
export function elementsPerUnit(type: StorageType): number {
  return type.halves ?? 32 / greatestCommonDivisor(32, type.bits)
}
