/** The oracles of the property tests, applied to nests that are wrong on purpose: each oracle must detect its kind of mistake. */
import { affine, interpretKernel, interpretNest, type Nest } from '@qernel/dsl'
import { OutOfBounds } from '@qernel/dsl/internal'
import { describe, expect, test } from 'vitest'
import {
  applySchedule,
  InvalidNest,
  loopsOf,
  mapLeaf,
  mapLeaves,
  parseSteps,
  replaceLoopIn,
  validateNest,
} from '../src/index.ts'
import { perChannel, quantize } from './kernels.ts'
import { randomInputs } from './random-inputs.ts'
import { foreignReads } from './thread-ownership.ts'

const sizes = new Map([
  ['T', 5],
  ['D', 7],
])
const nestOf = (steps: string, kernel = quantize) => applySchedule(kernel, parseSteps(steps)).nest
const loopId = (nest: Nest, name: string) => loopsOf(nest.body).find(({ loop }) => loop.name === name)?.loop.id ?? -1
const results = (nest: Nest, order?: 'reverse') =>
  interpretNest(nest, randomInputs(nest.kernel, sizes, 2), sizes, order === undefined ? {} : { order })

test('a correct nest passes all of them', () => {
  const nest = nestOf('tile(t=2,d=4) cache(buffer=x,memory=shared) coarsen(d=2)')
  const expected = interpretKernel(quantize, randomInputs(quantize, sizes, 2), sizes)
  validateNest(nest, 'as it is')
  expect(results(nest)).toEqual(expected)
  expect(results(nest, 'reverse')).toEqual(expected)
  expect(foreignReads(nest, sizes)).toEqual([])
})

test('a dropped guard writes out of bounds', () => {
  const nest = nestOf('tile(t=2,d=4)')
  const wrong = { ...nest, body: mapLeaves(nest.body, leaf => ({ ...leaf, where: [] })) }
  expect(() => results(wrong)).toThrow(OutOfBounds)
})

test('two iterations that write the same element give different results in different orders', () => {
  const nest = nestOf('')
  const [t, d] = [loopId(nest, 't'), loopId(nest, 'd')]
  // q[t, d] becomes q[t, 0]: the last iteration of d wins, and it depends on the order.
  const wrong = {
    ...nest,
    body: mapLeaves(nest.body, leaf => ({ ...leaf, index: [affine.variable(t), affine.constant(0)] })),
  }
  expect(d).toBeGreaterThanOrEqual(0)
  expect(results(wrong)).not.toEqual(results(wrong, 'reverse'))
})

test('an element that is never written keeps the poison', () => {
  const nest = nestOf('')
  const d = loopId(nest, 'd')
  const wrong = {
    ...nest,
    body: mapLeaves(nest.body, leaf => mapLeaf(leaf, a => affine.substitute(a, d, affine.constant(0)))),
  }
  expect(results(wrong).get('q')?.data[1]).toBe(85)
})

test('an accumulator that two lanes share gives a wrong result', () => {
  const nest = nestOf('vectorize(d=4,stage=scale)', perChannel)
  const wrong = {
    ...nest,
    body: mapLeaves(nest.body, leaf =>
      mapLeaf(
        leaf.buffer === 'scale_max' ? { ...leaf, index: [affine.constant(0)] } : leaf,
        a => a,
        e => (e.kind === 'load' && e.buffer === 'scale_max' ? { ...e, index: [affine.constant(0)] } : e),
      ),
    ),
  }
  expect(results(wrong)).not.toEqual(interpretKernel(perChannel, randomInputs(perChannel, sizes, 2), sizes))
})

describe('memory that belongs to one thread or workgroup', () => {
  const cached = nestOf('tile(t=2,d=4) cache(buffer=x,memory=shared)')
  const withTile = (memory: 'register' | 'shared') => {
    const tile = cached.buffers.get('x_tile')
    if (tile === undefined) throw new Error('there is no x_tile')
    return { ...cached, buffers: new Map([...cached.buffers, ['x_tile', { ...tile, memory }]]) }
  }
  /** Each thread reads the element that the neighbouring thread copied. */
  const mirrored = (nest: Nest): Nest => {
    const body = mapLeaves(nest.body, leaf =>
      leaf.buffer === 'q'
        ? mapLeaf(
            leaf,
            a => a,
            e =>
              e.kind === 'load' && e.buffer === 'x_tile'
                ? { ...e, index: [affine.constant(0), affine.constant(0)] }
                : e,
          )
        : leaf,
    )
    return { ...nest, body }
  }

  test('registers may hold what the thread itself wrote', () => {
    expect(foreignReads(withTile('register'), sizes)).toEqual([])
  })
  test('registers may not hold what another thread wrote', () => {
    expect(foreignReads(mirrored(withTile('register')), sizes)).not.toEqual([])
    expect(foreignReads(mirrored(withTile('shared')), sizes)).toEqual([])
  })
  test('shared memory may not hold what another dispatch wrote', () => {
    const { scope: _, ...tile } = cached.buffers.get('x_tile') ?? { scope: 0 }
    const [copy, use] = [0, 1].map(i =>
      replaceLoopIn(cached, loopId(cached, 'd'), loop => [{ ...loop, body: loop.body.slice(i, i + 1) }]),
    ) as [Nest, Nest]
    // Copied in one dispatch, read in the next.
    const buffers = new Map([
      ...cached.buffers,
      ['x_tile', tile as Nest['buffers'] extends ReadonlyMap<string, infer B> ? B : never],
    ])
    const apart = { ...cached, buffers, body: [...copy.body, ...use.body] }
    expect(foreignReads(apart, sizes)[0]).toMatch('read before it is written')
  })
})

describe('the validator rejects', () => {
  const nest = nestOf('tile(t=2,d=4) vectorize(d=2)')
  const broken = (name: string, change: Parameters<typeof replaceLoopIn>[2]) => () =>
    validateNest(replaceLoopIn(nest, loopId(nest, name), change), 'here')

  test.each<[string, () => void, string]>([
    ['an index of a loop that is not there', broken('d_in', l => l.body), 'which is not around it'],
    ['an empty loop', broken('d_in', l => [{ ...l, body: [] }]), 'd_in is empty'],
    ['two loops with the same id', broken('d_in', l => [l, l]), 'two loops have the id'],
    ['a loop without iterations', broken('d_in', l => [{ ...l, extent: 0 }]), 'd_in has 0 iterations'],
    [
      'two nested loops with the same mode',
      broken('d', l => [{ ...l, mode: 'grid.y' }]),
      'two nested loops are grid.y',
    ],
    [
      'a grid loop inside a serial loop',
      broken('t', l => [{ ...l, mode: 'serial' }]),
      'stands inside a loop of another kind',
    ],
    [
      'a workgroup of unknown size',
      broken('t', l => [{ ...l, mode: 'block.z' }]),
      'an extent that only the launch knows',
    ],
    ['a vector around several leaves', broken('d_vec', l => [{ ...l, body: [...l.body, ...l.body] }]), 'single leaf'],
    [
      'an ordered loop that runs in parallel',
      broken('d_in', l => [{ ...l, ordered: true }]),
      'd_in runs in order and is block.x',
    ],
    ['an ordered vector', broken('d_vec', l => [{ ...l, ordered: true }]), 'd_vec runs in order and is vector'],
    [
      'a reduction that runs in parallel',
      broken('d_in', l => [{ ...l, reduce: true }]),
      'runs in parallel without a combine',
    ],
  ])('%s', (_, validate, message) => {
    expect(validate).toThrow(InvalidNest)
    expect(validate).toThrow(message)
  })

  test('a loop that passes a value on without being ordered', () => {
    const pipelined = nestOf('pipeline(loop=d,buffer=x)')
    const wrong = replaceLoopIn(pipelined, loopId(pipelined, 'd'), l => [{ ...l, ordered: false }])
    expect(() => validateNest(wrong, 'here')).toThrow('x_next hands a value from one iteration of d to another')
  })
})
