import { UniqueNames } from '@qernel/dsl/internal'
import { describe, expect, test } from 'vitest'
import { LoopValues } from '../../src/lower/loop-values.ts'
import type { DeviceExpr, DeviceStatement, ElementType } from '../../src/program/device-program.ts'
import { f32Type, u32Type } from '../../src/program/device-type.ts'
import { literal, op, product, variable } from '../../src/program/expressions.ts'
import { isSameExpression, mapExpressions, mapOperands } from '../../src/program/rewrite-program.ts'

const x = variable('x', f32Type)
const load = (index: DeviceExpr, storage: ElementType['storage'] = 'f32'): DeviceExpr => ({
  kind: 'load',
  type: f32Type,
  array: 'a',
  index,
  access: { storage, lanes: 1 },
})

describe('rewriting', () => {
  const body: readonly DeviceStatement[] = [
    { kind: 'let', name: 'y', value: op('add', f32Type, x, load(variable('i', u32Type))) },
    {
      kind: 'for',
      name: 'k',
      extent: literal(4),
      unroll: false,
      body: [
        { kind: 'store', array: 'a', index: variable('k', u32Type), access: { storage: 'f32', lanes: 1 }, value: x },
      ],
    },
  ]
  test('what does not change stays the same object', () => {
    expect(mapExpressions(body, e => e)).toBe(body)
    const changed = mapExpressions(body, (e, role) => (role === 'index' ? literal(7) : e))
    expect(changed[0]).toBe(body[0])
    expect(changed[1]).toEqual({ ...body[1], body: [expect.objectContaining({ index: literal(7), value: x })] })
    const e = op('mul', f32Type, x, x)
    expect(mapOperands(e, of => of)).toBe(e)
    expect(mapOperands(load(literal(1)), () => literal(2))).toEqual(load(literal(2)))
  })

  test('each expression comes with its role', () => {
    const roles: string[] = []
    mapExpressions(body, (e, role, { kind }) => {
      roles.push(`${kind} ${role}`)
      return e
    })
    expect(roles).toEqual(['let value', 'for extent', 'store index', 'store value'])
  })
})

test.each([
  ['equal operations', op('add', f32Type, x, literal(1, f32Type)), op('add', f32Type, x, literal(1, f32Type)), true],
  ['different operations', op('add', f32Type, x, x), op('sub', f32Type, x, x), false],
  ['different types', literal(1), literal(1, f32Type), false],
  ['different names', x, variable('y', f32Type), false],
  ['different elements', load(literal(1)), load(literal(2)), false],
  ['different storage', load(literal(1)), load(literal(1), 'f16'), false],
  [
    'equal products of indices',
    product(variable('i', u32Type), literal(4)),
    product(variable('i', u32Type), literal(4)),
    true,
  ],
])('isSameExpression: %s', (_, a, b, expected) => {
  expect(isSameExpression(a, b)).toBe(expected)
  expect(isSameExpression(b, a)).toBe(expected)
})

test('the innermost value of a loop counts, and outer scopes keep theirs', () => {
  const outer = LoopValues.none.with(1, 5).with(2, 6)
  const inner = outer.with(1, 7)
  expect([inner.get(1), inner.get(2), inner.get(3)]).toEqual([7, 6, undefined])
  expect(outer.get(1)).toBe(5)
  expect([outer.has(2), LoopValues.none.has(2)]).toEqual([true, false])
})

test('a taken name gets the next free number', () => {
  const namer = new UniqueNames(['value', 'value_3'])
  expect(Array.from({ length: 4 }, () => namer.fresh('value'))).toEqual(['value_2', 'value_4', 'value_5', 'value_6'])
  expect([namer.fresh('value_2'), namer.fresh('other'), namer.fresh('other')]).toEqual([
    'value_2_2',
    'other',
    'other_2',
  ])
})
