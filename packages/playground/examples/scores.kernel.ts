/** The product of decoding: a query against T keys of 8 bits, with one scale per key. The scale is applied once per key, not once per element. */
import { dot, f32, i8, kernel, toF32 } from '@qernel/dsl/source'

export const scores = kernel(
  'scores_int8',
  ({ size, input, output }) => {
    const T = size('T')
    const D = size('D')
    const query = input('query', f32, [D])
    const k = input('k', i8, [T, D])
    const scale = input('scale', f32, [T])
    output('s', f32, [T], t => dot({ d: D }, d => [query(d), toF32(k(t, d))]) * scale(t))
  },
  'scores of a query: s[t] = scale[t] · Σ_d query[d] · k[t, d]',
)
