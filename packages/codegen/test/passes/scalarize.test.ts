import { describe, expect, test } from 'vitest'
import { scalarize } from '../../src/passes/scalarize.ts'
import type { DeviceExpr, DeviceStatement } from '../../src/program/device-program.ts'
import { boolType, f32Type, i32Type, u32Type, withLanes } from '../../src/program/device-type.ts'
import { bodyOf, constant, f32x4, index, load, named, operation, programOf, store, text } from '../device-programs.ts'

const scalarized = (...body: DeviceStatement[]): string => text(bodyOf(scalarize(programOf(...body))))
const splat = (e: DeviceExpr): DeviceExpr => ({ kind: 'construct', type: withLanes(e.type, 4), args: [e] })
const i32x4 = withLanes(i32Type, 4)

test('an operation on vectors becomes one per lane, and wide loads and stores stay', () => {
  const quotient = operation('div', f32x4, load('x', f32x4), load('s', f32x4))
  expect(scalarized(store(quotient))).toMatchInlineSnapshot(`
    "let x_value = x4[i]
    let s_value = s4[i]
    y4[i] = vec4(div(x_value.x, s_value.x), div(x_value.y, s_value.y), div(x_value.z, s_value.z), div(x_value.w, s_value.w))"
  `)
})

test('what is put in front of a statement comes from the same loops', () => {
  const quotient = operation('div', f32x4, load('x', f32x4), load('s', f32x4))
  const origin = { loops: [3], threads: [] }
  const body = bodyOf(scalarize(programOf({ ...store(quotient), origin })))
  expect(body.map(statement => statement.origin)).toEqual([origin, origin, origin])
})

test('scalars stay unchanged', () => {
  const sum = operation('add', f32Type, load('x'), constant(1))
  expect(scalarized({ kind: 'let', name: 'a', value: sum }, store(named('a')))).toMatchInlineSnapshot(`
    "let a = add(x[i], 1)
    y[i] = a"
  `)
})

test('a constant for all lanes is repeated, and a computed value is computed once', () => {
  const twice = operation('mul', f32x4, named('v', f32x4), splat(constant(2)))
  const scaled = operation('div', f32x4, named('v', f32x4), splat(load('s')))
  expect(scalarized({ kind: 'let', name: 'a', value: twice })).toBe(
    'let a = vec4(mul(v.x, 2), mul(v.y, 2), mul(v.z, 2), mul(v.w, 2))',
  )
  expect(scalarized({ kind: 'let', name: 'a', value: scaled })).toMatchInlineSnapshot(`
    "let s_value = s[i]
    let a = vec4(div(v.x, s_value), div(v.y, s_value), div(v.z, s_value), div(v.w, s_value))"
  `)
})

test('new names are unique', () => {
  const root = operation('sqrt', f32x4, load('x', f32x4))
  const value: DeviceStatement = { kind: 'let', name: 'x_value', value: constant(1) }
  expect(scalarized(value, store(root))).toContain('let x_value_2 = x4[i]')
})

describe('loads that convert', () => {
  const codes = load('x', i32x4, 'i8')

  test('are not named again in a let', () => {
    expect(scalarized({ kind: 'let', name: 'q', value: codes })).toBe('let q = x4[i]')
  })
  test('are named if the value is assigned', () => {
    const assign: DeviceStatement = { kind: 'assign', name: 'kept', index: index(0), value: codes }
    expect(scalarized(assign)).toBe('let x_value = x4[i]\nkept[0] = x_value')
  })
})

describe('packed words', () => {
  const word = load('x', u32Type, 'u32')

  test('signed bytes are shifted left, then right', () => {
    const bytes = operation('unpackI8', i32x4, word)
    expect(scalarized({ kind: 'let', name: 'v', value: bytes })).toMatchInlineSnapshot(`
      "let x_value = x[i]
      let v = vec4(shiftRight(bitcastI32(shiftLeft(x_value, 24)), 24), shiftRight(bitcastI32(shiftLeft(x_value, 16)), 24), shiftRight(bitcastI32(shiftLeft(x_value, 8)), 24), shiftRight(bitcastI32(x_value), 24))"
    `)
  })
  test('unsigned bytes are masked', () => {
    const bytes = operation('unpackU8', withLanes(u32Type, 4), named('w', u32Type))
    expect(scalarized({ kind: 'let', name: 'v', value: bytes })).toBe(
      'let v = vec4(and(w, 255), and(shiftRight(w, 8), 255), and(shiftRight(w, 16), 255), shiftRight(w, 24))',
    )
  })
  test('four codes are packed into one word', () => {
    const packed = operation('packI8', u32Type, named('v', i32x4))
    expect(scalarized(store(packed, 'y', { storage: 'u32', lanes: 1 }))).toMatchInlineSnapshot(
      `"y[i] = packI8(v.x, v.y, v.z, v.w)"`,
    )
  })
})

test('a lane at a variable index is selected by comparisons', () => {
  const chosen: DeviceExpr = {
    kind: 'dynamicComponent',
    type: f32Type,
    of: load('x', f32x4),
    lane: named('lane', u32Type),
  }
  expect(scalarized(store(chosen))).toMatchInlineSnapshot(`
    "let x_value = x4[i]
    y[i] = select(eq(lane, 0), x_value.x, select(eq(lane, 1), x_value.y, select(eq(lane, 2), x_value.z, x_value.w)))"
  `)
})

test('each lane of a select uses its own condition', () => {
  const condition = operation('lt', withLanes(boolType, 4), named('v', f32x4), splat(constant(0)))
  const value = operation('select', f32x4, condition, named('v', f32x4), splat(constant(0)))
  expect(scalarized({ kind: 'let', name: 'a', value })).toMatchInlineSnapshot(
    `"let a = vec4(select(lt(v.x, 0), v.x, 0), select(lt(v.y, 0), v.y, 0), select(lt(v.z, 0), v.z, 0), select(lt(v.w, 0), v.w, 0))"`,
  )
})
