/** Kernels with reductions: every shape that matters when a reduction is split or fused. */
import {
  abs,
  argmax,
  bf16,
  dot,
  f16,
  f32,
  i3,
  i4,
  i8,
  i32,
  type Kernel,
  kernel,
  max,
  min,
  sum,
  u3,
  u4,
  u8,
} from '@qernel/dsl'

const perToken = kernel('per_token', ({ size, input, output }) => {
  const T = size('T')
  const D = size('D')
  const x = input('x', f32, [T, D])
  const scale = output('scale', f32, [T], t => {
    const largest = max(D, d => abs(x(t, d)))
    return largest.lt(1e-8).select(1, largest).div(127)
  })
  output('q', i8, [T, D], (t, d) => x(t, d).div(scale(t)).round().clamp(-128, 127))
})

const perChannel = kernel('per_channel', ({ size, input, output }) => {
  const T = size('T')
  const D = size('D')
  const x = input('x', f16, [T, D])
  const scale = output('scale', f32, [D], d => {
    const largest = max(T, t => abs(x(t, d)))
    return largest.lt(1e-8).select(1, largest).div(127)
  })
  output('q', u8, [T, D], (t, d) => x(t, d).div(scale(d)).add(128).round())
})

/** Over two axes: one scale for the whole tensor. */
const perTensor = kernel('per_tensor', ({ size, input, output }) => {
  const T = size('T')
  const D = size('D')
  const x = input('x', f32, [T, D])
  const scale = output('scale', f32, [1], () => max([T, D], (t, d) => abs(x(t, d))).div(7))
  output('q', i4, [T, D], (t, d) => x(t, d).div(scale(0)).round())
})

/** Three stages; the second reads the first; an integer result that the third reads. */
const asymmetric = kernel('asymmetric', ({ size, input, output, temporary }) => {
  const T = size('T')
  const D = size('D')
  const groups = D.groups(8)
  const x = input('x', f32, [T, D])
  const low = temporary('low', f32, [T, groups.count], (t, g) => min(groups.at(g), d => x(t, d)))
  const scale = output('scale', f16, [T, groups.count], (t, g) =>
    max(groups.at(g), d => x(t, d))
      .sub(low(t, g))
      .div(15),
  )
  const zero = output('zero', u8, [T, groups.count], (t, g) => low(t, g).neg().div(scale(t, g)).round())
  output('q', u4, [T, groups], (t, d) => x(t, d).div(scale(t, d.group)).add(zero(t, d.group).toF32()).round())
})

/** Groups that always divide, codes of 3 bits, scale and offset from one pass over the data. */
const minMax = kernel('min_max', ({ size, input, output }) => {
  const T = size('T')
  const D = size('D', { multipleOf: 32 })
  const groups = D.groups(32)
  const x = input('x', f32, [T, D])
  const scale = output('scale', f16, [T, groups.count], (t, g) =>
    max(groups.at(g), d => x(t, d))
      .sub(min(groups.at(g), d => x(t, d)))
      .div(7),
  )
  const low = output('low', bf16, [T, groups.count], (t, g) => min(groups.at(g), d => x(t, d)))
  output('q', u3, [T, groups], (t, d) => x(t, d).sub(low(t, d.group)).div(scale(t, d.group)).round())
})

const rootMeanSquare = kernel('root_mean_square', ({ size, input, output }) => {
  const T = size('T')
  const D = size('D')
  const x = input('x', f32, [T, D])
  const total = output('total', f32, [T], t => sum(D, d => x(t, d).mul(x(t, d))))
  output('y', f32, [T, D], (t, d) => x(t, d).mul(total(t)))
})

const peak = kernel('peak', ({ size, input, output }) => {
  const T = size('T')
  const D = size('D')
  const x = input('x', f32, [T, D])
  output('at', i32, [T], t => argmax(D, d => x(t, d)))
})

/** Integers: every order of the sum is exact. */
const histogram = kernel('count', ({ size, input, output }) => {
  const T = size('T')
  const D = size('D')
  const x = input('x', i8, [T, D])
  output('total', i32, [D], d => sum(T, t => x(t, d)))
  output('least', i32, [T], t => min(D, d => x(t, d)))
})

/** Rank 3, a reduction over the middle axis, 3-bit codes along another. */
const rankThree = kernel('rank_three', ({ size, input, output }) => {
  const B = size('B')
  const T = size('T')
  const D = size('D')
  const x = input('x', f32, [B, T, D])
  const scale = output('scale', f32, [B, D], (b, d) => max(T, t => abs(x(b, t, d))).div(3))
  output('q', i3, [B, T, D], (b, t, d) => x(b, t, d).div(scale(b, d)).round())
})

/** Fused sums: of exact products, of products that round, nested, and in one loop with another sum. */
const products = kernel('products', ({ size, input, output }) => {
  const T = size('T')
  const D = size('D', { multipleOf: 8 })
  const groups = D.groups(8)
  const q = input('q', f16, [D])
  const k = input('k', i4, [T, D])
  const x = input('x', f32, [T, D])
  output('exact', f32, [T], t => dot(D, d => [q(d), k(t, d).toF32()]))
  output('rounded', f32, [T], t => dot(D, d => [x(t, d), q(d).sub(0.1)]).div(sum(D, d => x(t, d))))
  output('nested', f32, [T], t => dot(groups.count, g => [x(t, g), dot(groups.at(g), d => [x(t, d), x(t, d)])]))
})

/** Reductions that depend on each other: two loops in one stage, over two axes. */
const spread = kernel('spread', ({ size, input, output }) => {
  const B = size('B')
  const T = size('T')
  const D = size('D')
  const x = input('x', f32, [B, T, D])
  output('spread', f32, [B], b => {
    const high = max([T, D], (t, d) => x(b, t, d))
    const low = min([T, D], (t, d) => x(b, t, d))
    return sum([T, D], (t, d) => x(b, t, d).sub(low)).div(high.sub(low))
  })
})

export const reductions: readonly Kernel[] = [
  perToken,
  perChannel,
  perTensor,
  asymmetric,
  minMax,
  rootMeanSquare,
  peak,
  histogram,
  rankThree,
  products,
  spread,
]
