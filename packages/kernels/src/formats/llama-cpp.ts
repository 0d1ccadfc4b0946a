import {
  abs,
  f16,
  f32,
  type Index,
  i8,
  type Kernel,
  kernel,
  max,
  min,
  type StorageType,
  select,
  u8,
  type Value,
} from '@qernel/dsl'
import { byteOfNibbles, nibbleOf } from './nibbles.ts'
import { reciprocalOrZero } from './reciprocal.ts'

/** Elements of a block, along the row. */
const block = 32

/**
 * llama.cpp's `q8_0`: blocks of 32 along the row, {f16 d, i8[32]}, 8.5 bits per element. x [T, D] → d f16 [T, D/32], q i8 [T, D].
 *
 * d = max |x| / 127, q = roundHalfAway(x · (d ? 1/d : 0)), with the f32 d; d is stored in f16. A block of a file is its d and then
 * its 32 codes, 34 bytes: `q8_0Blocks` stores those; here d and q are separate arrays, which suits GPUs better. This is its
 * reference, `quantize_row_q8_0_ref`; its AVX code multiplies by 127 / max |x| and rounds halves to even, so that 2.5% of the blocks of
 * the example keys differ in a code.
 *
 * NaN does not count in the maximum and gets code 0 (llama.cpp leaves it undefined); an all-zero block has d = 0 and comes back
 * exactly; a block with an infinity, or with |x| above 65504 · 127, has d = ∞. Where d underflows f16 the block comes back as 0.
 * Error of a finite block: |x − q·d| ≤ d/2 + 127 · max(d · 2^-11, 2^-25).
 */
export const q8_0 = (element: StorageType = f32): Kernel =>
  kernel(
    'llama_cpp_q8_0',
    ({ size, input, output, temporary }) => {
      const T = size('T')
      const D = size('D', { multipleOf: block })
      const blocks = D.groups(block)
      const x = input('x', element, [T, D])
      const step = temporary('step', f32, { t: T, b: blocks.count }, (t, b) =>
        max({ d: blocks.at(b) }, d => abs(x(t, d))).div(127),
      )
      output('d', f16, { t: T, b: blocks.count }, (t, b) => step(t, b))
      output('q', i8, { t: T, d: blocks }, (t, d) =>
        x(t, d)
          .mul(reciprocalOrZero(step(t, d.group)))
          .roundHalfAway(),
      )
    },
    "llama.cpp's q8_0, d and codes apart: d = max |x| / 127, q = roundHalfAway(x · (1/d)), blocks of 32",
  )

/** The inverse: x = q · d. */
export const q8_0Dequantize = (element: StorageType = f32): Kernel =>
  kernel(
    'llama_cpp_q8_0_dequantize',
    ({ size, input, output }) => {
      const T = size('T')
      const D = size('D', { multipleOf: block })
      const blocks = D.groups(block)
      const d = input('d', f16, [T, blocks.count])
      const q = input('q', i8, [T, D])
      output('x', element, { t: T, e: blocks }, (t, e) => q(t, e).toF32().mul(d(t, e.group)))
    },
    "llama.cpp's q8_0, back to floats: x = q · d",
  )

/**
 * The element of largest magnitude of a block in two halves, the first on a tie, with its sign: the positive one unless the negative
 * one comes earlier. The halves are separate because the nibbles need them so, and one load serves both; the value
 * results from comparisons, not from a load at the index found.
 */
export function largestByMagnitude(element: (half: Index, j: Index) => Value): Value {
  const halves = { half: 2, j: block / 2 }
  const largest = max(halves, (half, j) => abs(element(half, j)))
  const firstOf = (wanted: Value): Value =>
    min(halves, (half, j) =>
      element(half, j)
        .eq(wanted)
        .select(
          half
            .mul(block / 2)
            .add(j)
            .value(),
          block,
        ),
    )
  return select(firstOf(largest).le(firstOf(largest.neg())), largest, largest.neg())
}

/**
 * llama.cpp's `q4_0`: blocks of 32 along the row, {f16 d, u8[16]}, 4.5 bits per element. x [T, D] → d f16 [T, D/32],
 * q u8 [T, D/32, 16]: the byte j of a block holds the code of its element j in the low nibble, that of element j + 16 in the high one.
 *
 * m = the element of largest magnitude, the first on a tie, with its sign; d = m/−8; q = min(15, trunc(x · (d ? 1/d : 0) + 8.5)), with
 * the f32 d; d is stored in f16; x̂ = (q − 8)·d (`quantize_row_q4_0_ref`).
 *
 * An all-zero block has d = −0 and codes 8. NaN is never the largest and gets code 0, which is −8·d (llama.cpp leaves it to the machine;
 * x86 gives 0 as well); the element in its byte keeps its code. A block with an infinity has an infinite d: its infinities get code 0 and
 * come back infinite, all others get code 8 and come back as NaN. From |x| = 65520 · 8 on, d overflows f16 alone: the codes are as ever, but
 * nothing comes back finite. Error of a finite block: |x − x̂| ≤ |d| + 8 · max(|d| · 2^-11, 2^-25): the element at the far end of the range,
 * −m, has no code of its own.
 */
export const q4_0 = (element: StorageType = f32): Kernel =>
  kernel(
    'llama_cpp_q4_0',
    ({ size, input, output, temporary }) => {
      const T = size('T')
      const D = size('D', { multipleOf: block })
      const blocks = D.groups(block)
      const x = input('x', element, [T, D])
      const at = (b: Index, half: Index, j: Index): Index =>
        b
          .mul(block)
          .add(half.mul(block / 2))
          .add(j)
      const step = temporary('step', f32, { t: T, b: blocks.count }, (t, b) =>
        largestByMagnitude((half, j) => x(t, at(b, half, j))).div(-8),
      )
      output('d', f16, { t: T, b: blocks.count }, (t, b) => step(t, b))
      output('q', u8, { t: T, b: blocks.count, j: block / 2 }, (t, b, j) => {
        const code = (value: Value) =>
          value
            .mul(reciprocalOrZero(step(t, b)))
            .add(8.5)
            .trunc()
            .clamp(0, 15)
        const low = b.mul(block).add(j)
        return byteOfNibbles(code(x(t, low)), code(x(t, low.add(block / 2))))
      })
    },
    "llama.cpp's q4_0, d and codes apart: d = (largest by magnitude)/−8, q = min(15, trunc(x · (1/d) + 8.5)), nibbles j and j + 16",
  )

/** The inverse: x = (nibble − 8) · d, of B blocks per row: [T, B, 2, 16], the same bytes as [T, 32·B]. */
export const q4_0Dequantize = (element: StorageType = f32): Kernel =>
  kernel(
    'llama_cpp_q4_0_dequantize',
    ({ size, input, output }) => {
      const T = size('T')
      const B = size('B')
      const d = input('d', f16, [T, B])
      const q = input('q', u8, [T, B, block / 2])
      output('x', element, { t: T, b: B, half: 2, j: block / 2 }, (t, b, half, j) => {
        return nibbleOf(q(t, b, j), half)
          .sub(8)
          .mul(d(t, b))
      })
    },
    "llama.cpp's q4_0, back to floats: x = (nibble − 8) · d",
  )
