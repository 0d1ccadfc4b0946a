/** The passes that make kernels readable do not change what they compute: they do not apply where they must not. */
import type { DeviceProgram } from '@qernel/codegen'
import { boolType, type DeviceExpr, type DeviceStatement, f32Type, u32Type, withLanes } from '@qernel/codegen/internal'
import { describe, expect, test } from 'vitest'
import { declareLate } from '../src/tidy/declare-late.ts'
import { inlineCopies } from '../src/tidy/inline-copies.ts'
import { mergeConditions } from '../src/tidy/merge-conditions.ts'

const variable = (name: string, type = f32Type): DeviceExpr => ({ kind: 'variable', name, type })
const literal = (value: number, type = f32Type): DeviceExpr => ({ kind: 'literal', value, type })
const less = (name: string, than: number): DeviceExpr => ({
  kind: 'op',
  op: 'lt',
  type: boolType,
  args: [variable(name, u32Type), literal(than, u32Type)],
})
const add = (a: DeviceExpr, b: DeviceExpr): DeviceExpr => ({ kind: 'op', op: 'add', type: f32Type, args: [a, b] })
const access = { storage: 'f32', lanes: 1 } as const
const element = (array: string, at: number): DeviceExpr => ({
  kind: 'load',
  type: f32Type,
  array,
  index: literal(at, u32Type),
  access,
})
const declared = (name: string): DeviceStatement => ({ kind: 'var', name, type: f32Type })
const assign = (name: string, value: DeviceExpr, at?: number): DeviceStatement => ({
  kind: 'assign',
  name,
  value,
  ...(at === undefined ? {} : { index: literal(at, u32Type) }),
})
const store = (array: string, value: DeviceExpr): DeviceStatement => ({
  kind: 'store',
  array,
  index: literal(0, u32Type),
  access,
  value,
})
const named = (name: string, value: DeviceExpr): DeviceStatement => ({ kind: 'let', name, value })
const when = (condition: DeviceExpr, ...body: DeviceStatement[]): DeviceStatement => ({ kind: 'if', condition, body })

const tidied = (pass: (program: DeviceProgram) => DeviceProgram, ...body: DeviceStatement[]) =>
  pass({
    arrays: [],
    sizes: [],
    usesZero: false,
    functions: [{ entry: 'f', workgroup: [1, 1, 1], shared: [], arrays: [], body }],
  }).functions[0]?.body

describe('declarations', () => {
  const one = literal(1)
  test('move to their first use', () => {
    const use = assign('a', one)
    const last = store('y', variable('a'))
    expect(tidied(declareLate, declared('a'), named('b', one), use, last)).toEqual([
      named('b', one),
      declared('a'),
      use,
      last,
    ])
  })
  test('move into the only condition that needs them, but not into a loop', () => {
    const inner = assign('a', one)
    expect(tidied(declareLate, declared('a'), when(less('t', 4), inner))).toEqual([
      when(less('t', 4), declared('a'), inner),
    ])
    const loop: DeviceStatement = { kind: 'for', name: 'i', extent: literal(2, u32Type), unroll: false, body: [inner] }
    expect(tidied(declareLate, declared('a'), loop)).toEqual([declared('a'), loop])
  })
  test('stay outside of two conditions', () => {
    const body = [when(less('t', 4), assign('a', one)), when(less('d', 4), store('y', variable('a')))]
    expect(tidied(declareLate, declared('a'), ...body)).toEqual([declared('a'), ...body])
  })
})

describe('adjacent conditions', () => {
  const [first, second] = [store('y', literal(1)), store('y', literal(2))]
  test('are merged if they are the same', () => {
    expect(tidied(mergeConditions, when(less('t', 4), first), when(less('t', 4), second))).toEqual([
      when(less('t', 4), first, second),
    ])
  })
  test.each<[string, DeviceStatement[]]>([
    ['another condition', [when(less('t', 4), first), when(less('t', 5), second)]],
    ['a statement in between', [when(less('t', 4), first), { kind: 'barrier' }, when(less('t', 4), second)]],
    [
      'a condition that the first one changes',
      [when(less('t', 4), assign('t', literal(9, u32Type))), when(less('t', 4), second)],
    ],
    [
      'a condition on memory',
      [0, 1].map(i => when({ kind: 'op', op: 'lt', type: boolType, args: [element('y', 0), literal(i * 0)] }, first)),
    ],
  ])('are not merged with %s', (_, body) => {
    expect(tidied(mergeConditions, ...body)).toEqual(body)
  })
})

describe('names', () => {
  test('of values that are only assigned are removed', () => {
    expect(tidied(inlineCopies, named('v', element('x', 3)), assign('r', variable('v'), 0))).toEqual([
      assign('r', element('x', 3), 0),
    ])
  })
  test('that are used twice stay', () => {
    const body = [named('v', element('x', 3)), assign('r', variable('v'), 0), store('y', variable('v'))]
    expect(tidied(inlineCopies, ...body)).toEqual(body)
  })

  const pair = withLanes(f32Type, 2)
  const vector = (...args: DeviceExpr[]): DeviceExpr => ({ kind: 'construct', type: pair, args })
  const lane = (index: number): DeviceExpr => ({
    kind: 'component',
    type: f32Type,
    of: variable('v', pair),
    lane: index,
  })
  const kept = [assign('r', lane(0), 0), assign('r', lane(1), 1)]
  test('of vectors whose lanes are assigned one by one are removed', () => {
    const lanes = [add(element('r', 0), literal(1)), add(element('r', 1), literal(1))] as const
    expect(tidied(inlineCopies, named('v', vector(...lanes)), ...kept)).toEqual([
      assign('r', lanes[0], 0),
      assign('r', lanes[1], 1),
    ])
  })
  test("of vectors stay if a lane reads what another lane's assignment changes", () => {
    const body = [named('v', vector(literal(1), element('r', 0))), ...kept]
    expect(tidied(inlineCopies, ...body)).toEqual(body)
  })
})
