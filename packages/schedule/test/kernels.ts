/** Kernels that together cover every shape of stage that a transform can meet. */
import { abs, argmax, f16, f32, i4, i8, type Kernel, kernel, max, min, select, sum, u8 } from '@qernel/dsl'

/** With given scales: one stage, two parallel axes, a packed output. */
export const quantize = kernel('quantize', ({ size, input, output }) => {
  const T = size('T')
  const D = size('D')
  const x = input('x', f32, [T, D])
  const scale = input('scale', f32, [D])
  output('q', i8, [T, D], (t, d) => x(t, d).div(scale(d)).round().clamp(-128, 127))
})

export const dequantize = kernel('dequantize', ({ size, input, output }) => {
  const T = size('T')
  const D = size('D')
  const q = input('q', i8, [T, D])
  const scale = input('scale', f32, [D])
  output('x', f32, [T, D], (t, d) => q(t, d).toF32().mul(scale(d)))
})

/** Two stages: a reduction over rows, then an elementwise stage that reads its result. */
export const perChannel = kernel('per_channel', ({ size, input, output }) => {
  const T = size('T')
  const D = size('D')
  const x = input('x', f32, [T, D])
  const scale = output('scale', f32, [D], d => {
    const largest = max(T, t => abs(x(t, d)))
    return largest.lt(1e-8).select(1, largest).div(127)
  })
  output('q', i8, [T, D], (t, d) => x(t, d).div(scale(d)).round().clamp(-128, 127))
})

/** Groups of 8 along a row, the last one ragged. */
export const grouped = kernel('grouped', ({ size, input, output }) => {
  const T = size('T')
  const D = size('D')
  const groups = D.groups(8)
  const x = input('x', f32, [T, D])
  const scale = output('scale', f32, [T, groups.count], (t, g) => max(groups.at(g), e => abs(x(t, e))).div(7))
  output('q', i4, [T, groups], (t, d) => x(t, d).div(scale(t, d.group)).round().clamp(-8, 7))
})

/** A float sum, whose order is part of its meaning. */
export const rowSum = kernel('row_sum', ({ size, input, output }) => {
  const T = size('T')
  const D = size('D')
  const x = input('x', f32, [T, D])
  output('total', f32, [T], t => sum(D, d => x(t, d)))
})

/** Rank 3, a transposed store, a narrow float, an axis of constant length. */
export const rankThree = kernel('rank_three', ({ size, input, output }) => {
  const B = size('B')
  const T = size('T')
  const x = input('x', f32, [B, T, 6])
  const w = input('w', f16, [6])
  output('y', f16, [B, 6, T], (b, d, t) => x(b, t, d).mul(w(d)))
})

/** Several reductions in one stage: two share a loop, one needs the result of another, one runs over two axes. */
export const statistics = kernel('statistics', ({ size, input, output }) => {
  const B = size('B')
  const T = size('T')
  const D = size('D')
  const x = input('x', f32, [B, T, D])
  output('spread', f32, [B], b => {
    const high = max([T, D], (t, d) => x(b, t, d))
    const low = min([T, D], (t, d) => x(b, t, d))
    return sum([T, D], (t, d) => x(b, t, d).sub(low)).div(high.sub(low))
  })
  output('peak', u8, [B, T], (b, t) => argmax(D, d => x(b, t, d)))
})

/** A codebook (a gather), the value of an index and of a size, and a temporary between stages. */
export const codebook = kernel('codebook', ({ size, input, output, temporary }) => {
  const T = size('T')
  const D = size('D')
  const code = input('code', u8, [T, D])
  const book = input('book', f32, [16])
  const value = temporary('value', f32, [T, D], (t, d) => book(code(t, d)))
  output('y', f32, [T, D], (t, d) => value(t, d).mul(d.value().toF32()).add(T.value().toF32()))
})

/** The row above, and 0 for the first row: the branch of the select that is not taken would read out of bounds. */
export const shift = kernel('shift', ({ size, input, output }) => {
  const T = size('T')
  const D = size('D')
  const x = input('x', f32, [T, D])
  output('y', f32, [T, D], (t, d) => select(t.value().gt(0), x(t.add(-1), d), 0))
})

/** A reduction inside a reduction, over the elements of a group that the outer one walks. */
export const nested = kernel('nested', ({ size, input, output }) => {
  const T = size('T')
  const D = size('D')
  const groups = D.groups(4)
  const x = input('x', f32, [T, D])
  output('y', f32, [T], t =>
    sum(groups.count, g => max(groups.at(g), e => abs(x(t, e))).mul(sum(groups.at(g), () => 1))),
  )
})

export const kernels: readonly Kernel[] = [
  quantize,
  dequantize,
  perChannel,
  grouped,
  rowSum,
  rankThree,
  statistics,
  codebook,
  shift,
  nested,
]
