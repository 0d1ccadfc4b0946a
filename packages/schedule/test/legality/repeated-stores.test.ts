/**
 * Threads and workgroups never write the same element at once. The loops are written by hand; each condition is decided alone by at least one case.
 */
import { affine, type Buffer, f32, type Guard, type Loop, type Nest, type Store, type Update } from '@qernel/dsl'
import { describe, expect, test } from 'vitest'
import { applySchedule, nestText, parseSteps } from '../../src/index.ts'
import { findRepeatedStore } from '../../src/legality/repeated-stores.ts'
import { codebook, quantize } from '../kernels.ts'
import { refusal } from '../refusals/refusal.ts'

const id = 101
const buffer = (name: string, memory: Buffer['memory']): [string, Buffer] => [
  name,
  { name, memory, role: 'local', type: f32, dims: [] },
]
const start = applySchedule(quantize, []).nest
const buffers = new Map([...start.buffers, buffer('tile', 'shared'), buffer('own', 'register')])

const store = (name: string, more: Partial<Store> = {}): Store => ({
  kind: 'store',
  stage: 'q',
  buffer: name,
  index: [],
  value: { kind: 'load', type: 'f32', buffer: 'scale', index: [] },
  where: [],
  ...more,
})
const atomic: Update = { ...store('q'), kind: 'update', op: 'max', atomic: true }
const below = (bound: Guard['below'], c = 1): Guard => ({
  axis: 't',
  index: affine.scale(affine.variable(id), c),
  below: bound,
})
const early: Guard = { ...below(1), index: affine.add(affine.variable(id), affine.constant(-1)) }
const nestOf = (leaf: Store | Update, more: Partial<Loop>): Nest => {
  const loop: Loop = {
    kind: 'loop',
    id,
    name: 'lane',
    axis: 't',
    mode: 'block.x',
    reduce: false,
    ordered: false,
    extent: 4,
    body: [leaf],
    ...more,
  }
  return { ...start, buffers, body: [loop], nextLoop: 102 }
}

describe('a store whose index does not use the loop is repeated', () => {
  test.each<[string, boolean, Store | Update, Partial<Loop>]>([
    ['by threads, in global memory', true, store('q'), {}],
    ['by threads, in shared memory', true, store('tile'), {}],
    ['by threads, in their own registers', false, store('own'), {}],
    ['by workgroups, in global memory', true, store('q'), { mode: 'grid.x' }],
    ['by workgroups, in their own shared memory', false, store('tile'), { mode: 'grid.x' }],
    ['by an unknown number of workgroups', true, store('q'), { mode: 'grid.x', extent: { size: 'T', dividedBy: 1 } }],
    ['in order', false, store('q'), { mode: 'serial' }],
    ['by one thread', false, store('q'), { extent: 1 }],
    ['by lanes that are combined', false, store('q'), { reduce: true, combine: 'shared' }],
    ['atomically', false, atomic, {}],
    ['at an index that does use the loop', false, store('q', { index: [affine.variable(id)] }), {}],
    ['under a guard for the first thread', false, store('q', { where: [below(1)] }), {}],
    ['under a guard for the first thread, with a larger step', false, store('q', { where: [below(3, 4)] }), {}],
    ['under a guard for two threads, with an index that starts below 0', true, store('q', { where: [early] }), {}],
    ['under a guard for two threads', true, store('q', { where: [below(2)] }), {}],
    ['in a tail that excludes the first thread', true, store('q', { where: [{ ...below(1), peeled: 'tail' }] }), {}],
    ['under a guard by a size', true, store('q', { where: [below({ size: 'T', dividedBy: 1 })] }), {}],
  ])('%s: %s', (_, isRepeated, leaf, more) => {
    expect(findRepeatedStore(nestOf(leaf, more)) !== undefined).toBe(isRepeated)
  })
})

describe('iterations past the end of a peeled version', () => {
  const cut = 'vectorize(t=2) predicate(t=peel) split(loop=t_tail,by=2)'
  test.each([
    ['bind(t_tail_in=block.x)', 't_tail_in would be block.x'],
    ['collapse(loop=t_tail) bind(t_tail=block.x)', 't_tail would be block.x'],
  ])('are refused as threads: %s', (step, what) => {
    const { refusal: data } = refusal(quantize, `${cut} ${step}`)
    expect(data).toMatchObject({ code: 'not-parallel', alternatives: ['serial'] })
    expect(data.message).toBe(
      `${what}, and each of its iterations writes the same elements of q: threads would write them at once`,
    )
  })

  test('may run in order or in a single thread', () => {
    const text = (step: string) => nestText(applySchedule(quantize, parseSteps(`${cut} ${step}`)).nest)
    expect(text('unroll(loop=t_tail_in)')).toContain('unroll t_tail_in in 2')
    expect(text('bind(t_tail=block.x)')).toMatch(/block\.x t_tail in 1\n *serial t_tail_in in 2/)
  })
})

test('a shared tile that every thread would fill is refused, and memory=shared is not offered', () => {
  const sizes = { T: 4, D: 1 }
  const steps = 'bind(t=block.x) fuse(producer=value,consumer=y,loops=1,stage=value'
  expect(refusal(codebook, `${steps},memory=shared)`, sizes).refusal).toMatchObject({
    code: 'not-parallel',
    message:
      't would be block.x, and each of its iterations writes the same elements of value_tile: threads would write them at once',
  })
  expect(refusal(codebook, `${steps})`, sizes).refusal.alternatives).not.toContain('memory=shared')
})
