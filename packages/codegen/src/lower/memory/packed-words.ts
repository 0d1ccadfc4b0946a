/** Extracts sub-word elements from 32-bit words and packs them, least significant bits first. */
import type { StorageType } from '@qernel/dsl'
import { elementsPerUnit, slotOf } from '@qernel/dsl/internal'
import type { DeviceExpr } from '../../program/device-program.ts'
import { boolType, u32Type } from '../../program/device-type.ts'
import { literal, op, product, quotient, remainder, sum } from '../../program/expressions.ts'
import { elementCodec } from './element-codecs.ts'

const shiftRight = (a: DeviceExpr, by: DeviceExpr): DeviceExpr =>
  by.kind === 'literal' && by.value === 0 ? a : op('shiftRight', a.type, a, by)
const shiftLeft = (a: DeviceExpr, by: DeviceExpr): DeviceExpr =>
  by.kind === 'literal' && by.value === 0 ? a : op('shiftLeft', a.type, a, by)

/**
 * The element at position `at` of a row, widened to its compute type.
 *
 * @param word returns the word at a position of the row
 */
export function extractPacked(
  type: StorageType,
  at: DeviceExpr,
  word: (position: DeviceExpr) => DeviceExpr,
): DeviceExpr {
  const { bits } = type
  const slot = slotAt(type, at)
  const low =
    32 % bits !== 0
      ? straddling(type, slot, word)
      : shiftRight(word(quotient(slot, 32 / bits)), product(remainder(slot, 32 / bits), literal(bits)))
  return elementCodec(type).decode(low)
}

/** The slot of an element, like `slotOf` of the language. */
function slotAt(type: StorageType, at: DeviceExpr): DeviceExpr {
  if (type.halves === undefined) return at
  if (at.kind === 'literal') return literal(slotOf(type, at.value))
  const half = type.halves / 2
  const within = remainder(at, type.halves)
  const isLow = op('lt', boolType, within, literal(half))
  const low = product(within, literal(2))
  const inBlock = op('select', u32Type, isLow, low, op('sub', u32Type, low, literal(type.halves - 1)))
  return sum(product(quotient(at, type.halves), literal(type.halves)), inBlock)
}

/**
 * Extracts an element whose number of bits does not divide 32, such as 3. The row is a stream of bits in which an element may begin in one word and
 * end in the next. The elements that fill whole words are a unit (32 in 3 words). Bits are counted within a unit, since a row may have more than 2^32.
 */
function straddling(type: StorageType, at: DeviceExpr, word: (position: DeviceExpr) => DeviceExpr): DeviceExpr {
  const { bits } = type
  const elements = elementsPerUnit(type)
  const words = (elements * bits) / 32
  const unit = product(quotient(at, elements), literal(words))
  const bit = product(remainder(at, elements), literal(bits))
  const inUnit = quotient(bit, 32)
  const position = sum(unit, inUnit)
  const shift = remainder(bit, 32)
  if (shift.kind === 'literal') {
    const low = shiftRight(word(position), shift)
    return shift.value <= 32 - bits
      ? low
      : op('or', u32Type, low, shiftLeft(word(sum(position, literal(1))), literal(32 - shift.value)))
  }
  // An element in the last word of its unit never continues, so `last` may be that same word. Shifting by 1 and then by 31 − shift avoids a shift
  // by 32.
  const last = sum(unit, op('min', u32Type, sum(inUnit, literal(1)), literal(words - 1)))
  const high = shiftLeft(shiftLeft(word(last), literal(1)), op('sub', u32Type, literal(31), shift))
  return op('or', u32Type, shiftRight(word(position), shift), high)
}

/**
 * Makes words of pieces. Pieces that are whole words stay as they are; narrower ones are shifted and combined.
 *
 * @param elements the number of elements per piece: as many as fill a word, or one
 */
export function packWords(type: StorageType, pieces: readonly DeviceExpr[], elements: number): DeviceExpr[] {
  if (elements * type.bits === 32) return [...pieces]
  const words: DeviceExpr[][] = []
  const put = (word: number, piece: DeviceExpr): void => {
    words[word] = [...(words[word] ?? []), piece]
  }
  for (const [i, piece] of pieces.entries()) {
    const bit = slotOf(type, i) * type.bits
    const word = Math.floor(bit / 32)
    const shift = bit % 32
    put(word, shiftLeft(piece, literal(shift)))
    if (shift + type.bits > 32) put(word + 1, shiftRight(piece, literal(32 - shift)))
  }
  return words.map(parts => parts.reduce((a, b) => op('or', u32Type, a, b)))
}
