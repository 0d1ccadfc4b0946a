/** Dropping or simplifying a guard never changes which iterations run. */
import {
  affine,
  type Extent,
  f32,
  type Guard,
  kernel,
  type Loop,
  type LoopId,
  type Nest,
  type Store,
} from '@qernel/dsl'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { defaultNest, isMultiple, knownMultiple, neededGuards } from '../../src/internal.ts'

/** A nest with only what guards depend on: sizes with facts, fixed sizes and assumptions. */
function nestWith(facts: { multipleOf?: number }, fixed?: number, assumed?: number): Nest {
  const k = kernel('k', ({ size, output }) => {
    const S = size('S', facts)
    output('y', f32, [S], () => 0)
  })
  const assumptions = assumed === undefined ? [] : [{ size: 'S', multipleOf: assumed, because: 'the test' }]
  return { ...defaultNest(k, new Map(fixed === undefined ? [] : [['S', fixed]])), assumptions }
}

const loopOf = (id: LoopId, extent: Extent): Loop => ({
  kind: 'loop',
  id,
  name: `l${id}`,
  axis: 's',
  mode: 'serial',
  reduce: false,
  ordered: false,
  extent,
  body: [],
})

const guardOf = (terms: readonly (readonly [LoopId, number])[], below: Extent, constant = 0): Guard => ({
  axis: 's',
  index: { constant, terms: new Map(terms.filter(([, c]) => c !== 0)) },
  below,
})

const leafOf = (where: readonly Guard[]): Store => ({
  kind: 'store',
  stage: 'y',
  buffer: 'y',
  index: [],
  value: { kind: 'const', type: 'f32', value: 0 },
  where,
})

/** The iterations at which all guards hold, for one value of the size. */
function executed(loops: readonly Loop[], guards: readonly Guard[], size: number): string[] {
  const sizes = new Map([['S', size]])
  const points: string[] = []
  const walk = (depth: number, at: ReadonlyMap<LoopId, number>): void => {
    const loop = loops[depth]
    if (loop !== undefined) {
      const extent = affine.extentValue(loop.extent, sizes)
      for (let i = 0; i < extent; i++) walk(depth + 1, new Map([...at, [loop.id, i]]))
      return
    }
    const holds = ({ index, below }: Guard) =>
      [...index.terms].reduce((sum, [id, c]) => sum + c * (at.get(id) as number), index.constant) <
      affine.extentValue(below, sizes)
    if (guards.every(holds)) points.push([...at.values()].join())
  }
  walk(0, new Map())
  return points
}

const size = (dividedBy: number): Extent => ({ size: 'S', dividedBy })

describe('by example: 4·d + v < S, where d runs over S/4 and v over 4', () => {
  const loops = [loopOf(0, size(4)), loopOf(1, 4)]
  const guard = guardOf(
    [
      [0, 4],
      [1, 1],
    ],
    size(1),
  )
  const needed = (nest: Nest) => neededGuards(nest, leafOf([guard]), loops)

  test('the guard is needed if the size may be anything', () => {
    expect(needed(nestWith({}))).toEqual([guard])
    expect(needed(nestWith({ multipleOf: 2 }))).toEqual([guard])
  })
  test('the guard is not needed if the size is a declared, assumed or fixed multiple', () => {
    expect(needed(nestWith({ multipleOf: 4 }))).toEqual([])
    expect(needed(nestWith({}, undefined, 4))).toEqual([])
    expect(needed(nestWith({}, 12))).toEqual([])
    expect(needed(nestWith({}, 0))).toEqual([])
  })
  test('a size is a multiple of both its fact and its assumption', () => {
    const nest = nestWith({ multipleOf: 4 }, undefined, 6)
    expect(knownMultiple(nest, 'S')).toBe(12)
    expect(isMultiple(nest, size(2), 6)).toBe(true)
    expect(isMultiple(nest, size(2), 4)).toBe(false)
  })
  test('a wider tile keeps only the part of the guard that can fail', () => {
    const wide = guardOf(
      [
        [0, 64],
        [1, 4],
        [2, 1],
      ],
      size(1),
    )
    const around = [loopOf(0, size(64)), loopOf(1, 16), loopOf(2, 4)]
    expect(neededGuards(nestWith({ multipleOf: 4 }), leafOf([wide]), around)).toEqual([
      guardOf(
        [
          [0, 64],
          [1, 4],
        ],
        size(1),
      ),
    ])
  })
})

test('random guards run the same iterations before and after simplification', () => {
  const extent = fc.oneof(
    fc.integer({ min: 1, max: 6 }),
    fc.constantFrom(1, 2, 3, 4, 6, 8).map(size),
    fc.constantFrom(1, 2, 4, 8).map(size),
  )
  const coefficient = fc.constantFrom(0, 1, 1, 2, 3, 4, 4, 6, 8, 8, -1, -4)
  let simplified = 0
  const property = fc.property(
    fc.array(extent, { minLength: 1, maxLength: 3 }),
    fc.array(
      fc.record({
        coefficients: fc.array(coefficient, { minLength: 3, maxLength: 3 }),
        constant: fc.constantFrom(0, 0, 0, 0, 1, -1, 4),
        below: extent,
      }),
      { minLength: 1, maxLength: 2 },
    ),
    fc.constantFrom(undefined, 1, 2, 3, 4, 8),
    fc.constantFrom(undefined, undefined, 2, 4, 6, 8),
    fc.option(fc.nat(17), { nil: undefined }),
    (extents, rawGuards, fact, assumed, fixed) => {
      const loops = extents.map((e, id) => loopOf(id, e))
      const guards = rawGuards.map(({ coefficients, constant, below }) =>
        guardOf(
          loops.map(({ id }) => [id, coefficients[id] as number] as const),
          below,
          constant,
        ),
      )
      const nest = nestWith(fact === undefined ? {} : { multipleOf: fact }, fixed, assumed)
      const needed = neededGuards(nest, leafOf(guards), loops)
      if (JSON.stringify(needed.map(g => [...g.index.terms])) !== JSON.stringify(guards.map(g => [...g.index.terms])))
        simplified++
      const possible = (s: number) => s % (fact ?? 1) === 0 && s % (assumed ?? 1) === 0
      const values = fixed === undefined ? [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 16, 17, 24] : [fixed]
      for (const s of values)
        if (possible(s)) expect(executed(loops, needed, s), `S = ${s}`).toEqual(executed(loops, guards, s))
    },
  )
  fc.assert(property, { numRuns: 4000 })
  // The property is meaningful only if guards were actually dropped.
  expect(simplified).toBeGreaterThan(200)
})
