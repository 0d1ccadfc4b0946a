/** How often a statement runs: the closed form against counting every point of the loops. */
import { affine, type Guard, type Loop } from '@qernel/dsl'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { countPoints } from '../../src/cost/cost-points.ts'

const loopOf = (id: number, extent: Loop['extent']): Loop => ({
  kind: 'loop',
  id,
  name: `l${id}`,
  axis: `l${id}`,
  mode: 'serial',
  reduce: false,
  ordered: false,
  extent,
  body: [],
})

const step = fc.oneof({ weight: 3, arbitrary: fc.integer({ min: 0, max: 9 }) }, fc.integer({ min: -9, max: 9 }))
const cases = fc.integer({ min: 1, max: 4 }).chain(loops =>
  fc.record({
    extents: fc.array(fc.integer({ min: 0, max: 5 }), { minLength: loops, maxLength: loops }),
    interest: fc.subarray(Array.from({ length: loops }, (_, i) => i)),
    guards: fc.array(
      fc.record({
        steps: fc.array(step, { minLength: loops, maxLength: loops }),
        constant: fc.integer({ min: -4, max: 4 }),
        below: fc.integer({ min: 0, max: 40 }),
        peeled: fc.constantFrom(undefined, undefined, 'whole' as const, 'tail' as const),
      }),
      { maxLength: 3 },
    ),
  }),
)

test('the closed form agrees with counting for any loops and guards', () => {
  fc.assert(
    fc.property(cases, ({ extents, interest, guards }) => {
      const around = extents.map((extent, id) => loopOf(id, extent))
      const where = guards.map(({ steps, constant, below, peeled }): Guard => {
        const terms = new Map([...steps.entries()].filter(([, c]) => c !== 0))
        return { axis: '', index: { constant, terms }, below, ...(peeled && { peeled }) }
      })
      let executed = 0
      const distinct = new Set<string>()
      const walk = (at: readonly number[]): void => {
        const extent = extents[at.length]
        if (extent !== undefined) {
          for (let i = 0; i < extent; i++) walk([...at, i])
          return
        }
        const value = (index: Guard['index']) =>
          [...index.terms].reduce((sum, [id, c]) => sum + c * (at[id] as number), index.constant)
        if (!where.every(({ index, below, peeled }) => value(index) < (below as number) !== (peeled === 'tail'))) return
        executed++
        distinct.add(interest.map(id => at[id]).join())
      }
      walk([])
      expect(countPoints(around, where, new Set(interest), new Map())).toEqual({ executed, distinct: distinct.size })
    }),
    { numRuns: 2000 },
  )
})

test('counting does not depend on the length of an axis', () => {
  const D = 2 ** 31 - 1
  const around = [loopOf(0, { size: 'D', dividedBy: 128 }), loopOf(1, 32), loopOf(2, 4), loopOf(3, 1000)]
  const index = affine.add(
    affine.add(affine.scale(affine.variable(0), 128), affine.scale(affine.variable(1), 4)),
    affine.variable(2),
  )
  const where: Guard[] = [{ axis: 'd', index, below: { size: 'D', dividedBy: 1 } }]
  const sizes = new Map([['D', D]])
  expect(countPoints(around, where, new Set([0, 1, 2]), sizes)).toEqual({ executed: 1000 * D, distinct: D })
  const tail = where.map(guard => ({ ...guard, peeled: 'tail' as const }))
  expect(countPoints(around, tail, new Set([1, 2]), sizes)).toEqual({ executed: 1000, distinct: 1 })
  // Every inner lane runs for some tile.
  expect(countPoints(around, where, new Set([2]), sizes)).toEqual({ executed: 1000 * D, distinct: 4 })
})
