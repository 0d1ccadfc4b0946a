import { boolType, type DeviceType, f32Type, i32Type, u32Type } from '@qernel/codegen/internal'
import { expect, test } from 'vitest'
import { printLiteral } from '../src/print/literals.ts'

test.each<[number, DeviceType, string]>([
  [0, f32Type, '0.0f'],
  [-0, f32Type, '-0.0f'],
  [127, f32Type, '127.0f'],
  [Math.fround(0.1), f32Type, '0.1f'],
  [Math.fround(-1e-8), f32Type, '-1e-8f'],
  [2 ** -149, f32Type, '1e-45f'],
  [3.4028234663852886e38, f32Type, '3.4028234e+38f'],
  [-3.4028234663852886e38, f32Type, '-3.4028234e+38f'],
  [Number.POSITIVE_INFINITY, f32Type, '__int_as_float(0x7f800000)'],
  [Number.NEGATIVE_INFINITY, f32Type, '-__int_as_float(0x7f800000)'],
  [Number.NaN, f32Type, '__int_as_float(0x7fc00000)'],
  [5, i32Type, '5'],
  [-5, i32Type, '-5'],
  [-(2 ** 31), i32Type, '-2147483647 - 1'],
  [2 ** 32 - 1, u32Type, '4294967295u'],
  [1, boolType, 'true'],
  [0, boolType, 'false'],
])('%d as %o is written %s', (value, type, text) => {
  expect(printLiteral({ kind: 'literal', type, value }).text).toBe(text)
})
