/** Small kernels that together use the whole language. */
import {
  abs,
  argmax,
  argmin,
  bf16,
  f16,
  f32,
  i2,
  i3,
  i4,
  i8,
  i32,
  type Kernel,
  kernel,
  max,
  min,
  type StorageType,
  select,
  storageTypes,
  sum,
  u2,
  u3,
  u4,
  u8,
  u32,
} from '@qernel/dsl'
import { int8PerChannel, int8PerChannelDequantize, int8PerChannelQuantize } from '@qernel/kernels'

const elementwise = [int8PerChannel, int8PerChannelQuantize, int8PerChannelDequantize].flatMap(define =>
  [f32, f16, bf16].map(define),
)

/** Converts a value to another type in the usual way for both types. */
const convert = (from: StorageType, to: StorageType): Kernel =>
  kernel(`convert_${from.name}_${to.name}`, ({ size, input, output }) => {
    const T = size('T')
    const D = size('D')
    const x = input('x', from, [T, D])
    output('y', to, [T, D], (t, d) => {
      const value = x(t, d)
      if (to.kind === 'float') return value.toF32().mul(0.5)
      return from.kind === 'float' ? value.mul(3).round().saturate(to) : value.add(1).saturate(to)
    })
  })

export const conversions: readonly Kernel[] = [...storageTypes.values()].flatMap(from =>
  [...storageTypes.values()].map(to => convert(from, to)),
)

const rankOne = kernel('rank_one', ({ size, input, output }) => {
  const N = size('N')
  const x = input('x', f32, [N])
  output('y', f32, [N], i => x(i).mul(1.5).add(0.25))
})

const rankThree = kernel('rank_three', ({ size, input, output }) => {
  const B = size('B')
  const T = size('T')
  const x = input('x', f32, [B, T, 6])
  const w = input('w', f16, [6])
  output('y', f16, [B, 6, T], (b, d, t) => x(b, t, d).mul(w(d)))
})

/** Groups of 8 along a row, the last one ragged. */
const grouped = (codes: StorageType) =>
  kernel(`grouped_${codes.name}`, ({ size, input, output }) => {
    const T = size('T')
    const D = size('D')
    const groups = D.groups(8)
    const x = input('x', f32, [T, D])
    const scale = output('scale', f32, [T, groups.count], (t, g) => max(groups.at(g), e => abs(x(t, e))).div(7))
    output('q', codes, [T, groups], (t, d) => x(t, d).div(scale(t, d.group)).round())
  })

/** Asymmetric: two reductions of one row of a group, zero points as codes. */
const asymmetric = kernel('asymmetric', ({ size, input, output }) => {
  const T = size('T')
  const D = size('D', { multipleOf: 4 })
  const groups = D.groups(4)
  const x = input('x', f16, [T, D])
  const scale = output('scale', f16, [T, groups.count], (t, g) =>
    max(groups.at(g), e => x(t, e))
      .sub(min(groups.at(g), e => x(t, e)))
      .div(15),
  )
  const zero = output('zero_point', u4, [T, groups.count], (t, g) =>
    min(groups.at(g), e => x(t, e))
      .neg()
      .div(scale(t, g))
      .roundHalfAway(),
  )
  output('q', u4, [T, groups], (t, d) => x(t, d).div(scale(t, d.group)).roundHalfAway().add(zero(t, d.group).toF32()))
})

/** A product in a sum, which must not be contracted; the order of a float sum is part of its meaning. */
const dot = kernel('dot', ({ size, input, output }) => {
  const T = size('T')
  const D = size('D')
  const x = input('x', f32, [T, D])
  const a = input('a', f32, [D])
  output('y', f32, [T], t => sum(D, d => x(t, d).mul(a(d))))
})

const dotOfCodes = kernel('dot_of_codes', ({ size, input, output }) => {
  const T = size('T')
  const D = size('D')
  const q = input('q', i4, [T, D])
  const k = input('k', i8, [T, D])
  const scale = input('scale', f32, [T])
  output('whole', i32, [T], t => sum(D, d => q(t, d).mul(k(t, d))))
  output('y', f32, [T], t => sum(D, d => q(t, d).toF32().mul(scale(t)).add(k(t, d).toF32())))
})

const statistics = kernel('statistics', ({ size, input, output }) => {
  const B = size('B')
  const T = size('T')
  const x = input('x', f32, [B, T, 5])
  output('spread', f32, [B], b => {
    const high = max([T, 5], (t, d) => x(b, t, d))
    const low = min([T, 5], (t, d) => x(b, t, d))
    return sum([T, 5], (t, d) => x(b, t, d).sub(low)).div(high.sub(low))
  })
  output('peak', u8, [B, T], (b, t) => argmax(5, d => x(b, t, d)))
  output('trough', i32, [B], b => argmin(T, t => x(b, t, 2)))
})

/** Gathers: codebooks of several types, tokens chosen by data (and clamped), a temporary. */
const gather = kernel('gather', ({ size, input, output, temporary }) => {
  const T = size('T')
  const D = size('D')
  const code = input('code', u4, [T, D])
  const book = input('book', f16, [13])
  const small = input('small', i3, [7])
  const value = temporary('value', f32, [T, D], (t, d) => book(code(t, d)))
  output('y', f32, [T, D], (t, d) => value(t, d).mul(small(code(t, d)).toF32()))
})

const permuted = kernel('permuted', ({ size, input, output }) => {
  const T = size('T', { atMost: 4096 })
  const D = size('D')
  const x = input('x', i8, [T, D])
  const order = input('order', i32, [T])
  output('y', i8, [T, D], (t, d) => select(T.value().gt(0), x(order(t), d), 0))
})

const indices = kernel('indices', ({ size, output, input }) => {
  const T = size('T')
  const D = size('D')
  const x = input('x', u32, [T, D])
  output('y', i32, [T, D], (t, d) => t.value().mul(D.value()).add(d.value()).sub(x(t, d).bitcast('i32')))
  output('parity', u2, [T, D], (t, d) => t.add(d).mul(3).value().bitcast('u32').and(1))
})

/** The neighbours of an element, or 0 out of bounds; the branch of the select that is not taken would read out of bounds. */
const neighbours = kernel('neighbours', ({ size, input, output }) => {
  const T = size('T')
  const D = size('D')
  const x = input('x', f32, [T, D])
  output('y', f32, [T, D], (t, d) =>
    select(t.value().gt(0), x(t.add(-1), d), 0).add(select(d.value().lt(D.value().sub(1)), x(t, d.add(1)), -0)),
  )
})

/** Constant dimensions, strides, a reversed axis. */
const strided = kernel('strided', ({ size, input, output }) => {
  const T = size('T')
  const x = input('x', f32, [T, 16])
  const q = input('q', i4, [16])
  output('even', f32, [T, 8], (t, d) => x(t, d.mul(2)).sub(x(t, d.mul(2).add(1))))
  output('reversed', f32, [T, 16], (t, d) => x(t, d.mul(-1).add(15)))
  output('halves', i8, [8], d => q(d).add(q(d.add(8))))
})

const transposedCodes = kernel('transposed_codes', ({ size, input, output }) => {
  const T = size('T')
  const D = size('D')
  const q = input('q', i3, [T, D])
  output('y', u3, [D, T], (d, t) => q(t, d).bitcast('u32').wrap(u3))
})

const packedTemporary = kernel('packed_temporary', ({ size, input, output, temporary }) => {
  const T = size('T')
  const D = size('D')
  const x = input('x', bf16, [T, D])
  const code = temporary('code', i3, [T, D], (t, d) => x(t, d).roundHalfAway())
  const half = temporary('half', f16, [T, D], (t, d) => x(t, d).mul(0.3))
  output('error', bf16, [T, D], (t, d) => x(t, d).sub(code(t, d).toF32()).add(half(t, d)))
})

const numbers = kernel('numbers', ({ size, input, output }) => {
  const T = size('T')
  const D = size('D')
  const x = input('x', f32, [T, D])
  const y = input('y', f32, [T, D])
  output('high', f32, [T, D], (t, d) => x(t, d).max(y(t, d)))
  output('low', f32, [T, D], (t, d) => min(x(t, d), y(t, d)).neg())
  output('kept', f32, [T, D], (t, d) => x(t, d).clamp(-1, 2).max(y(t, d).abs().floor()))
  output('flags', u2, [T, D], (t, d) =>
    x(t, d)
      .lt(y(t, d))
      .or(x(t, d).eq(0))
      .select(1, 0)
      .bitcast('u32')
      .or(x(t, d).ne(x(t, d)).select(2, 0).bitcast('u32')),
  )
})

const bits = kernel('bits', ({ size, input, output }) => {
  const N = size('N')
  const x = input('x', u32, [N])
  const s = input('s', i32, [N])
  output('mixed', u32, [N], i => x(i).xor(x(i).shiftLeft(5)).and(s(i).bitcast('u32').not()).shiftRight(3))
  output('shifted', i32, [N], i => s(i).shiftRight(x(i).bitcast('i32')).sub(s(i).shiftLeft(2)))
  output('low', i2, [N], i => s(i).wrap(i2))
})

/** The same tensor at two positions, a column for every row, a row for every column. */
const outer = kernel('outer', ({ size, input, output }) => {
  const T = size('T')
  const D = size('D')
  const a = input('a', f32, [T])
  const b = input('b', bf16, [D])
  const x = input('x', f32, [T, D])
  output('y', f32, [T, D], (t, d) => a(t).mul(b(d)).add(x(t, d)).sub(x(t, 0)))
})

const nested = kernel('nested', ({ size, input, output }) => {
  const T = size('T')
  const D = size('D')
  const groups = D.groups(4)
  const x = input('x', f32, [T, D])
  output('y', f32, [T], t =>
    sum(groups.count, g => max(groups.at(g), e => abs(x(t, e))).mul(sum(groups.at(g), () => 1))),
  )
})

export const wholeLanguage: readonly Kernel[] = [
  ...elementwise,
  rankOne,
  rankThree,
  grouped(i4),
  grouped(u3),
  asymmetric,
  dot,
  dotOfCodes,
  statistics,
  gather,
  permuted,
  indices,
  neighbours,
  strided,
  transposedCodes,
  packedTemporary,
  numbers,
  bits,
  outer,
  nested,
]
