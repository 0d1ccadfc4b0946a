/** The meaning of the bits of an element: one codec per element type. */
import { type ElementName, type FloatFormat, f8e4m3, f8e5m2, type StorageType } from '../ir/types.ts'
import { bfloat16Bits, bfloat16Value, float16Bits, float16Value } from './float-formats.ts'
import { float8Decoder, float8Encoder } from './float8.ts'

/** Converts between values of a compute type and the bits of an element. */
export interface Codec {
  /** The bits of a value in the low bits of a word, the others 0: of the nearest value for floats, the low bits for integers. */
  readonly encode: (value: number) => number
  /** The value of the low bits of a word; the bits above are ignored. */
  readonly decode: (bits: number) => number
}

const word = new Uint32Array(1)
const value = new Float32Array(word.buffer)
const float32: Codec = {
  encode: x => {
    value[0] = x
    return word[0] as number
  },
  decode: bits => {
    word[0] = bits
    return value[0] as number
  },
}
const float8 = ({ float }: StorageType): Codec => ({
  encode: float8Encoder(float as FloatFormat),
  decode: float8Decoder(float as FloatFormat),
})
/** A shift by 32 would do nothing; 32-bit types shift by 0, since they have no spare bits. */
const signed = (bits: number): Codec => ({
  encode: x => (x << (32 - bits)) >>> (32 - bits),
  decode: x => (x << (32 - bits)) >> (32 - bits),
})
const unsigned = (bits: number): Codec => ({ encode: signed(bits).encode, decode: signed(bits).encode })

const codecs: Readonly<Record<ElementName, Codec>> = {
  f32: float32,
  f16: { encode: float16Bits, decode: float16Value },
  bf16: { encode: bfloat16Bits, decode: bfloat16Value },
  f8e4m3: float8(f8e4m3),
  f8e5m2: float8(f8e5m2),
  i32: signed(32),
  u32: unsigned(32),
  i8: signed(8),
  u8: unsigned(8),
  i4: signed(4),
  u4: unsigned(4),
  i3: signed(3),
  u3: unsigned(3),
  i2: signed(2),
  u2: unsigned(2),
}

/** How values become bits of a storage type, and back. */
export const codecOf = ({ element }: Pick<StorageType, 'element'>): Codec => codecs[element]
