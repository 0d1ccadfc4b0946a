/** Which results are hidden from the operation that uses them, and which need not be. */
import { f32, kernel, sum, type Value } from '@qernel/dsl'
import { applySchedule, parseSteps } from '@qernel/schedule'
import { describe, expect, test } from 'vitest'
import type { DeviceProgram } from '../../src/index.ts'
import { type DeviceExpr, type DeviceStatement, f32Type, lower, roundEachOperation } from '../../src/internal.ts'
import { constant, operation, programOf, store } from '../device-programs.ts'
import { wgslTarget } from '../targets.ts'

const lowered = (value: (x: Value, y: Value) => Value, steps = ''): DeviceProgram => {
  const one = kernel('one', ({ size, input, output }) => {
    const N = size('N')
    const x = input('x', f32, [N])
    const y = input('y', f32, [N])
    output('z', f32, [N], n => value(x(n), y(n)))
  })
  return lower(applySchedule(one, parseSteps(steps), { nativeTypes: wgslTarget.nativeTypes }), wgslTarget).program
}

const signs: Readonly<Record<string, string>> = { add: '+', sub: '-', mul: '*', div: '/', lt: '<' }

/** An expression with ⟨…⟩ around what is hidden. */
function text(e: DeviceExpr): string {
  if (e.kind === 'literal') return String(e.value)
  if (e.kind === 'variable') return e.name.replace('_value', '')
  if (e.kind === 'op' && e.op === 'bitcastF32') {
    const [word] = e.args
    if (word?.kind === 'op' && word.op === 'add' && word.args[0]?.kind === 'op')
      return `⟨${text(word.args[0].args[0] as DeviceExpr)}⟩`
    return '⟨bits⟩'
  }
  if (e.kind === 'component') return text(e.of)
  if (e.kind !== 'op') return e.kind
  const args = e.args.map(text)
  return signs[e.op] === undefined ? `${e.op}(${args.join(', ')})` : `(${args.join(` ${signs[e.op]} `)})`
}

function stores(body: readonly DeviceStatement[]): string[] {
  return body.flatMap(s =>
    s.kind === 'store' || s.kind === 'assign' ? [text(s.value)] : 'body' in s ? stores(s.body) : [],
  )
}
const stored = (program: DeviceProgram): string[] => stores(roundEachOperation(program).functions[0]?.body ?? [])

describe('operations on plain loads stay unchanged', () => {
  test.each<[string, (x: Value, y: Value) => Value]>([
    ['(x * y)', (x, y) => x.mul(y)],
    ['(x + 1.5)', x => x.add(1.5)],
    ['round((x / y))', (x, y) => x.div(y).round()],
    ['max(x, 0)', x => x.max(0)],
  ])('%s', (expected, value) => {
    expect(stored(lowered(value))).toEqual([expected])
  })
})

describe('results that another operation uses are hidden from it', () => {
  test.each<[string, (x: Value, y: Value) => Value]>([
    ['(⟨(x * 1.5)⟩ * 0.25)', x => x.mul(1.5).mul(0.25)],
    ['(⟨(x + y)⟩ - x)', (x, y) => x.add(y).sub(x)],
    ['(⟨(x * y)⟩ + ⟨(x * 0.5)⟩)', (x, y) => x.mul(y).add(x.mul(0.5))],
    ['(⟨abs((x * y))⟩ * 0.5)', (x, y) => x.mul(y).abs().mul(0.5)],
    ['(⟨neg(x)⟩ + x)', x => x.neg().add(x)],
  ])('%s', (expected, value) => {
    expect(stored(lowered(value))).toEqual([expected])
  })
})

describe('hides what compilers fold in their own way', () => {
  test.each<[string, (x: Value) => Value]>([
    ['(x * ⟨0⟩)', x => x.mul(0)],
    ['(x + ⟨0⟩)', x => x.add(0)],
    ['(⟨x⟩ - x)', x => x.sub(x)],
    // Both are hidden as results, in the same way, so they are still one value unless one of them is hidden again.
    ['(⟨⟨(x * 1.5)⟩⟩ - ⟨(x * 1.5)⟩)', x => x.mul(1.5).sub(x.mul(1.5))],
  ])('%s', (expected, value) => {
    expect(stored(lowered(value))).toEqual([expected])
  })
})

test.each([
  ['add', -0, 0, '(⟨0⟩ + ⟨0⟩)'],
  ['mul', 3, 0, '(⟨3⟩ * ⟨0⟩)'],
  ['mul', 3, 0.5, '(⟨3⟩ * 0.5)'],
] as const)('an operation on constants hides its 0: %s of %d and %d', (op, a, b, expected) => {
  expect(stored(programOf(store(operation(op, f32Type, constant(a), constant(b)))))).toEqual([expected])
})

test('the accumulator is hidden from each addition', () => {
  const total = kernel('total', ({ size, input, output }) => {
    const T = size('T')
    const D = size('D')
    const x = input('x', f32, [T, D])
    output('y', f32, [T], t => sum(D, d => x(t, d)))
  })
  const { program } = lower(applySchedule(total, [], { nativeTypes: wgslTarget.nativeTypes }), wgslTarget)
  expect(stored(program)).toEqual(['0', '(⟨y_sum⟩ + x)', 'y_sum'])
})

test('the zero of the launch is needed only where something is hidden', () => {
  expect(roundEachOperation(lowered(x => x.mul(2))).usesZero).toBe(false)
  expect(roundEachOperation(lowered(x => x.mul(2).mul(3))).usesZero).toBe(true)
})
