/** Random kernels: what they contain, and that the interpreter agrees with a direct evaluation of the definition. */
import { type Expr, interpretKernel, parseKernel, serializeKernel, storageTypes, visitExpr } from '@qernel/dsl'
import { affinesOf, approximateOperations, constantValues, namedParts } from '@qernel/dsl/internal'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { randomKernels } from '../src/index.ts'
import { randomInputs } from '../src/random/inputs.ts'
import { randomNumbers } from '../src/random/numbers.ts'
import { randomTrial } from '../src/trial/random-trials.ts'
import { workOf } from '../src/trial/work.ts'
import { directly } from './direct-evaluation.ts'

test('the interpreter agrees with the direct evaluation of every element', () => {
  let elements = 0
  const property = fc.property(randomKernels(), fc.nat(), (kernel, seed) => {
    const [one] = randomTrial(kernel, randomNumbers(seed), { cases: 1, compose: false }).cases
    if (one === undefined) throw new Error('a case is expected')
    const sizes = new Map(Object.entries(one.sizes))
    if (workOf(kernel, sizes) > 200) return
    const inputs = randomInputs(kernel, sizes, one.values, one.seed)
    for (const [name, { data }] of interpretKernel(kernel, inputs, sizes)) {
      expect(directly(kernel, name, inputs, sizes), `${name} at ${JSON.stringify(one)}`).toEqual([...data])
      elements += data.length
    }
  })
  fc.assert(property, { numRuns: 200 })
  expect(elements).toBeGreaterThan(200)
}, 60_000)

test('a parsed kernel has the text that was serialized', () => {
  fc.assert(
    fc.property(randomKernels(), kernel => {
      expect(serializeKernel(parseKernel(serializeKernel(kernel)))).toBe(serializeKernel(kernel))
    }),
    { numRuns: 100 },
  )
})

describe('400 random kernels contain', () => {
  const kernels = fc.sample(randomKernels(), { numRuns: 400, seed: 1 })
  const types = new Set(kernels.flatMap(({ tensors }) => tensors.map(({ type }) => type.name)))
  const found = new Set<string>()
  const sizes = new Map(['B', 'T', 'D'].map(name => [name, 4]))
  for (const { stages, tensors } of kernels) {
    if (stages.length > 2) found.add('three stages')
    if (stages.some(({ name }) => name !== undefined)) found.add('a record')
    if (tensors.some(({ role }) => role === 'temporary')) found.add('a temporary')
    if (tensors.filter(({ role }) => role === 'output').length > 1) found.add('several outputs')
    for (const stage of stages)
      visitExpr(stage.value, node => {
        found.add(node.kind === 'op' ? node.op : node.kind)
        if (node.kind === 'reduce') found.add(`${node.op} over ${node.axes.length} axes`)
        if (node.kind === 'reduce' && node.axes.some(axis => typeof axis.extent === 'number')) found.add('groups')
        if (node.kind === 'load' && node.index.some(s => !('terms' in s))) found.add('a gather')
      })
  }
  for (const { stages } of kernels)
    for (const { value } of stages) {
      const parts = namedParts(value)
      if (parts.length > 10) found.add('values used again and again')
      if (parts.some(part => part.kind === 'op' && part.op === 'div')) found.add('a shared quotient')
      visitExpr(value, node => {
        if (node.kind !== 'op') return
        const [, second, third] = node.args as readonly [Expr, Expr, Expr]
        if (node.op === 'div' && constantValues(second, sizes).get(second) !== undefined)
          found.add('a constant divisor')
        if (node.op.startsWith('shift') && second.kind !== 'const') found.add('a shift by a value')
        if (node.op === 'clamp' && second.kind === 'const' && third.kind === 'const' && second.value > third.value)
          found.add('a clamp to bounds in reverse')
        for (const arg of node.args)
          if (arg.kind === 'const' && !Number.isFinite(arg.value)) found.add('a constant that is no finite number')
      })
      for (const { terms } of affinesOf(value))
        for (const factor of terms.values())
          found.add(factor < 0 ? 'an index backwards' : factor > 1 ? 'an index in strides' : '')
    }
  test.each([...storageTypes.keys(), 'u4h32', 'i4h8', 'u2h16'])('%s', type => {
    expect(types).toContain(type)
  })
  test.each([
    ...['values used again and again', 'a shared quotient', 'a constant divisor', 'a shift by a value'],
    ...['a clamp to bounds in reverse', 'a constant that is no finite number'],
    ...['an index backwards', 'an index in strides'],
    ...['three stages', 'a record', 'a temporary', 'several outputs', 'groups', 'a gather'],
    ...['sum over 1 axes', 'max over 2 axes', 'min over 1 axes', 'size', 'index'],
    ...[
      'add',
      'sub',
      'mul',
      'div',
      'neg',
      'abs',
      'min',
      'max',
      'clamp',
      'round',
      'roundHalfAway',
      'floor',
      'ceil',
      'trunc',
    ],
    ...['fma', 'lt', 'le', 'gt', 'ge', 'eq', 'ne', 'select', 'and', 'or', 'xor', 'not', 'shiftLeft', 'shiftRight'],
    ...approximateOperations,
    ...['bitcastI32', 'bitcastU32', 'toF32', 'saturate', 'narrow', 'wrap'],
  ])('%s', what => {
    expect(found).toContain(what)
  })
})

test('a kernel shrinks to the part that matters', () => {
  const hasRound = fc.property(randomKernels(), ({ stages }) => {
    let rounds = false
    for (const { value } of stages)
      visitExpr(value, node => {
        if (node.kind === 'op' && node.op === 'roundHalfAway') rounds = true
      })
    return !rounds
  })
  const { counterexample } = fc.check(hasRound, { numRuns: 500, seed: 3 })
  if (counterexample === null) throw new Error('no kernel rounds half away from zero')
  const [{ stages, tensors }] = counterexample
  expect([stages.length, tensors.length]).toEqual([1, 1])
  const operations: string[] = []
  for (const { value } of stages)
    visitExpr(value, node => {
      if (node.kind === 'op') operations.push(node.op)
    })
  expect(operations.filter(name => name !== 'saturate')).toEqual(['roundHalfAway'])
})
