/** The largest magnitude and the sum of squares of each row, which share one pass over x: many threads work on a row, and meet in shared memory. */
import { abs, f32, kernel, max, sum } from '@qernel/dsl/source'

export const rowAbsmax = kernel(
  'row_absmax',
  ({ size, input, output }) => {
    const T = size('T')
    const D = size('D')
    const x = input('x', f32, [T, D])
    output('largest', f32, [T], t => max(D, d => abs(x(t, d))))
    output('squares', f32, [T], t => sum(D, d => x(t, d) * x(t, d)))
  },
  'two reductions of a row: largest[t] = max_d |x[t, d]|, squares[t] = Σ_d x[t, d]²',
)
