import {
  abs,
  f16,
  f32,
  field,
  type Index,
  i8,
  type Kernel,
  kernel,
  max,
  type StorageType,
  type Tensor,
  u8,
} from '@qernel/dsl'
import { float16Value } from '@qernel/dsl/internal'
import { largestByMagnitude } from './llama-cpp.ts'
import { byteOfNibbles, nibbleOf } from './nibbles.ts'
import { reciprocalOrZero } from './reciprocal.ts'

/** Elements of a block, along the row. */
const block = 32

/** The element e of block b. */
const at = (b: Index, e: Index): Index => b.mul(block).add(e)

const q8Layout = { d: { type: f16 }, q: { type: i8, length: block } } as const
const q4Layout = { d: { type: f16 }, q: { type: u8, length: block / 2 } } as const

/**
 * llama.cpp's `q8_0` as its files hold it: blocks of 34 bytes, {f16 d, i8[32]}, 8.5 bits per element. x [T, D] → blocks u8
 * [T, 34 · D/32]: D/32 blocks per row, one after another. D is a multiple of 32. If memory is addressed in words
 * (WGSL), rows begin on a word, as in all arrays: rows with an odd number of blocks (D = 96) are followed by 2 padding
 * bytes.
 *
 * d = max |x| / 127, q = roundHalfAway(x · (d ? 1/d : 0)), with the f32 d; d is stored in f16. What NaN, infinities and zeros do and
 * the error are as in `llama_cpp_q8_0`, which keeps d and q in separate arrays.
 */
export const q8_0Blocks = (element: StorageType = f32): Kernel =>
  kernel(
    'llama_cpp_q8_0_blocks',
    ({ size, input, temporary, outputRecord }) => {
      const T = size('T')
      const D = size('D', { multipleOf: block })
      const count = D.groups(block).count
      const x = input('x', element, [T, D])
      const step = temporary('step', f32, { t: T, b: count }, (t, b) =>
        max({ e: block }, e => abs(x(t, at(b, e)))).div(127),
      )
      outputRecord(
        'blocks',
        { t: T, b: count },
        {
          d: field(f16, (t, b) => step(t, b)),
          q: field(i8, { e: block }, (t, b, e) =>
            x(t, at(b, e))
              .mul(reciprocalOrZero(step(t, b)))
              .roundHalfAway(),
          ),
        },
      )
    },
    "llama.cpp's q8_0, blocks of 34 bytes: d = max |x| / 127 in f16, then 32 codes roundHalfAway(x · (1/d))",
  )

/** The inverse: blocks u8 [T, 34 · B] → x = q · d, [T, B, 32]: the elements of [T, 32 · B] in their order. */
export const q8_0BlocksDequantize = (element: StorageType = f32): Kernel =>
  kernel(
    'llama_cpp_q8_0_blocks_dequantize',
    ({ size, inputRecord, output }) => {
      const T = size('T')
      const B = size('B')
      const blocks = inputRecord('blocks', [T, B], q8Layout)
      output('x', element, { t: T, b: B, e: block }, (t, b, e) => blocks.q(t, b, e).toF32().mul(blocks.d(t, b)))
    },
    "llama.cpp's q8_0 blocks, back to floats: x = q · d; B blocks per row",
  )

/**
 * llama.cpp's `q4_0` as its files hold it: blocks of 18 bytes, {f16 d, u8[16]}, 4.5 bits per element. x [T, D] → blocks u8
 * [T, 18 · D/32]; the byte j of a block holds the code of its element j in the low nibble, that of element j + 16 in the high one. D is
 * a multiple of 32; rows lie as in `llama_cpp_q8_0_blocks`.
 *
 * m = the element of largest magnitude, the first on a tie, with its sign; d = m/−8; q = min(15, trunc(x · (d ? 1/d : 0) + 8.5)), with
 * the f32 d. Special values and the error are as in `llama_cpp_q4_0`, which keeps d and q in separate arrays.
 */
export const q4_0Blocks = (element: StorageType = f32): Kernel =>
  kernel(
    'llama_cpp_q4_0_blocks',
    ({ size, input, temporary, outputRecord }) => {
      const T = size('T')
      const D = size('D', { multipleOf: block })
      const count = D.groups(block).count
      const x = input('x', element, [T, D])
      const step = temporary('step', f32, { t: T, b: count }, (t, b) =>
        largestByMagnitude((half, j) => x(t, at(b, half.mul(block / 2).add(j)))).div(-8),
      )
      outputRecord(
        'blocks',
        { t: T, b: count },
        {
          d: field(f16, (t, b) => step(t, b)),
          q: field(u8, { j: block / 2 }, (t, b, j) => {
            const code = (e: Index) =>
              x(t, at(b, e))
                .mul(reciprocalOrZero(step(t, b)))
                .add(8.5)
                .trunc()
                .clamp(0, 15)
            return byteOfNibbles(code(j), code(j.add(block / 2)))
          }),
        },
      )
    },
    "llama.cpp's q4_0, blocks of 18 bytes: d = (largest by magnitude)/−8 in f16, then nibbles trunc(x · (1/d) + 8.5)",
  )

/** The inverse: blocks u8 [T, 18 · B] → x = (nibble − 8) · d, [T, B, 2, 16]: the elements of [T, 32 · B] in their order. */
export const q4_0BlocksDequantize = (element: StorageType = f32): Kernel =>
  kernel(
    'llama_cpp_q4_0_blocks_dequantize',
    ({ size, inputRecord, output }) => {
      const T = size('T')
      const B = size('B')
      const blocks = inputRecord('blocks', [T, B], q4Layout)
      output('x', element, { t: T, b: B, nibble: 2, j: block / 2 }, (t, b, nibble, j) => {
        return nibbleOf(blocks.q(t, b, j), nibble)
          .sub(8)
          .mul(blocks.d(t, b))
      })
    },
    "llama.cpp's q4_0 blocks, back to floats: x = (nibble − 8) · d; B blocks per row",
  )

/** The scales of blocks of `bytes`. */
const scalesOf =
  (bytes: number) =>
  ({ data }: Tensor): number[] =>
    Array.from({ length: data.length / bytes }, (_, i) =>
      float16Value((data[i * bytes] as number) | ((data[i * bytes + 1] as number) << 8)),
    )
export const q8_0Scales = scalesOf(2 + block)
export const q4_0Scales = scalesOf(2 + block / 2)
