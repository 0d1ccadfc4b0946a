/** Threads and workgroups never write the same element at once. On handmade loops, each condition has a case that only it decides. */
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

describe('a store that a loop does not move', () => {
  test.each<[string, boolean, Store | Update, Partial<Loop>]>([
    ['of threads, in global memory', true, store('q'), {}],
    ['of threads, in shared memory', true, store('tile'), {}],
    ['of threads, each in its own registers', false, store('own'), {}],
    ['of workgroups, in global memory', true, store('q'), { mode: 'grid.x' }],
    ['of workgroups, each in its own shared memory', false, store('tile'), { mode: 'grid.x' }],
    ['of workgroups that the launch counts', true, store('q'), { mode: 'grid.x', extent: { size: 'T', dividedBy: 1 } }],
    ['one iteration after the other', false, store('q'), { mode: 'serial' }],
    ['of one thread', false, store('q'), { extent: 1 }],
    ['of lanes that combine', false, store('q'), { reduce: true, combine: 'shared' }],
    ['updated in one indivisible step', false, atomic, {}],
    ['moved after all', false, store('q', { index: [affine.variable(id)] }), {}],
    ['guarded for the first thread', false, store('q', { where: [below(1)] }), {}],
    ['guarded for the first thread by larger steps', false, store('q', { where: [below(3, 4)] }), {}],
    ['guarded for the first two threads by an index below 0', true, store('q', { where: [early] }), {}],
    ['guarded for two threads', true, store('q', { where: [below(2)] }), {}],
    [
      'in a tail, which a guard keeps the first thread from',
      true,
      store('q', { where: [{ ...below(1), peeled: 'tail' }] }),
      {},
    ],
    ['guarded by a size', true, store('q', { where: [below({ size: 'T', dividedBy: 1 })] }), {}],
  ])('%s: %s', (_, isRepeated, leaf, more) => {
    expect(findRepeatedStore(nestOf(leaf, more)) !== undefined).toBe(isRepeated)
  })
})

describe('iterations past the end of a version', () => {
  const cut = 'vectorize(t=2) predicate(t=peel) split(loop=t_tail,by=2)'
  test.each([
    ['bind(t_tail_in=block.x)', 't_tail_in would be block.x'],
    ['collapse(loop=t_tail) bind(t_tail=block.x)', 't_tail would be block.x'],
  ])('are not given to threads: %s', (step, what) => {
    const { refusal: data } = refusal(quantize, `${cut} ${step}`)
    expect(data).toMatchObject({ code: 'not-parallel', alternatives: ['serial'] })
    expect(data.message).toBe(
      `${what}, and each of its iterations writes the same elements of q: threads would write them at once`,
    )
  })

  test('run in order, or in one thread', () => {
    const text = (step: string) => nestText(applySchedule(quantize, parseSteps(`${cut} ${step}`)).nest)
    expect(text('unroll(loop=t_tail_in)')).toContain('unroll t_tail_in in 2')
    expect(text('bind(t_tail=block.x)')).toMatch(/block\.x t_tail in 1\n *serial t_tail_in in 2/)
  })
})

test('a shared tile that each thread would fill for itself is refused, and not offered', () => {
  const sizes = { T: 4, D: 1 }
  const steps = 'bind(t=block.x) fuse(producer=value,consumer=y,loops=1,stage=value'
  expect(refusal(codebook, `${steps},memory=shared)`, sizes).refusal).toMatchObject({
    code: 'not-parallel',
    message:
      't would be block.x, and each of its iterations writes the same elements of value_tile: threads would write them at once',
  })
  expect(refusal(codebook, `${steps})`, sizes).refusal.alternatives).not.toContain('memory=shared')
})
