/** Softmax of each row, in three stages that schedules may fuse. e^x differs between devices, so results are compared with the accuracy that WGSL promises. */
import { exp, f32, kernel, max, sum } from '@qernel/dsl/source'

export const softmax = kernel(
  'softmax',
  ({ size, input, temporary, output }) => {
    const T = size('T')
    const D = size('D')
    const x = input('x', f32, [T, D])
    const peak = temporary('peak', f32, [T], t => max(D, d => x(t, d)))
    const total = temporary('total', f32, [T], t => sum(D, d => exp(x(t, d) - peak(t))))
    output('y', f32, [T, D], (t, d) => exp(x(t, d) - peak(t)) / total(t))
  },
  'softmax of each row: y[t, d] = e^(x[t, d] − max_d x) / Σ_d e^(x[t, d] − max_d x)',
)
