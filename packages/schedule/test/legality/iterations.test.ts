/**
 * What may be done with the iterations of a loop. The loops are written by hand; each condition of each predicate is decided alone by at least one
 * case.
 */
import {
  affine,
  type Buffer,
  f32,
  type Guard,
  type Loop,
  type LoopId,
  type Nest,
  type Statement,
  type Store,
  type Update,
} from '@qernel/dsl'
import { describe, expect, test } from 'vitest'
import { applySchedule, nestText, parseSteps } from '../../src/index.ts'
import { areOrderedAlike, handedOn, mayRunPastEnd, movedDependents } from '../../src/legality/iterations.ts'
import { findUnorderedValue } from '../../src/nest/unordered-values.ts'
import { quantize, rowSum } from '../kernels.ts'

/** The loop under test, the loop around it and the loop inside it. */
const [outer, own, inner]: readonly [LoopId, LoopId, LoopId] = [100, 101, 102]
const T = { size: 'T', dividedBy: 1 } as const
const at = (...ids: LoopId[]) => ids.map(affine.variable)
const inT: Guard = { axis: 't', index: affine.variable(own), below: T }

const load = (buffer: string, index = at()): Store['value'] => ({ kind: 'load', type: 'f32', buffer, index })
const store = (buffer: string, value: Store['value'], more: Partial<Store> = {}): Store => ({
  kind: 'store',
  stage: 'q',
  buffer,
  index: [],
  value,
  where: [],
  ...more,
})
const update = (buffer: string, value: Store['value'], more: Partial<Update> = {}): Update => ({
  ...store(buffer, value),
  kind: 'update',
  op: 'max',
  ...more,
})
const loop = (id: LoopId, body: readonly Statement[], more: Partial<Loop> = {}): Loop => ({
  kind: 'loop',
  id,
  name: `l${id}`,
  axis: 't',
  mode: 'serial',
  reduce: false,
  ordered: false,
  extent: T,
  body,
  ...more,
})

/** The names say where the storage lives: in the outer loop, in each iteration of the loop, or in each iteration of the inner loop. */
const buffers = (
  [
    ['far', outer],
    ['kept', outer],
    ['fresh', own],
    ['deep', inner],
  ] as const
).map(([name, scope]): Buffer => ({ name, scope, memory: 'register', role: 'local', type: f32, dims: [] }))
const start = applySchedule(quantize, []).nest
const nestOf = (body: readonly Statement[], more: Partial<Loop> = {}): { nest: Nest; loop: Loop } => {
  const inside = loop(own, body, more)
  const known = new Map([...start.buffers, ...buffers.map((b): [string, Buffer] => [b.name, b])])
  return { nest: { ...start, buffers: known, body: [loop(outer, [inside])], nextLoop: 103 }, loop: inside }
}

describe('iterations past the end may run if they are', () => {
  const x = load('x', at(outer, own))
  const result = store('q', load('fresh'), { index: at(outer, own), where: [inT] })
  test.each<[string, boolean, readonly Statement[]]>([
    ['masked', true, [result]],
    ['not masked', false, [{ ...result, where: [] }]],
    ['masked by a guard of another loop', false, [{ ...result, where: [{ ...inT, index: affine.variable(outer) }] }]],
    ['in the tail of two versions', false, [{ ...result, where: [{ ...inT, peeled: 'tail' }] }]],
    [
      'masked by a guard of another size',
      false,
      [{ ...result, where: [{ ...inT, below: { size: 'D', dividedBy: 1 } }] }],
    ],
    ['masked by a number', false, [{ ...result, where: [{ ...inT, below: 3 }] }]],
    ['repeating the same store', true, [store('far', load('scale'))]],
    ['repeating the same update', false, [update('far', load('scale'))]],
    ['storing another element', false, [store('far', load('scale'), { index: at(own) })]],
    ['storing another value', false, [store('far', load('scale', at(own)))]],
    [
      'repeating a store of a single iteration',
      false,
      [store('far', load('scale'), { where: [{ ...inT, below: 3 }] })],
    ],
    ['using what the iteration itself has stored', true, [store('fresh', load('scale')), store('far', load('fresh'))]],
    [
      'using what an inner loop has stored',
      true,
      [loop(inner, [store('deep', load('scale')), store('far', load('deep'))])],
    ],
    [
      'passing a value on, masked',
      false,
      [store('fresh', load('kept')), store('kept', load('scale'), { where: [inT] })],
    ],
    ['passing a value on, unmasked', false, [store('fresh', load('kept')), store('kept', load('scale'))]],
    ['reading what nothing has stored', false, [store('fresh', x, { where: [inT] }), store('far', load('fresh'))]],
    [
      'storing over the result of a masked store',
      false,
      [store('far', load('scale')), store('far', x, { where: [inT] })],
    ],
    [
      'reducing into their own storage, and reducing that',
      true,
      [
        store('fresh', load('scale')),
        update('fresh', x, { where: [inT] }),
        loop(inner, [store('deep', load('scale')), update('deep', load('fresh'))]),
      ],
    ],
    [
      'storing the result of their own reduction',
      false,
      [store('fresh', load('scale')), update('fresh', x, { where: [inT] }), store('far', load('fresh'))],
    ],
    [
      'storing the result of a reduction over a reduction',
      false,
      [
        store('fresh', load('scale')),
        update('fresh', x, { where: [inT] }),
        loop(inner, [store('deep', load('fresh')), store('far', load('deep'))]),
      ],
    ],
    ['storing over their own storage', true, [store('fresh', load('scale')), store('fresh', x, { where: [inT] })]],
  ])('%s: %s', (_, may, body) => {
    const { nest, loop: made } = nestOf(body)
    expect(mayRunPastEnd(nest, made)).toBe(may)
  })

  test('a loop over half of a size needs a guard by half of the size or less', () => {
    const half = { size: 'T', dividedBy: 2 }
    const guarded = (below: Guard['below']) => nestOf([{ ...result, where: [{ ...inT, below }] }], { extent: half })
    expect([T, half, 3].map(below => mayRunPastEnd(guarded(below).nest, guarded(below).loop))).toEqual([
      false,
      true,
      false,
    ])
  })

  test('a loop over a number needs a guard by a number that is not larger', () => {
    const guarded = (below: Guard['below']) => nestOf([{ ...result, where: [{ ...inT, below }] }], { extent: 5 })
    expect([5, 6, T].map(below => mayRunPastEnd(guarded(below).nest, guarded(below).loop))).toEqual([
      true,
      false,
      false,
    ])
  })
})

describe('values that pass from one iteration to another', () => {
  const shift = [store('fresh', load('kept')), store('kept', load('x', at(outer, own)))]
  const wide = (c: number): Store => {
    const index = [affine.add(affine.scale(affine.variable(own), c), affine.variable(inner))]
    return store('kept', load('scale'), { index })
  }
  const place = (c: number, around: number) =>
    affine.add(affine.scale(affine.variable(own), c), affine.scale(affine.variable(outer), around))
  const one = (c: number, around = 0) => store('kept', load('scale'), { index: [place(c, around)] })
  const reading = (c: number, around = 0) => {
    const index = around === 0 ? affine.add(place(c, 0), affine.variable(inner)) : place(c, around)
    return store('q', load('kept', [index]), { index: at(outer, own) })
  }
  /** Two loops over four elements: one writes them, the other reads the same elements. */
  const parts = (c: number, d = c) => [
    loop(inner, [wide(c)], { extent: 4 }),
    store('q', load('kept', [affine.scale(affine.variable(own), d)]), { index: at(outer, own) }),
  ]
  /** The inner loops run over elements in steps of 4: one writes them, the other reads them or the elements after them. */
  const interleaved = (c: number, behind = 0) => {
    const index = affine.add(affine.scale(affine.variable(own), c), affine.scale(affine.variable(inner), 4))
    const read = [affine.add(index, affine.constant(behind))]
    return [
      loop(inner, [store('kept', load('scale'), { index: [index] })], { extent: 2 }),
      loop(inner, [store('q', load('kept', read), { index: at(outer, own) })], { extent: 2 }),
    ]
  }
  test.each<[string, string | undefined, readonly Statement[], Partial<Loop>]>([
    ['stored, then loaded by the next iteration', 'kept', shift, {}],
    ['stored, then loaded by the next iteration of an ordered loop', undefined, shift, { ordered: true }],
    ['stored in a reduction', 'kept', shift, { reduce: true }],
    ['stored in a loop with a single iteration', undefined, shift, { extent: 1 }],
    ['updated', 'kept', [update('kept', load('scale'))], {}],
    ['updated in a reduction', undefined, [update('kept', load('scale'))], { reduce: true }],
    ['updated in an ordered loop', undefined, [update('kept', load('scale'))], { ordered: true }],
    ['updated atomically', undefined, [update('kept', load('scale'), { atomic: true })], {}],
    ['in storage of each iteration', undefined, [store('fresh', load('scale')), store('far', load('fresh'))], {}],
    ['one range of elements for each iteration', undefined, parts(4), {}],
    ['ranges of elements that overlap', 'kept', parts(3), {}],
    ['a reader with another stride', 'kept', parts(4, 8), {}],
    ['one element for all iterations', 'kept', parts(0), {}],
    ['a reader that reaches past its range', 'kept', [one(3), loop(inner, [reading(3)], { extent: 4 })], {}],
    ['a reader that stays in its range', undefined, [one(4), loop(inner, [reading(4)], { extent: 4 })], {}],
    ['ranges for each iteration of the outer loop', undefined, [one(4, 8), reading(4, 8)], {}],
    ['a reader of the ranges of another iteration of the outer loop', 'kept', [one(4, 8), reading(4, 16)], {}],
    ['interleaved ranges', undefined, interleaved(1), { extent: 4 }],
    ['interleaved ranges with one iteration too many', 'kept', interleaved(1), { extent: 5 }],
    ['interleaved ranges, read at an offset of one iteration', 'kept', interleaved(1, 1), { extent: 4 }],
    ['interleaved ranges, read at an offset between iterations', undefined, interleaved(2, 1), { extent: 3 }],
    ['interleaved ranges with an unknown number of iterations', 'kept', interleaved(1), {}],
  ])('%s', (_, buffer, body, more) => {
    expect(findUnorderedValue(nestOf(body, more).nest)?.buffer).toBe(buffer)
  })

  test('a value is passed on only if it outlives an iteration', () => {
    const handed = (body: readonly Statement[]) => handedOn(nestOf(body).nest, nestOf(body).loop)
    expect(handed(shift)).toBe('kept')
    expect(handed([store('fresh', load('scale')), store('far', load('fresh'))])).toBeUndefined()
    expect(handed([store('kept', load('scale'))])).toBeUndefined()
  })
})

test('ordered loops depend on each other when reordered, and on no other loops', () => {
  const [a, b, c] = [loop(1, [], { ordered: true }), loop(2, [], { reduce: true }), loop(3, [])] as const
  expect(movedDependents([a, b, c], [b, a, c])).toEqual([b, a])
  expect(movedDependents([a, c, b], [c, a, b])).toEqual([])
})

test('loops that keep the same order may be merged', () => {
  const [a, b, c] = [loop(1, [], { ordered: true }), loop(2, [], { reduce: true }), loop(3, [])] as const
  expect([areOrderedAlike(a, a), areOrderedAlike(a, c), areOrderedAlike(b, c), areOrderedAlike(c, c)]).toEqual([
    true,
    false,
    false,
    true,
  ])
})

describe('a pipelined loop says that it is ordered', () => {
  const text = 'pipeline(loop=d,buffer=x)'
  test.each([
    ['bind(d=block.x)', 'not-parallel'],
    ['vectorize(d=4)', 'not-parallel'],
    ['tile(d=4)', 'not-parallel'],
    ['splitReduction(d=4,combine=serial)', 'depends'],
    ['collapse(loop=t)', 'not-nested'],
  ])('%s is refused: %s', (step, code) => {
    expect(() => applySchedule(quantize, parseSteps(`${text} ${step}`))).toThrow(`[${code}]`)
  })

  test('a pipelined reduction cannot be split into parts', () => {
    const steps = 'pipeline(loop=d,buffer=x) splitReduction(d=4,combine=serial,reassociate=true)'
    expect(() => applySchedule(rowSum, parseSteps(steps))).toThrow(
      'd runs in order: each iteration passes a value to the next',
    )
  })

  test('splitting a pipelined loop gives ordered loops, and collapsing them restores it', () => {
    const text = (steps: string) =>
      nestText(applySchedule(quantize, parseSteps(`pipeline(loop=d,buffer=x) ${steps}`)).nest)
    expect(text('split(loop=d,by=4)')).toMatch(/d in D\/4 \(ordered\)\n *serial d_in in 4 \(ordered\)/)
    expect(text('split(loop=d,by=4) collapse(loop=d)')).toBe(text(''))
    expect(text('split(loop=d,by=4) unroll(loop=d_in)')).toMatch(/unroll d_in in 4 \(ordered\)/)
  })

  test('a peeled version that would repeat the passing of a value is refused', () => {
    const steps = 'vectorize(t=2) pipeline(loop=d,buffer=scale) predicate(t=peel) split(loop=t_tail,by=2)'
    expect(() => applySchedule(quantize, parseSteps(steps))).toThrow('[does-not-divide]')
  })
})
