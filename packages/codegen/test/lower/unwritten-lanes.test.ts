/** Which lanes may read elements that nothing wrote: vectors of 4 fill a copy of 16 elements behind a guard, and other vectors read it. */
import {
  type Affine,
  affine,
  f32,
  type Guard,
  kernel,
  type Loop,
  type LoopId,
  type Nest,
  type Store,
} from '@qernel/dsl'
import { applySchedule, type Leaf } from '@qernel/schedule'
import { expect, test } from 'vitest'
import { leafShapes } from '../../src/lower/leaf-shape.ts'
import { mayBeUnwritten } from '../../src/lower/memory/unwritten-lanes.ts'

const rows = kernel('rows', ({ size, input, output }) => {
  const D = size('D')
  const x = input('x', f32, [D])
  output('y', f32, { d: D }, d => x(d))
})

const [outer, lane]: readonly [LoopId, LoopId] = [100, 101]
const loop = (id: LoopId, extent: number, mode: Loop['mode'], body: Loop['body']): Loop => ({
  kind: 'loop',
  id,
  name: `l${id}`,
  axis: 'd',
  mode,
  reduce: false,
  ordered: false,
  extent,
  body,
})
const walked = (first: number, step: number, ids: readonly [LoopId, LoopId]): Affine =>
  affine.add(affine.constant(first), affine.add(affine.scale(affine.variable(ids[0]), step), affine.variable(ids[1])))
const inside = (index: Affine): Guard => ({ axis: 'd', index, below: { size: 'D', dividedBy: 1 } })
const store = (more: Pick<Store, 'buffer' | 'index' | 'where'>): Store => ({
  kind: 'store',
  stage: 'y',
  value: { kind: 'const', type: 'f32', value: 0 },
  ...more,
})

interface Vectors {
  readonly count: number
  readonly length: number
  readonly first?: number
  /** The distance from one vector to the next; by default their length. */
  readonly step?: number
  readonly isGuarded?: boolean
}

/** Whether vectors that read the copy must be masked if other vectors fill it. */
function isMasked(fill: Vectors, read: Vectors): boolean {
  const filled = walked(fill.first ?? 0, fill.length, [outer, lane])
  const index = walked(read.first ?? 0, read.step ?? read.length, [102, 103])
  const filling = store({ buffer: 'copy', index: [filled], where: fill.isGuarded === false ? [] : [inside(filled)] })
  const reading = store({ buffer: 'y', index: [index], where: [inside(index)] })
  const body = loop(99, 1, 'serial', [
    loop(outer, fill.count, 'serial', [loop(lane, fill.length, 'vector', [filling])]),
    loop(102, read.count, 'serial', [loop(103, read.length, 'vector', [reading])]),
  ])
  const copy = { name: 'copy', memory: 'register', role: 'local', type: f32, dims: [16], scope: 99 } as const
  const { nest } = applySchedule(rows, [])
  const scheduled: Nest = { ...nest, buffers: new Map([...nest.buffers, ['copy', copy]]), body: [body], nextLoop: 104 }
  const shapes = leafShapes(scheduled, body)
  const shape = shapes.get(reading as Leaf)
  if (shape === undefined) throw new Error('the reader has no shape')
  return mayBeUnwritten(copy, [index], { context: { nest: scheduled, shapes }, shape })
}

const fours: Vectors = { count: 4, length: 4 }
test.each<[what: string, masked: boolean, fill: Vectors, read: Vectors]>([
  ['vectors of the same length', false, fours, fours],
  ['shorter vectors', false, fours, { count: 8, length: 2 }],
  ['longer vectors', true, fours, { count: 2, length: 8 }],
  ['vectors that straddle two of the filling vectors', true, fours, { count: 3, length: 4, first: 2 }],
  ['filling vectors that straddle two of the reading vectors', true, { ...fours, count: 3, first: 2 }, fours],
  ['overlapping vectors', true, fours, { count: 5, length: 4, step: 3 }],
  [
    'longer vectors if the copy is filled without guards',
    false,
    { ...fours, isGuarded: false },
    { count: 2, length: 8 },
  ],
  [
    'longer vectors if the filling ends early',
    true,
    { count: 3, length: 4, isGuarded: false },
    { count: 2, length: 8 },
  ],
])('%s must be masked: %s', (_, masked, fill, read) => {
  expect(isMasked(fill, read)).toBe(masked)
})
