/**
 * llama.cpp's q4_0: blocks of 32 along the row; the byte j of a block holds the codes of its elements j and j + 16. d and codes apart, or as the blocks
 * of 18 bytes of its files.
 */
import { abs, clamp, f16, f32, field, kernel, max, min, type StorageType, trunc, u8 } from '@qernel/dsl/source'
import { byteOfNibbles, nibbleOf } from './nibbles.ts'
import { reciprocalOrZero } from './reciprocal.ts'

/** Elements of a block, and bytes of its codes. */
const block = 32
const bytes = block / 2

/** The element of largest magnitude, the first on a tie, with its sign: the positive one unless the negative one comes earlier. */
const largestByMagnitude = (element: (half: number, j: number) => number) => {
  const largest = max({ half: 2, j: bytes }, (half, j) => abs(element(half, j)))
  const firstOf = (wanted: number) =>
    min({ half: 2, j: bytes }, (half, j) => (element(half, j) === wanted ? half * bytes + j : block))
  return firstOf(largest) <= firstOf(-largest) ? largest : -largest
}

const codeOf = (x: number, step: number) => clamp(trunc(x * reciprocalOrZero(step) + 8.5), 0, 15)

export const q4_0 = (element: StorageType = f32) =>
  kernel(
    'llama_cpp_q4_0',
    ({ size, input, output, temporary }) => {
      const T = size('T')
      const D = size('D', { multipleOf: block })
      const count = D.groups(block).count
      const x = input('x', element, [T, D])
      const step = temporary(
        'step',
        f32,
        { t: T, b: count },
        (t, b) => largestByMagnitude((half, j) => x(t, b * block + half * bytes + j)) / -8,
      )
      output('d', f16, { t: T, b: count }, (t, b) => step(t, b))
      output('q', u8, { t: T, b: count, j: bytes }, (t, b, j) => {
        const code = (e: number) => codeOf(x(t, b * block + e), step(t, b))
        return byteOfNibbles(code(j), code(j + bytes))
      })
    },
    "llama.cpp's q4_0, d and codes apart: d = (largest by magnitude)/−8, q = min(15, trunc(x · (1/d) + 8.5)), nibbles j and j + 16",
  )

/** The inverse. */
export const q4_0Dequantize = (element: StorageType = f32) =>
  kernel(
    'llama_cpp_q4_0_dequantize',
    ({ size, input, output }) => {
      const T = size('T')
      const B = size('B')
      const d = input('d', f16, [T, B])
      const q = input('q', u8, [T, B, bytes])
      output(
        'x',
        element,
        { t: T, b: B, half: 2, j: bytes },
        (t, b, half, j) => (nibbleOf(q(t, b, j), half) - 8) * d(t, b),
      )
    },
    "llama.cpp's q4_0, back to floats: x = (nibble − 8) · d",
  )

export const q4_0Blocks = (element: StorageType = f32) =>
  kernel(
    'llama_cpp_q4_0_blocks',
    ({ size, input, temporary, outputRecord }) => {
      const T = size('T')
      const D = size('D', { multipleOf: block })
      const count = D.groups(block).count
      const x = input('x', element, [T, D])
      const step = temporary(
        'step',
        f32,
        { t: T, b: count },
        (t, b) => largestByMagnitude((half, j) => x(t, b * block + half * bytes + j)) / -8,
      )
      outputRecord(
        'blocks',
        { t: T, b: count },
        {
          d: field(f16, (t, b) => step(t, b)),
          q: field(u8, { j: bytes }, (t, b, j) => {
            const code = (e: number) => codeOf(x(t, b * block + e), step(t, b))
            return byteOfNibbles(code(j), code(j + bytes))
          }),
        },
      )
    },
    "llama.cpp's q4_0, blocks of 18 bytes: d = (largest by magnitude)/−8 in f16, then nibbles trunc(x · (1/d) + 8.5)",
  )

/** The inverse. */
export const q4_0BlocksDequantize = (element: StorageType = f32) =>
  kernel(
    'llama_cpp_q4_0_blocks_dequantize',
    ({ size, inputRecord, output }) => {
      const T = size('T')
      const B = size('B')
      const blocks = inputRecord('blocks', [T, B], { d: { type: f16 }, q: { type: u8, length: bytes } })
      output(
        'x',
        element,
        { t: T, b: B, nibble: 2, j: bytes },
        (t, b, nibble, j) => (nibbleOf(blocks.q(t, b, j), nibble) - 8) * blocks.d(t, b),
      )
    },
    "llama.cpp's q4_0 blocks, back to floats: x = (nibble − 8) · d; B blocks per row",
  )
