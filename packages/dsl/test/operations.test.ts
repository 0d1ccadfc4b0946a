import { describe, expect, test } from 'vitest'
import { bf16, f16, f32, fma, i4, i8, i32, kernel, operations, type StorageType, u3, u8, u32 } from '../src/index.ts'
import type { OperationName } from '../src/ir/operations.ts'
import type { ComputeType } from '../src/ir/types.ts'
import type { Value } from '../src/language/value.ts'
import { run, tensor } from './tensors.ts'

const { NaN: nan, POSITIVE_INFINITY: inf } = Number
const { fround } = Math
/** The smallest positive binary32 number. */
const tiny = 2 ** -149
const largest = fround(3.4028234663852886e38)
const low = -(2 ** 31)
const high = 2 ** 31 - 1

/** Operand type, operands, result. `toBe` is Object.is: it distinguishes −0 from +0 and treats NaN as equal to NaN. */
type Row = readonly [type: ComputeType, operands: readonly number[], result: number]

const meaning: Record<
  Exclude<OperationName, 'saturate' | 'wrap' | 'narrow' | 'floatBits' | 'bitsFloat'>,
  readonly Row[]
> = {
  add: [
    ['f32', [1, 2 ** -24], 1],
    ['f32', [fround(1 + 2 ** -23), 2 ** -24], 1 + 2 ** -22],
    ['f32', [-0, 0], 0],
    ['f32', [-0, -0], -0],
    ['f32', [inf, -inf], nan],
    ['f32', [largest, largest], inf],
    ['f32', [tiny, tiny], 2 * tiny],
    ['i32', [high, 1], low],
    ['u32', [2 ** 32 - 1, 1], 0],
  ],
  sub: [
    ['f32', [1, 1], 0],
    ['f32', [2 * tiny, tiny], tiny],
    ['f32', [inf, inf], nan],
    ['i32', [low, 1], high],
    ['u32', [0, 1], 2 ** 32 - 1],
  ],
  mul: [
    ['f32', [3, fround(1 / 3)], 1],
    ['f32', [0, -1], -0],
    ['f32', [0, inf], nan],
    ['f32', [tiny, 0.5], 0],
    ['f32', [3 * tiny, 0.5], 2 * tiny],
    ['f32', [-tiny, 0.25], -0],
    ['i32', [65537, 65537], 131073],
    ['u32', [2 ** 32 - 1, 2 ** 32 - 1], 1],
  ],
  div: [
    ['f32', [1, 3], fround(1 / 3)],
    ['f32', [1, 0], inf],
    ['f32', [1, -0], -inf],
    ['f32', [0, 0], nan],
    ['f32', [inf, inf], nan],
    ['f32', [-1, inf], -0],
    ['f32', [2 ** -126, 2], 2 ** -127],
  ],
  neg: [
    ['f32', [0], -0],
    ['f32', [nan], nan],
    ['i32', [low], low],
    ['i32', [0], 0],
  ],
  abs: [
    ['f32', [-0], 0],
    ['f32', [-inf], inf],
    ['f32', [nan], nan],
    ['i32', [-5], 5],
    ['i32', [low], low],
  ],
  min: [
    ['f32', [0, -0], -0],
    ['f32', [-0, 0], -0],
    ['f32', [nan, 1], 1],
    ['f32', [1, nan], 1],
    ['f32', [nan, nan], nan],
    ['f32', [-inf, nan], -inf],
    ['i32', [-1, 1], -1],
    ['u32', [2 ** 31, 1], 1],
  ],
  max: [
    ['f32', [0, -0], 0],
    ['f32', [-0, 0], 0],
    ['f32', [nan, -inf], -inf],
    ['f32', [tiny, 0], tiny],
    ['i32', [-1, 1], 1],
    ['u32', [2 ** 31, 1], 2 ** 31],
  ],
  clamp: [
    ['f32', [200, -128, 127], 127],
    ['f32', [-inf, -128, 127], -128],
    ['f32', [nan, -128, 127], nan],
    ['f32', [-0, 0, 1], -0],
    ['i32', [-9, -8, 7], -8],
    ['u32', [9, 0, 7], 7],
  ],
  round: [
    ['f32', [0.5], 0],
    ['f32', [1.5], 2],
    ['f32', [2.5], 2],
    ['f32', [-0.5], -0],
    ['f32', [-1.5], -2],
    ['f32', [fround(0.49999997)], 0],
    ['f32', [8388607.5], 8388608],
    ['f32', [16777215], 16777215],
    ['f32', [-0], -0],
    ['f32', [-tiny], -0],
    ['f32', [inf], inf],
    ['f32', [nan], nan],
  ],
  roundHalfAway: [
    ['f32', [0.5], 1],
    ['f32', [2.5], 3],
    ['f32', [-0.5], -1],
    ['f32', [-2.5], -3],
    ['f32', [fround(0.49999997)], 0],
    ['f32', [-0.25], -0],
    ['f32', [8388607.5], 8388608],
    ['f32', [-inf], -inf],
    ['f32', [nan], nan],
  ],
  floor: [
    ['f32', [-0.5], -1],
    ['f32', [-0], -0],
    ['f32', [-tiny], -1],
    ['f32', [inf], inf],
  ],
  ceil: [
    ['f32', [-0.5], -0],
    ['f32', [tiny], 1],
  ],
  trunc: [
    ['f32', [-1.9], -1],
    ['f32', [-0.9], -0],
    ['f32', [nan], nan],
  ],
  fma: [
    ['f32', [fround(1 + 2 ** -12), fround(1 + 2 ** -12), -1], 2 ** -11 + 2 ** -24],
    ['f32', [0, inf, 1], nan],
    ['f32', [inf, 1, -inf], nan],
    ['f32', [-1, 0, -0], -0],
    ['f32', [1, 1, -1], 0],
    ['f32', [largest, 2, -largest], largest],
  ],
  sqrt: [
    ['f32', [2], fround(Math.SQRT2)],
    ['f32', [-0], -0],
    ['f32', [-1], nan],
    ['f32', [inf], inf],
  ],
  exp: [
    ['f32', [0], 1],
    ['f32', [1], fround(Math.E)],
    ['f32', [89], inf],
    ['f32', [-inf], 0],
    ['f32', [nan], nan],
  ],
  exp2: [
    ['f32', [-149], tiny],
    ['f32', [128], inf],
    ['f32', [-inf], 0],
    ['f32', [0.5], fround(Math.SQRT2)],
  ],
  log2: [
    ['f32', [8], 3],
    ['f32', [0], -inf],
    ['f32', [-1], nan],
  ],
  lt: [
    ['f32', [nan, 1], 0],
    ['f32', [-0, 0], 0],
    ['i32', [-1, 1], 1],
  ],
  le: [
    ['f32', [-0, 0], 1],
    ['f32', [nan, nan], 0],
  ],
  gt: [
    ['f32', [inf, largest], 1],
    ['u32', [2 ** 31, 1], 1],
  ],
  ge: [
    ['f32', [0, -0], 1],
    ['f32', [nan, 0], 0],
  ],
  eq: [
    ['f32', [0, -0], 1],
    ['f32', [nan, nan], 0],
  ],
  ne: [
    ['f32', [nan, nan], 1],
    ['i32', [3, 3], 0],
  ],
  select: [
    ['bool', [1, 2, 3], 2],
    ['bool', [0, 2, 3], 3],
  ],
  and: [
    ['bool', [1, 0], 0],
    ['i32', [-1, 0xf0], 0xf0],
    ['u32', [0xffffffff, 0x80000000], 0x80000000],
  ],
  or: [
    ['bool', [1, 0], 1],
    ['i32', [low, 1], low + 1],
    ['u32', [0x80000000, 1], 0x80000001],
  ],
  xor: [
    ['bool', [1, 1], 0],
    ['i32', [-1, 1], -2],
    ['u32', [0xffffffff, 1], 0xfffffffe],
  ],
  not: [
    ['bool', [1], 0],
    ['bool', [0], 1],
    ['i32', [0], -1],
    ['u32', [0], 0xffffffff],
  ],
  shiftLeft: [
    ['i32', [1, 31], low],
    ['u32', [1, 31], 2 ** 31],
    ['u32', [3, 33], 6],
  ],
  shiftRight: [
    ['i32', [-8, 1], -4],
    ['u32', [0xfffffff8, 1], 0x7ffffffc],
    ['i32', [-8, 32], -8],
  ],
  bitcastF32: [
    ['u32', [0x3f800000], 1],
    ['i32', [low], -0],
    ['u32', [1], tiny],
    ['u32', [0xff800000], -inf],
  ],
  bitcastI32: [
    ['f32', [-0], low],
    ['u32', [0xffffffff], -1],
  ],
  bitcastU32: [
    ['f32', [-0], 2 ** 31],
    ['i32', [-1], 0xffffffff],
  ],
  toF32: [
    ['i32', [16777217], 16777216],
    ['i32', [16777219], 16777220],
    ['u32', [0xffffffff], 2 ** 32],
    ['i32', [low], low],
  ],
}

const show = (x: number) => (Object.is(x, -0) ? '−0' : String(x))

describe.each(Object.keys(meaning) as (keyof typeof meaning)[])('%s', name => {
  test.each(
    meaning[name].map(
      ([type, operands, result]) => [operands.map(show).join(', '), type, show(result), operands, result] as const,
    ),
  )(`${name}(%s) in %s = %s`, (_, type, __, [a = 0, b = 0, c = 0], result) => {
    expect(operations[name].on).toContain(type)
    expect(operations[name].evaluate(type, a, b, c)).toBe(result)
  })
})

/** y = f(x), element by element. */
const apply = (from: StorageType, to: StorageType, f: (x: Value) => Value, values: readonly number[]) =>
  run(
    kernel('apply', ({ size, input, output }) => {
      const D = size('D')
      const x = input('x', from, [D])
      output('y', to, [D], d => f(x(d)))
    }),
    { x: tensor(from, values) },
    'y',
  )

describe('conversions', () => {
  test('saturate gives the nearest value of the type, and 0 for NaN', () => {
    expect(apply(f32, i8, x => x.round(), [nan, inf, -inf, 127.5, -128.5, -0, 3])).toEqual([
      0, 127, -128, 127, -128, 0, 3,
    ])
    expect(apply(f32, i32, x => x.trunc(), [2 ** 31, -(2 ** 31), 3e38, -3e38])).toEqual([high, low, high, low])
    expect(apply(f32, u32, x => x.trunc(), [-1, 2 ** 32, 4294967040])).toEqual([0, 2 ** 32 - 1, 4294967040])
    expect(apply(i32, i4, x => x, [-9, -8, 7, 8])).toEqual([-8, -8, 7, 7])
    expect(apply(i32, u32, x => x.saturate(u32), [-1, high])).toEqual([0, high])
    expect(apply(u32, i32, x => x.saturate(i32), [2 ** 31, 5])).toEqual([high, 5])
  })

  test('wrap keeps the low bits', () => {
    expect(apply(i32, i8, x => x.wrap(i8), [127, 128, 255, 256, -129])).toEqual([127, -128, -1, 0, 127])
    expect(apply(i32, u3, x => x.wrap(u3), [-1, 8, 9])).toEqual([7, 0, 1])
    expect(apply(i32, u32, x => x.wrap(u32), [-1])).toEqual([2 ** 32 - 1])
    expect(apply(u32, i32, x => x.wrap(i32), [2 ** 32 - 1])).toEqual([-1])
  })

  test('a store to a 16-bit float rounds ties to even, and overflows to infinity', () => {
    expect(apply(f32, f16, x => x, [2049, 2051, 65519, 65520, 2 ** -25, -(2 ** -25), 3 * 2 ** -25, nan])).toEqual([
      2048,
      2052,
      65504,
      inf,
      0,
      -0,
      2 ** -23,
      nan,
    ])
    expect(apply(f32, bf16, x => x, [257, 259, 3.39e38, largest, -tiny])).toEqual([
      256,
      260,
      2 ** 127 * (2 - 2 ** -7),
      inf,
      -0,
    ])
  })

  test('an input of a 16-bit float is rounded, whatever the caller put into the array', () => {
    expect(apply(f16, f32, x => x, [0.1, 2049, 65520])).toEqual([0.0999755859375, 2048, inf])
    expect(apply(bf16, f32, x => x, [257])).toEqual([256])
  })

  test('f32 arithmetic rounds after every operation and is never contracted', () => {
    const x = fround(1 + 2 ** -12)
    expect(apply(f32, f32, v => v.mul(v).sub(1), [x])).toEqual([fround(fround(x * x) - 1)])
    expect(apply(f32, f32, v => fma(v, v, -1), [x])).toEqual([2 ** -11 + 2 ** -24])
  })

  test('a number used as a value becomes a constant of the stored type', () => {
    const constant = (type: StorageType, value: number) =>
      run(
        kernel('k', ({ output }) => void output('y', type, [1], () => value)),
        {},
        'y',
      )
    expect(constant(f32, 0.1)).toEqual([fround(0.1)])
    expect(constant(u8, 255)).toEqual([255])
  })
})

test('a select evaluates only the branch that it takes', () => {
  const k = kernel('k', ({ size, input, output }) => {
    const D = size('D')
    const x = input('x', f32, [D])
    output('y', f32, [D], d =>
      d
        .value()
        .gt(0)
        .select(x(d.add(-1)), -1),
    )
  })
  expect(run(k, { x: tensor(f32, [1, 2, 3]) }, 'y')).toEqual([-1, 1, 2])
})
