import { describe, expect, test } from 'vitest'
import { isolateProducts, isolateProductsByZero } from '../../src/passes/isolate-products.ts'
import type { DeviceExpr, DeviceStatement } from '../../src/program/device-program.ts'
import { f32Type, u32Type } from '../../src/program/device-type.ts'
import { bodyOf, index, named, operation, programOf, store, text } from '../device-programs.ts'

const isolated = (...body: DeviceStatement[]): string => text(bodyOf(isolateProducts(programOf(...body))))
const product = operation('mul', f32Type, named('a'), named('b'))
const sum = (a: DeviceExpr) => operation('add', f32Type, a, named('c'))

describe('products in a function that adds floats are isolated', () => {
  test.each<[string, DeviceStatement[], string]>([
    ['inside the sum', [store(sum(product))], 'y[i] = add(isolatedMul(a, b), c)'],
    ['inside a negation', [store(sum(operation('neg', f32Type, product)))], 'y[i] = add(neg(isolatedMul(a, b)), c)'],
    [
      'behind a name',
      [{ kind: 'let', name: 'p', value: product }, store(sum(named('p')))],
      'let p = isolatedMul(a, b)\ny[i] = add(p, c)',
    ],
    [
      'inside a condition',
      [
        {
          kind: 'if',
          condition: operation('lt', { scalar: 'bool', lanes: 1 }, product, named('c')),
          body: [store(operation('sub', f32Type, named('a'), named('b')))],
        },
      ],
      'if lt(isolatedMul(a, b), c) {\n  y[i] = sub(a, b)\n}',
    ],
  ])('%s', (_, body, expected) => {
    expect(isolated(...body)).toBe(expected)
  })
})

describe('products that no sum can use are not isolated', () => {
  test.each<[string, DeviceStatement, string]>([
    ['without a sum', store(product), 'y[i] = mul(a, b)'],
    [
      'of integers',
      store(sum(operation('toF32', f32Type, operation('mul', u32Type, named('u', u32Type), index(3))))),
      'y[i] = add(toF32(mul(u, 3)), c)',
    ],
  ])('%s', (_, statement, expected) => {
    expect(isolated(statement)).toBe(expected)
  })
})

test('WGSL needs the zero of the launch only where a product is isolated', () => {
  expect(isolateProductsByZero(programOf(store(product))).usesZero).toBe(false)
  expect(isolateProductsByZero(programOf(store(sum(product)))).usesZero).toBe(true)
})
