/** llama.cpp's q8_0: blocks of 32 along the row, d and codes apart, or as the blocks of 34 bytes of its files. */
import { abs, f16, f32, field, i8, kernel, max, roundHalfAway, type StorageType, toF32 } from '@qernel/dsl/source'
import { reciprocalOrZero } from './reciprocal.ts'

/** Elements of a block. */
const block = 32

export const q8_0 = (element: StorageType = f32) =>
  kernel(
    'llama_cpp_q8_0',
    ({ size, input, output, temporary }) => {
      const T = size('T')
      const D = size('D', { multipleOf: block })
      const blocks = D.groups(block)
      const x = input('x', element, [T, D])
      const step = temporary(
        'step',
        f32,
        { t: T, b: blocks.count },
        (t, b) => max({ d: blocks.at(b) }, d => abs(x(t, d))) / 127,
      )
      output('d', f16, { t: T, b: blocks.count }, (t, b) => step(t, b))
      output('q', i8, { t: T, d: blocks }, (t, d) => roundHalfAway(x(t, d) * reciprocalOrZero(step(t, blocks.of(d)))))
    },
    "llama.cpp's q8_0, d and codes apart: d = max |x| / 127, q = roundHalfAway(x · (1/d)), blocks of 32",
  )

/** The inverse. */
export const q8_0Dequantize = (element: StorageType = f32) =>
  kernel(
    'llama_cpp_q8_0_dequantize',
    ({ size, input, output }) => {
      const T = size('T')
      const D = size('D', { multipleOf: block })
      const blocks = D.groups(block)
      const d = input('d', f16, [T, blocks.count])
      const q = input('q', i8, [T, D])
      output('x', element, { t: T, e: blocks }, (t, e) => toF32(q(t, e)) * d(t, blocks.of(e)))
    },
    "llama.cpp's q8_0, back to floats: x = q · d",
  )

export const q8_0Blocks = (element: StorageType = f32) =>
  kernel(
    'llama_cpp_q8_0_blocks',
    ({ size, input, temporary, outputRecord }) => {
      const T = size('T')
      const D = size('D', { multipleOf: block })
      const count = D.groups(block).count
      const x = input('x', element, [T, D])
      const step = temporary(
        'step',
        f32,
        { t: T, b: count },
        (t, b) => max({ e: block }, e => abs(x(t, b * block + e))) / 127,
      )
      outputRecord(
        'blocks',
        { t: T, b: count },
        {
          d: field(f16, (t, b) => step(t, b)),
          q: field(i8, { e: block }, (t, b, e) => roundHalfAway(x(t, b * block + e) * reciprocalOrZero(step(t, b)))),
        },
      )
    },
    "llama.cpp's q8_0, blocks of 34 bytes: d = max |x| / 127 in f16, then 32 codes roundHalfAway(x · (1/d))",
  )

/** The inverse. */
export const q8_0BlocksDequantize = (element: StorageType = f32) =>
  kernel(
    'llama_cpp_q8_0_blocks_dequantize',
    ({ size, inputRecord, output }) => {
      const T = size('T')
      const B = size('B')
      const blocks = inputRecord('blocks', [T, B], { d: { type: f16 }, q: { type: i8, length: block } })
      output('x', element, { t: T, b: B, e: block }, (t, b, e) => toF32(blocks.q(t, b, e)) * blocks.d(t, b))
    },
    "llama.cpp's q8_0 blocks, back to floats: x = q · d; B blocks per row",
  )
