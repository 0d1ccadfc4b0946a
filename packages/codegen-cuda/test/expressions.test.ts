import type { DeviceProgram } from '@qernel/codegen'
import {
  boolType,
  type DeviceExpr,
  type DeviceOperation,
  type DeviceType,
  type ElementType,
  f32Type,
  i32Type,
  u32Type,
} from '@qernel/codegen/internal'
import { describe, expect, test } from 'vitest'
import { identifiers } from '../src/identifiers.ts'
import { deviceFunctions } from '../src/print/device-functions.ts'
import { ExpressionPrinter, type Memory, type Needs } from '../src/print/print-expression.ts'

const empty: DeviceProgram = { arrays: [], sizes: [], usesZero: false, functions: [] }

function printerOf(memories: ReadonlyMap<string, Memory> = new Map()) {
  const needs: Needs = { functions: new Set(), headers: new Set() }
  return { needs, printer: new ExpressionPrinter(memories, identifiers(empty, ''), needs) }
}

const print = (e: DeviceExpr): string => printerOf().printer.print(e).text
const named = (name: string, type: DeviceType): DeviceExpr => ({ kind: 'variable', name, type })
const literal = (value: number, type: DeviceType): DeviceExpr => ({ kind: 'literal', value, type })
const op = (operation: DeviceOperation, type: DeviceType, ...args: DeviceExpr[]): DeviceExpr => ({
  kind: 'op',
  op: operation,
  type,
  args,
})

const zero: DeviceExpr = { kind: 'size', type: u32Type, size: 'zero' }
const [x, y, z] = ['x', 'y', 'z'].map(name => named(name, f32Type)) as [DeviceExpr, DeviceExpr, DeviceExpr]
const [i, j] = ['i', 'j'].map(name => named(name, i32Type)) as [DeviceExpr, DeviceExpr]
const [u, v] = ['u', 'v'].map(name => named(name, u32Type)) as [DeviceExpr, DeviceExpr]
const [a, b] = ['a', 'b'].map(name => named(name, boolType)) as [DeviceExpr, DeviceExpr]

describe('floats', () => {
  test.each<[DeviceExpr, string]>([
    [op('div', f32Type, x, y), '__fdiv_rn(x, y)'],
    [op('add', f32Type, op('mul', f32Type, x, y), z), 'x * y + z'],
    [op('add', f32Type, op('isolatedMul', f32Type, x, y), z), '__fmul_rn(x, y) + z'],
    [op('fma', f32Type, x, y, z), '__fmaf_rn(x, y, z)'],
    [op('neg', f32Type, op('sub', f32Type, x, y)), '-(x - y)'],
    [op('abs', f32Type, x), 'fabsf(x)'],
    [op('min', f32Type, x, y), 'fminf(x, y)'],
    [op('max', f32Type, x, y), 'fmaxf(x, y)'],
    [op('clamp', f32Type, x, literal(-1, f32Type), literal(1, f32Type)), 'clamp(x, -1.0f, 1.0f)'],
    [op('round', f32Type, x), 'rintf(x)'],
    [op('roundHalfAway', f32Type, x), 'roundf(x)'],
    [op('sqrt', f32Type, x), '__fsqrt_rn(x)'],
    [op('exp', f32Type, x), 'expf(x)'],
    [op('exp2', f32Type, x), 'exp2f(x)'],
    [op('select', f32Type, op('lt', boolType, x, y), x, y), 'x < y ? x : y'],
    [op('bitcastU32', u32Type, x), '__float_as_uint(x)'],
    [op('bitcastF32', f32Type, u), '__uint_as_float(u)'],
    [op('bitcastF32', f32Type, op('add', u32Type, literal(0x80000000, u32Type), zero)), '-0.0f'],
  ])('%#: %s', (e, text) => {
    expect(print(e)).toBe(text)
  })
})

describe('conversions to integers round and saturate, and give 0 for NaN', () => {
  const byte = (value: DeviceExpr, low: number, high: number, type = i32Type) =>
    op('saturateFloat', type, value, literal(low, f32Type), literal(high, f32Type))

  test.each<[string, DeviceExpr, string]>([
    ['of a value', byte(x, -128, 127), 'max(-128, min(127, __float2int_rz(x)))'],
    ['of a rounded value', byte(op('round', f32Type, x), -128, 127), 'max(-128, min(127, __float2int_rn(x)))'],
    ['of a floor', byte(op('floor', f32Type, x), -8, 7), 'max(-8, min(7, __float2int_rd(x)))'],
    [
      'of a rounding that no instruction does',
      byte(op('roundHalfAway', f32Type, x), -8, 7),
      'max(-8, min(7, __float2int_rz(roundf(x))))',
    ],
    ['to an unsigned type', byte(op('round', f32Type, x), 0, 255, u32Type), 'min(255u, __float2uint_rn(x))'],
    ['to a range without 0', byte(x, 1, 15), 'x != x ? 0 : max(1, min(15, __float2int_rz(x)))'],
    ['to a whole word', op('saturateFloat32', i32Type, op('round', f32Type, x)), '__float2int_rn(x)'],
  ])('%s', (_, e, text) => {
    expect(print(e)).toBe(text)
  })
})

describe('signed integer arithmetic wraps', () => {
  test.each<[DeviceExpr, string]>([
    [op('add', i32Type, i, j), 'wrapping_add(i, j)'],
    [op('neg', i32Type, i), 'wrapping_neg(i)'],
    [op('abs', i32Type, i), 'wrapping_abs(i)'],
    [op('mul', u32Type, u, op('add', u32Type, v, literal(1, u32Type))), 'u * (v + 1u)'],
    [op('clamp', i32Type, i, literal(-8, i32Type), literal(7, i32Type)), 'min(max(i, -8), 7)'],
    [op('clamp', i32Type, i, j, literal(7, i32Type)), 'clamp(i, j, 7)'],
    [op('clamp', u32Type, u, literal(0, u32Type), literal(7, u32Type)), 'min(u, 7u)'],
    [op('shiftLeft', u32Type, u, literal(33, u32Type)), 'u << 1'],
    [op('shiftLeft', u32Type, u, v), 'u << (v & 31)'],
    [op('shiftLeft', i32Type, i, literal(4, u32Type)), 'int(unsigned(i) << 4)'],
    [op('shiftRight', i32Type, i, literal(4, u32Type)), 'i >> 4'],
    [op('and', u32Type, op('shiftRight', u32Type, u, literal(8, u32Type)), literal(255, u32Type)), '(u >> 8) & 0xffu'],
    [op('not', u32Type, u), '~u'],
    [op('toF32', f32Type, i), '__int2float_rn(i)'],
    [op('toF32', f32Type, u), '__uint2float_rn(u)'],
    [op('bitcastI32', i32Type, u), 'int(u)'],
    [op('quotient', u32Type, op('add', u32Type, u, literal(3, u32Type)), literal(4, u32Type)), '(u + 3u) / 4u'],
    [op('lt', boolType, u, literal(0, u32Type)), 'false'],
    [op('shuffleXor', f32Type, x, literal(4, u32Type)), '__shfl_xor_sync(0xffffffffu, x, 4u)'],
  ])('%#: %s', (e, text) => {
    expect(print(e)).toBe(text)
  })
})

describe('booleans', () => {
  test.each<[DeviceExpr, string]>([
    [op('and', boolType, a, op('or', boolType, a, b)), 'a && (a || b)'],
    [op('xor', boolType, a, b), 'a != b'],
    [op('not', boolType, a), '!a'],
    [op('select', boolType, literal(1, boolType), a, b), 'a'],
    [op('all', boolType, op('lt', boolType, u, v), a, b), 'u < v && a && b'],
  ])('%#: %s', (e, text) => {
    expect(print(e)).toBe(text)
  })
})

describe('memory', () => {
  const memory = (storage: ElementType['storage'], isLarge = true): Memory => ({
    memory: 'global',
    element: { storage, lanes: 1 },
    isLarge,
  })
  const memories = new Map([
    ['x', memory('f32')],
    ['h', memory('f16')],
    ['q', memory('i8')],
    ['c', memory('u8')],
    ['scale', memory('f32', false)],
  ])
  const load = (array: string, storage: ElementType['storage'], type: DeviceType, index: DeviceExpr): DeviceExpr => ({
    kind: 'load',
    type,
    array,
    index,
    access: { storage, lanes: 1 },
  })
  const row = op('add', u32Type, op('mul', u32Type, u, v), literal(1, u32Type))

  test.each<[string, DeviceExpr, string]>([
    ['rows start at 64-bit offsets', load('x', 'f32', f32Type, row), 'x[size_t(u) * v + 1u]'],
    ['small arrays use 32-bit offsets', load('scale', 'f32', f32Type, row), 'scale[u * v + 1u]'],
    ['halves are converted to floats', load('h', 'f16', f32Type, u), '__half2float(h[u])'],
    ['signed bytes are promoted implicitly', load('q', 'i8', i32Type, u), 'q[u]'],
    ['unsigned bytes are cast, since promotion would make them signed', load('c', 'u8', u32Type, u), 'unsigned(c[u])'],
  ])('%s', (_, e, text) => {
    expect(printerOf(memories).printer.print(e).text).toBe(text)
  })

  test('a row index of three dimensions is widened once', () => {
    const rows = op('mul', u32Type, op('add', u32Type, op('mul', u32Type, u, v), u), v)
    expect(printerOf(memories).printer.print(load('x', 'f32', f32Type, rows)).text).toBe('x[(size_t(u) * v + u) * v]')
  })

  test('narrow vectors keep their type until a lane is used', () => {
    const { printer } = printerOf(memories)
    const vector: DeviceType = { scalar: 'f32', lanes: 4 }
    const wide: DeviceExpr = { kind: 'load', type: vector, array: 'h', index: u, access: { storage: 'f16', lanes: 4 } }
    expect(printer.narrowLoad('h_vec', wide as DeviceExpr & { kind: 'load' })).toMatchObject({
      type: 'f16x4',
      value: { head: 'h4[u]' },
    })
    const lane: DeviceExpr = { kind: 'component', type: f32Type, of: named('h_vec', vector), lane: 1 }
    expect(printer.print(lane).text).toBe('__half2float(h_vec.y)')
  })
})

test('a function is defined only if it is used', () => {
  const { needs, printer } = printerOf()
  printer.print(op('add', u32Type, u, v))
  expect(deviceFunctions(needs.functions)).toEqual([])
  printer.print(op('add', i32Type, i, j))
  expect(deviceFunctions(needs.functions)).toMatchInlineSnapshot(`
    [
      "__device__ __forceinline__ int wrapping_add(int a, int b) {
      return int(unsigned(a) + unsigned(b));
    }",
    ]
  `)
})

test('a header is included only if it is used', () => {
  const { needs, printer } = printerOf()
  expect(printer.print(op('narrowF16', f32Type, x)).text).toBe('__half2float(__float2half_rn(x))')
  expect([...needs.headers]).toEqual(['cuda_fp16.h'])
})
