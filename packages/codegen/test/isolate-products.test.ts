import { describe, expect, test } from 'vitest'
import type { DeviceExpr, DeviceStatement } from '../src/device-program.ts'
import { f32Type, u32Type } from '../src/device-program.ts'
import { isolateProducts } from '../src/isolate-products.ts'
import { bodyOf, load, named, operation, programOf, store, text } from './device-programs.ts'

const isolated = (...body: DeviceStatement[]): string => text(bodyOf(isolateProducts(programOf(...body))))
const product = operation('mul', f32Type, named('a'), named('b'))
const sum = (a: DeviceExpr) => operation('add', f32Type, a, named('c'))
const assign = (name: string, value: DeviceExpr): DeviceStatement => ({ kind: 'assign', name, value })

describe('products that may reach a sum', () => {
  test.each<[string, DeviceStatement, string]>([
    ['directly', store(sum(product)), 'y[i] = add(isolatedMul(a, b), c)'],
    ['behind a sign', store(sum(operation('neg', f32Type, product))), 'y[i] = add(neg(isolatedMul(a, b)), c)'],
    ['under a name', { kind: 'let', name: 'p', value: product }, 'let p = isolatedMul(a, b)'],
    ['in a variable', assign('p', product), 'p = isolatedMul(a, b)'],
  ])('%s', (_, statement, expected) => {
    expect(isolated(statement)).toBe(expected)
  })

  test('through memory that is read again', () => {
    const again: DeviceStatement = { kind: 'let', name: 'p', value: load('y') }
    expect(isolated(store(product), again)).toBe('y[i] = isolatedMul(a, b)\nlet p = y[i]')
  })
})

describe('products that cannot', () => {
  test.each<[string, DeviceStatement, string]>([
    ['are stored', store(product), 'y[i] = mul(a, b)'],
    [
      'are rounded by the next operation',
      store(operation('div', f32Type, product, named('c'))),
      'y[i] = div(mul(a, b), c)',
    ],
    ['are integers', assign('n', operation('mul', u32Type, named('u', u32Type), named('v', u32Type))), 'n = mul(u, v)'],
  ])('%s', (_, statement, expected) => {
    expect(isolated(statement)).toBe(expected)
  })
})
