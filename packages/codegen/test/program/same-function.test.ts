import { describe, expect, test } from 'vitest'
import type { DeviceExpr, DeviceProgram, DeviceStatement } from '../../src/program/device-program.ts'
import { f32Type, u32Type } from '../../src/program/device-type.ts'
import { literal, op } from '../../src/program/expressions.ts'
import { isSameFunction } from '../../src/program/same-function.ts'

const load: DeviceExpr = {
  kind: 'load',
  type: f32Type,
  array: 'x',
  index: { kind: 'thread', type: u32Type, of: 'group', dimension: 'x' },
  access: { storage: 'f32', lanes: 1 },
}
const store = (value: DeviceExpr): DeviceStatement => ({
  kind: 'store',
  array: 'y',
  index: literal(0),
  access: { storage: 'f32', lanes: 1 },
  value,
})
const program = (entry: string, value: DeviceExpr, more: Partial<DeviceProgram> = {}): DeviceProgram => ({
  arrays: [
    { name: 'x', element: { storage: 'f32', lanes: 1 }, access: 'read' },
    { name: 'y', element: { storage: 'f32', lanes: 1 }, access: 'read_write' },
    { name: 'other', element: { storage: 'f32', lanes: 1 }, access: 'read' },
  ],
  sizes: ['T'],
  usesZero: false,
  functions: [{ entry, workgroup: [64, 1, 1], shared: [], body: [store(value)], arrays: ['x', 'y'] }],
  ...more,
})
const [one] = program('one', load).functions
const areSame = (a: DeviceProgram, b: DeviceProgram) =>
  isSameFunction({ program: a, position: 0 }, { program: b, position: 0 })

describe('two functions are the same if they differ by', () => {
  const twice = op('add', f32Type, load, load)
  test.each<[string, boolean, DeviceProgram]>([
    ['their name', true, program('two', op('add', f32Type, { ...load }, load))],
    ['a value', false, program('one', load)],
    ['an operation', false, program('one', op('sub', f32Type, load, load))],
    [
      'the number of threads',
      false,
      program('one', twice, { functions: [{ ...one, body: [store(twice)], workgroup: [32, 1, 1] } as never] }),
    ],
    [
      'the declaration of an argument',
      false,
      program('one', twice, { arrays: program('one', twice).arrays.map(a => ({ ...a, hint: 'streaming' as const })) }),
    ],
    ['an array of another function', true, program('one', twice, { arrays: program('one', twice).arrays.slice(0, 2) })],
    ['a size that is not used', false, program('one', twice, { sizes: ['D'] })],
  ])('%s: %s', (_, same, other) => {
    expect(areSame(program('one', twice), other)).toBe(same)
  })

  test('zeros of different signs differ', () => {
    const zero = (value: number) => program('one', { kind: 'literal', type: f32Type, value })
    expect(areSame(zero(0), zero(0))).toBe(true)
    expect(areSame(zero(0), zero(-0))).toBe(false)
  })

  test('comparing deep shared values does not take exponential time', () => {
    const deep = () => Array.from({ length: 5000 }).reduce<DeviceExpr>(e => op('add', f32Type, e, e), { ...load })
    expect(areSame(program('one', deep()), program('two', deep()))).toBe(true)
  })

  test('a missing function equals no other', () => {
    expect(
      isSameFunction({ program: program('one', load), position: 0 }, { program: program('one', load), position: -1 }),
    ).toBe(false)
  })
})
