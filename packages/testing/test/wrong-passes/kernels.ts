/** The kernels and schedules on which wrong passes are tried. */
import { abs, dot, f32, i4, i8, kernel, max, sum, type Value } from '@qernel/dsl'

export const perChannel = kernel('per_channel', ({ size, input, output }) => {
  const T = size('T')
  const D = size('D')
  const x = input('x', f32, [T, D])
  const scale = output('scale', f32, [D], d => max(T, t => abs(x(t, d))).div(127))
  output('q', i8, [T, D], (t, d) => x(t, d).div(scale(d)).round())
})

export const rowSum = kernel('row_sum', ({ size, input, output }) => {
  const T = size('T')
  const D = size('D')
  const x = input('x', f32, [T, D])
  output('y', f32, [T], t => sum(D, d => x(t, d)))
})

/** A kernel of one value per element. */
export const elementwise = (of: (x: Value, y: Value) => Value) =>
  kernel('elementwise', ({ size, input, output }) => {
    const N = size('N')
    const x = input('x', f32, [N])
    const y = input('y', f32, [N])
    output('z', f32, [N], n => of(x(n), y(n)))
  })

export const rowMaximum = (of: (x: Value) => Value) =>
  kernel('row_maximum', ({ size, input, output }) => {
    const T = size('T')
    const D = size('D')
    const x = input('x', f32, [T, D])
    output('y', f32, [T], t => max(D, d => of(x(t, d))))
  })

/** Sums of codes along the columns. */
export const codeSums = kernel('code_sums', ({ size, input, output }) => {
  const T = size('T')
  const D = size('D')
  const x = input('x', f32, [T])
  const code = input('code', i4, [T, D])
  output('y', f32, [D], d => dot(T, t => [x(t), code(t, d).toF32()]))
})
