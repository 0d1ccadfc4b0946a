/** Conversions between the bits of elements in words and their values. */
import type { ElementName, StorageType } from '@qernel/dsl'
import type { DeviceOperation } from '../../operations/device-operations.ts'
import type { DeviceExpr } from '../../program/device-program.ts'
import { f32Type, i32Type, u32Type } from '../../program/device-type.ts'
import { literal, op } from '../../program/expressions.ts'

export interface ElementCodec {
  /** The value of the low bits of a word; the other bits are ignored. */
  readonly decode: (word: DeviceExpr) => DeviceExpr
  /** The bits of a value, in the low bits of a word whose other bits are 0. */
  readonly encode: (value: DeviceExpr) => DeviceExpr
  /** The operations that unpack and pack whole words, and the number of elements per word. */
  readonly words?: { readonly lanes: 2 | 4; readonly unpack: DeviceOperation; readonly pack: DeviceOperation }
  /** The operation that rounds values to the element type, also on vectors. Without one, values are encoded and decoded. */
  readonly narrow?: DeviceOperation
}

const low = (bits: number): DeviceExpr => literal(2 ** bits - 1)
const asWord = (value: DeviceExpr): DeviceExpr =>
  value.type.scalar === 'u32' ? value : op('bitcastU32', u32Type, value)

const unsigned = (bits: number): ElementCodec => ({
  decode: word => (bits === 32 ? word : op('and', u32Type, word, low(bits))),
  encode: asWord,
})
const signed = (bits: number): ElementCodec => {
  const spare = literal(32 - bits)
  return {
    decode: word => {
      if (bits === 32) return op('bitcastI32', i32Type, word)
      const raised = op('bitcastI32', i32Type, op('shiftLeft', u32Type, word, spare))
      return op('shiftRight', i32Type, raised, spare)
    },
    encode: value => (bits === 32 ? asWord(value) : op('and', u32Type, asWord(value), low(bits))),
  }
}
const float8 = (decode: DeviceOperation, encode: DeviceOperation): ElementCodec => ({
  decode: word => op(decode, f32Type, word),
  encode: value => op(encode, u32Type, value),
})

const codecs: Readonly<Record<ElementName, ElementCodec>> = {
  f32: { decode: word => op('bitcastF32', f32Type, word), encode: value => op('bitcastU32', u32Type, value) },
  f16: {
    decode: word => op('f16FromBits', f32Type, word),
    encode: value => op('bitsOfF16', u32Type, value),
    words: { lanes: 2, unpack: 'unpackF16', pack: 'packF16' },
    narrow: 'narrowF16',
  },
  bf16: {
    decode: word => op('bitcastF32', f32Type, op('shiftLeft', u32Type, word, literal(16))),
    encode: value => op('packBf16', u32Type, value),
    narrow: 'narrowBf16',
  },
  f8e4m3: float8('f8e4m3FromBits', 'bitsOfF8e4m3'),
  f8e5m2: float8('f8e5m2FromBits', 'bitsOfF8e5m2'),
  i32: signed(32),
  u32: unsigned(32),
  i8: { ...signed(8), words: { lanes: 4, unpack: 'unpackI8', pack: 'packI8' } },
  u8: { ...unsigned(8), words: { lanes: 4, unpack: 'unpackU8', pack: 'packU8' } },
  i4: signed(4),
  u4: unsigned(4),
  i3: signed(3),
  u3: unsigned(3),
  i2: signed(2),
  u2: unsigned(2),
}

export const elementCodec = ({ element }: StorageType): ElementCodec => codecs[element]
