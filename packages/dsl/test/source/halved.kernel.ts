import { clamp, f32, i8, kernel, max, round } from '@qernel/dsl/source'

export const halved = kernel('halved', ({ size, input, output }) => {
  const T = size('T')
  const D = size('D')
  const x = input('x', f32, [T, D])
  const scale = output('scale', f32, [T], t => max(D, d => Math.abs(x(t, d))) / 127)
  output('q', i8, [T, D], (t, d) => clamp(round((0.5 * x(t, d)) / scale(t)), -127, 127))
})
