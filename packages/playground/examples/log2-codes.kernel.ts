/** Powers of two in 4 bits: the exponent of |x| beside that of the largest of its row, and the sign. Multiplying by such a code is a shift. */
import { abs, clamp, f32, i8, kernel, log2, max, round, toF32, u4 } from '@qernel/dsl/source'

export const log2Codes = kernel(
  'log2_codes',
  ({ size, input, output }) => {
    const T = size('T')
    const D = size('D')
    const x = input('x', f32, [T, D])
    const top = output('top', i8, [T], t => clamp(round(log2(max(D, d => abs(x(t, d))))), -127, 127))
    // Codes 0 to 7 are top, top − 1, …, top − 7; 8 more for negative numbers.
    output('q', u4, [T, D], (t, d) => {
      const below = clamp(toF32(top(t)) - round(log2(abs(x(t, d)))), 0, 7)
      return x(t, d) < 0 ? below + 8 : below
    })
  },
  'powers of two: top[t] = round(log₂ max_d |x[t, d]|), q = top − round(log₂ |x|), and 8 more below zero',
)
