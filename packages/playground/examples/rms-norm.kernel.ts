/** RMS norm with a weight per channel, as LLaMA has it between its layers: a reduction of a row, then a pass over the row. */
import { f32, kernel, sqrt, sum, toF32 } from '@qernel/dsl/source'

export const rmsNorm = ({ epsilon = 1e-5 }: { epsilon?: number } = {}) =>
  kernel(
    'rms_norm',
    ({ size, input, temporary, output }) => {
      const T = size('T')
      const D = size('D')
      const x = input('x', f32, [T, D])
      const weight = input('weight', f32, [D])
      const norm = temporary('norm', f32, [T], t => {
        const mean = sum(D, d => x(t, d) * x(t, d)) / toF32(D)
        return sqrt(mean + epsilon)
      })
      output('y', f32, [T, D], (t, d) => (x(t, d) / norm(t)) * weight(d))
    },
    'RMS norm: y[t, d] = x[t, d] / √(mean_d x² + ε) · weight[d]',
  )
