/** Guards that hold wherever a subscript is in bounds: against counting, and with sizes that are known only at launch. */
import { type Affine, affine, type Extent, type LoopId } from '@qernel/dsl'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { applySchedule } from '../../src/index.ts'
import { isImpliedByBounds } from '../../src/legality/implied-guards.ts'
import { quantize } from '../kernels.ts'

const { nest } = applySchedule(quantize, [])
const [i, j]: readonly [LoopId, LoopId] = [100, 101]
const of = (ci: number, cj: number, constant = 0): Affine =>
  affine.add(
    affine.constant(constant),
    affine.add(affine.scale(affine.variable(i), ci), affine.scale(affine.variable(j), cj)),
  )
const D = (dividedBy = 1, plus?: number): Extent => ({ size: 'D', dividedBy, ...(plus === undefined ? {} : { plus }) })
const holds = (a: Affine, dim: Extent, g: Affine, below: Extent) =>
  isImpliedByBounds(nest, [a], [dim], { axis: 'd', index: g, below })

test('a guard on numbers is called implied only if counting finds no exception', () => {
  const small = fc.integer({ min: -2, max: 4 })
  const side = fc.tuple(small, small, small)
  fc.assert(
    fc.property(side, side, fc.integer({ min: 0, max: 12 }), fc.integer({ min: 0, max: 12 }), (a, g, length, bound) => {
      if (!holds(of(...a), length, of(...g), bound)) return
      for (let x = 0; x < 8; x++)
        for (let y = 0; y < 8; y++) {
          const at = ([ci, cj, constant]: typeof a) => ci * x + cj * y + constant
          if (at(a) < length) expect(at(g)).toBeLessThan(bound)
        }
    }),
    { numRuns: 2000 },
  )
})

test.each<[what: string, holds: boolean, a: Affine, dim: Extent, g: Affine, below: Extent]>([
  ['the same index and bound', true, of(4, 1), D(), of(4, 1), D()],
  ['groups of four', true, of(4, 1), D(), of(1, 0), D(4)],
  ['groups of another length', false, of(4, 1), D(), of(1, 0), D(8)],
  ['a field after other fields', true, of(4, 1, 2), D(1, 2), of(4, 1), D()],
  ['a field before other fields', false, of(4, 1, 2), D(1, 4), of(4, 1), D()],
  ['another size', false, of(4, 1), D(), of(4, 1), { size: 'T', dividedBy: 1 }],
  ['a number against a size', false, of(4, 1), D(), of(4, 1), 8],
  ['a guard on more than the index', false, of(1, 0), D(), of(1, 1), D()],
  ['an index that is not a multiple', false, of(3, 0), D(), of(2, 0), D()],
  ['numbers', true, of(8, 1, 4), 8, of(8, 1), 4],
  ['numbers that leave a gap', false, of(8, 1, 2), 8, of(8, 1), 4],
  ['a guard that depends on no loop', false, of(1, 0), D(), affine.constant(0), D()],
])('%s', (_, expected, a, dim, g, below) => {
  expect(holds(a, dim, g, below)).toBe(expected)
})
