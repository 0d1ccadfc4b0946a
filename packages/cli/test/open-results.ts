/** Kernels whose results may differ from the definition: a sum whose order a schedule may change, a power of two, a scale that may be denormal. */
import { abs, f32, i8, kernel, max, sum } from '@qernel/dsl'
import { libraryKernel } from '@qernel/kernels'

export const dot = libraryKernel(
  () =>
    kernel('dot_of_rows', ({ size, input, output }) => {
      const [T, D] = [size('T'), size('D')]
      const [x, y] = [input('x', f32, [T, D]), input('y', f32, [D])]
      output('s', f32, [T], t => sum(D, d => x(t, d).mul(y(d))))
    }),
  { element: { tensor: 'x', types: [f32] } },
)

export const power = libraryKernel(
  () =>
    kernel('power_of_two', ({ size, input, output }) => {
      const [T, D] = [size('T'), size('D')]
      const x = input('x', f32, [T, D])
      const scale = output('scale', f32, [T], t => max(D, d => abs(x(t, d).exp2())).div(127))
      output('q', i8, [T, D], (t, d) => x(t, d).exp2().div(scale(t)).round().clamp(-127, 127))
    }),
  { element: { tensor: 'x', types: [f32] } },
)

export const scaled = libraryKernel(
  () =>
    kernel('times_127', ({ size, input, output }) => {
      const [T, D] = [size('T'), size('D')]
      const x = input('x', f32, [T, D])
      output('y', f32, [T, D], (t, d) => x(t, d).mul(127))
    }),
  { element: { tensor: 'x', types: [f32] } },
)
