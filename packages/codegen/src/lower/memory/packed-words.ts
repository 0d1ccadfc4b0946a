/** Sub-word elements in 32-bit words, least significant bits first: cutting them out and putting them in. */
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
 * @param word gives the word at a position of the row
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

/** The slot of an element, as `slotOf` of the language. */
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
 * Elements whose bits do not divide a word, such as those of 3: a stream of bits whose elements may begin in one word and end in the next. As many of them
 * as fill whole words are a unit (32 in 3 words); bits are counted within it, since those of a whole row may be more than 2^32.
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
  // What ends in the next word is never in the last one of its unit; the shift by 32 − 0 is masked off.
  const last = sum(unit, op('min', u32Type, sum(inUnit, literal(1)), literal(words - 1)))
  const high = shiftLeft(shiftLeft(word(last), literal(1)), op('sub', u32Type, literal(31), shift))
  return op('or', u32Type, shiftRight(word(position), shift), high)
}

/**
 * Words out of pieces: whole words as they are, narrower pieces shifted together.
 *
 * @param elements how many elements each piece has: as many as fill a word, or one
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
