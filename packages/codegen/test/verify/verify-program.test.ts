/** Programs that are broken on purpose, one for each rule of the verifier, and its message for each. */
import { describe, expect, test } from 'vitest'
import type { Numerics } from '../../src/index.ts'
import type { DeviceExpr, DeviceProgram, DeviceStatement } from '../../src/program/device-program.ts'
import { boolType, f32Type, u32Type } from '../../src/program/device-type.ts'
import { verifyFinished } from '../../src/verify/verify-finished.ts'
import { verifyProgram } from '../../src/verify/verify-program.ts'
import { constant, f32x4, index, load, named, operation, programOf, store } from '../device-programs.ts'
import { cudaTarget, wgslTarget } from '../targets.ts'

const i: DeviceStatement = { kind: 'let', name: 'i', value: index(0) }
const declare = (name: string): DeviceStatement => ({ kind: 'var', name, type: f32Type })
const keep = (name: string, value: DeviceExpr): DeviceStatement => ({ kind: 'let', name, value })
const assign = (name: string, value: DeviceExpr): DeviceStatement => ({ kind: 'assign', name, value })
const when = (condition: DeviceExpr, ...body: DeviceStatement[]): DeviceStatement => ({ kind: 'if', condition, body })
const lane: DeviceExpr = { kind: 'thread', type: u32Type, of: 'local', dimension: 'x' }
const group: DeviceExpr = { ...lane, of: 'group' }
const below = (a: DeviceExpr, b: DeviceExpr) => operation('lt', boolType, a, b)
const x = load('x')
const barrier: DeviceStatement = { kind: 'barrier' }

const problemOf = (program: DeviceProgram, castsPointers = false): string => {
  try {
    verifyProgram(program, { castsPointers }, 'some-pass')
    return ''
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

describe('accepts', () => {
  test.each<[string, DeviceStatement[]]>([
    ['a store', [i, store(x)]],
    ['a variable that is declared, assigned and read', [i, declare('a'), assign('a', x), store(named('a'))]],
    ['a barrier that all threads of a workgroup reach', [when(below(group, index(3)), barrier)]],
    [
      'a barrier in a loop of constant length',
      [{ kind: 'for', name: 'k', extent: index(3), unroll: false, body: [barrier] }],
    ],
  ])('%s', (_, body) => {
    expect(problemOf(programOf(...body))).toBe('')
  })

  test('an access of another width, but only on a target that casts pointers', () => {
    const wide = programOf(i, store(load('x', f32x4), 'y'))
    expect(problemOf(wide, true)).toBe('')
    expect(problemOf(wide)).toContain('x is declared as f32×1, but accessed as f32×4')
  })
})

describe('refuses', () => {
  test.each<[string, DeviceStatement[], string]>([
    ['a name before its declaration', [i, store(named('a')), declare('a')], 'no variable a is declared here'],
    [
      'a name outside its block',
      [i, when(below(i.kind === 'let' ? i.value : lane, lane), declare('a')), assign('a', x)],
      'no variable a is declared here',
    ],
    ['a name that is declared twice', [i, i], 'i is declared a second time'],
    ['a name that an array has', [keep('x', index(0))], 'x is declared a second time, or is the name of an array'],
    ['a name of the wrong type', [i, store(named('i'))], 'i is u32, not f32'],
    ['an assignment to a value', [i, keep('a', x), assign('a', x)], 'a is not a variable'],
    ['an assignment of the wrong type', [declare('a'), assign('a', index(1))], 'a holds f32, not u32'],
    [
      'operands of different types',
      [keep('a', operation('add', f32Type, constant(1), index(1)))],
      'add takes 2 operands of the type of its result, f32 or i32 or u32, but stands here with (f32, u32) → f32',
    ],
    [
      'operands of different widths',
      [keep('a', operation('add', f32x4, { kind: 'construct', type: f32x4, args: [constant(2)] }, constant(1)))],
      'stands here with (f32×4, f32) → f32×4',
    ],
    ['a comparison that gives a number', [keep('a', operation('lt', f32Type, constant(1), constant(2)))], 'lt takes'],
    ['a literal out of range', [keep('a', constant(-1, u32Type))], '-1 is not a valid u32'],
    ['an unknown size', [keep('a', { kind: 'size', type: u32Type, size: 'M' })], 'the program has no size M'],
    [
      'a zero that is not passed',
      [keep('a', { kind: 'size', type: u32Type, size: 'zero' })],
      'the program has no size zero',
    ],
    ['an unknown array', [i, keep('a', load('w'))], 'the function has no array w'],
    ['a store to a read-only array', [i, store(x, 'x')], 'x is read-only'],
    [
      'an atomic maximum on an array that is not atomic',
      [{ kind: 'atomicMax', array: 'y', index: index(0), value: index(1) }],
      'y is not an array of atomic words',
    ],
    ['a condition that is a number', [when(index(1))], 'its condition is not a single bool'],
    [
      'a lane that does not exist',
      [
        keep('a', {
          kind: 'component',
          type: f32Type,
          of: { kind: 'construct', type: f32x4, args: [constant(1)] },
          lane: 4,
        }),
      ],
      'f32×4 has no lane 4 of f32',
    ],
    [
      'a barrier that some threads miss',
      [when(below(lane, index(3)), barrier)],
      'some threads of a workgroup may not get here',
    ],
    [
      'a barrier under a condition that depends on the thread',
      [declare('a'), assign('a', operation('toF32', f32Type, lane)), when(below(named('a'), constant(3)), barrier)],
      'some threads of a workgroup may not get here',
    ],
    [
      'a shuffle that some threads miss',
      [when(below(lane, index(3)), keep('a', operation('shuffleXor', f32Type, constant(1), index(1))))],
      'some threads of a workgroup may not get to this shuffle',
    ],
  ])('%s', (_, body, says) => {
    const problem = problemOf(programOf(...body))
    expect(problem).toContain(says)
    expect(problem).toMatch(/^f after the pass some-pass, at `.*`: .*; this is a bug in qernel, please report it$/)
  })
})

describe('refuses, in programs that compilers would change,', () => {
  const product = operation('mul', f32Type, x, load('s'))
  const hidden = (e: DeviceExpr): DeviceExpr =>
    operation(
      'bitcastF32',
      f32Type,
      operation('add', u32Type, operation('bitcastU32', u32Type, e), { kind: 'size', type: u32Type, size: 'zero' }),
    )
  const finished =
    (numerics: Partial<Numerics>, ...body: DeviceStatement[]) =>
    () =>
      verifyFinished(programOf(i, ...body), {
        ...wgslTarget,
        numerics: { ...cudaTarget.numerics, contracts: false, ...numerics },
      })
  const sum = (a: DeviceExpr) => store(operation('add', f32Type, a, load('s')))
  const chains = { reassociates: true }

  test.each<[string, Partial<Numerics>, DeviceStatement[], string]>([
    ['a chain of operations', chains, [sum(product)], 'merge the two'],
    ['a chain through a name', chains, [keep('p', product), sum(named('p'))], 'merge the two'],
    ['a chain through memory', chains, [store(product), sum(load('y'))], 'merge the two'],
    [
      'a chain through bits',
      chains,
      [sum(operation('bitcastF32', f32Type, operation('bitcastU32', u32Type, product)))],
      'merge the two',
    ],
    ['an operand of 0', chains, [sum(constant(0))], 'may know to be 0'],
    [
      'an accumulator that starts at 0',
      chains,
      [declare('a'), assign('a', constant(0)), sum(named('a'))],
      'may know to be 0',
    ],
    [
      'an operation of a value with itself',
      chains,
      [store(operation('sub', f32Type, x, x))],
      'both operands of sub are one value',
    ],
    ['a product in a sum', { contracts: true }, [sum(operation('neg', f32Type, product))], 'round the two once'],
    [
      'a constant divisor',
      { constantDivisorExact: false },
      [store(operation('div', f32Type, x, constant(3)))],
      'a product of a division',
    ],
  ])('%s', (_, numerics, body, says) => {
    expect(finished(numerics, ...body)).toThrow(says)
    expect(finished({}, ...body)).not.toThrow()
  })

  test.each<[string, Partial<Numerics>, DeviceStatement[]]>([
    ['a hidden result', chains, [sum(hidden(product))]],
    ['a result that is rounded to an integer', chains, [sum(operation('round', f32Type, product))]],
    ['an isolated product', { contracts: true }, [sum(operation('isolatedMul', f32Type, x, load('s')))]],
    ['a hidden divisor', { constantDivisorExact: false }, [store(operation('div', f32Type, x, hidden(constant(3))))]],
  ])('but not %s', (_, numerics, body) => {
    expect(finished(numerics, ...body)).not.toThrow()
  })

  test('an operation on vectors for a target with scalar operators', () => {
    const twice = operation('add', f32x4, load('x', f32x4), load('x', f32x4))
    expect(() => verifyFinished(programOf(i, store(twice)), cudaTarget)).toThrow('works on a vector')
  })
})
