/** The INT8 of arXiv 2601.04719 as its paper begins: one scale per channel, 16 × 16 threads, one element each. Try `vectorize` behind the last step. */
import { abs, clamp, f32, i8, kernel, max, round, schedule } from '@qernel/dsl/source'

export const int8Naive = kernel(
  'int8_naive',
  ({ size, input, output }) => {
    const T = size('T')
    const D = size('D')
    const x = input('x', f32, [T, D])
    const scale = output('scale', f32, [D], d => {
      const largest = max(T, t => abs(x(t, d)))
      return (largest < 1e-8 ? 1 : largest) / 127
    })
    output('q', i8, [T, D], (t, d) => clamp(round(x(t, d) / scale(d)), -128, 127))
  },
  'INT8 per channel: scale[d] = max_t |x[t, d]| / 127, q = clamp(round(x / scale), −128, 127)',
)

/** One thread per channel finds its scale; one thread per element quantizes it. */
export const asPublished = schedule(int8Naive, 'tile(d=256,stage=scale) tile(t=16,d=16,stage=q)')
