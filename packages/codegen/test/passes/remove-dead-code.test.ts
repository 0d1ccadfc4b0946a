import { describe, expect, test } from 'vitest'
import { initializeVariables } from '../../src/passes/initialize-variables.ts'
import { removeDeadCode } from '../../src/passes/remove-dead-code.ts'
import type { DeviceStatement } from '../../src/program/device-program.ts'
import { boolType, f32Type, u32Type } from '../../src/program/device-type.ts'
import { bodyOf, constant, index, load, named, operation, programOf, store, text } from '../device-programs.ts'

const remaining = (...body: DeviceStatement[]): string => text(bodyOf(removeDeadCode(programOf(...body))))
const bind = (name: string, value = constant(1)): DeviceStatement => ({ kind: 'let', name, value })
const loop = (extent: number, ...body: DeviceStatement[]): DeviceStatement => ({
  kind: 'for',
  name: 'k',
  extent: index(extent),
  unroll: false,
  body,
})

describe('drops', () => {
  test('names that are not read, and then those that only they read', () => {
    expect(remaining(bind('a'), bind('b', named('a')), bind('c'), store(named('c')))).toBe('let c = 1\ny[i] = c')
  })
  test('private arrays that are only written', () => {
    const array: DeviceStatement = { kind: 'array', name: 'kept', type: f32Type, length: 4 }
    const assign: DeviceStatement = { kind: 'assign', name: 'kept', index: index(0), value: constant(1) }
    expect(remaining(array, loop(4, assign))).toBe('')
  })
  test('loops that never run', () => {
    expect(remaining(loop(0, store(constant(1))))).toBe('')
  })
  test('conditions that never hold', () => {
    const never = operation('lt', boolType, named('u', u32Type), index(0))
    const both = operation('all', boolType, named('a', boolType), never)
    expect(remaining({ kind: 'if', condition: both, body: [store(constant(1))] })).toBe('')
  })
  test('comments with no code to describe', () => {
    expect(remaining(loop(4, { kind: 'comment', text: 'load' }, bind('a', load('x'))))).toBe('')
  })
})

test('keeps barriers', () => {
  expect(remaining(loop(4, { kind: 'barrier' }))).toBe('for k < 4 {\n  barrier\n}')
})

describe('initializeVariables', () => {
  const declare: DeviceStatement = { kind: 'var', name: 'm', type: f32Type }
  const assign: DeviceStatement = { kind: 'assign', name: 'm', value: constant(0) }
  const initialized = (...body: DeviceStatement[]): string => text(bodyOf(initializeVariables(programOf(...body))))

  test('merges a declaration with the first assignment if it follows immediately', () => {
    expect(initialized(declare, assign, store(named('m')))).toBe('var m = 0\ny[i] = m')
  })
  test('does not merge a declaration with an assignment in a loop', () => {
    expect(initialized(declare, loop(4, assign))).toBe('var m\nfor k < 4 {\n  m = 0\n}')
  })
})
