/** Whether the iterations of a loop store different elements. A loop of one iteration is in every index, and moves nothing. */
import { affine, f32, kernel, type Loop } from '@qernel/dsl'
import { expect, test } from 'vitest'
import { applySchedule, loopsOf, parseSteps } from '../../src/index.ts'
import { mapLeaf, mapLeaves } from '../../src/nest/statements.ts'
import { storesApart } from '../../src/nest/unordered-values.ts'

const doubled = kernel('doubled', ({ size, input, output }) => {
  const N = size('N')
  const x = input('x', f32, [N])
  output('y', f32, [N], n => x(n).mul(2))
})

test.each([
  ['neighbours of several lanes', 4, 1, true],
  ['lanes that are further apart', 1, 8, true],
  ['overlapping lanes', 3, 1, false],
  ['lanes that meet those of the next iteration', 2, 2, false],
  ['the same elements each time', 0, 1, false],
])('%s: %i · outer + %i · inner', (_, outer, inner, expected) => {
  const { nest } = applySchedule(
    doubled,
    parseSteps('split(loop=n,by=4) split(loop=n_in,by=1,inner=one) bind(n_in=block.x)'),
    {
      fixed: new Map([['N', 32]]),
    },
  )
  const [first, second, one] = loopsOf(nest.body).map(({ loop }) => loop) as [Loop, Loop, Loop]
  const place = affine.add(
    affine.scale(affine.variable(first.id), outer),
    affine.scale(affine.variable(second.id), inner),
  )
  const index = [affine.add(place, affine.variable(one.id))]
  const body = mapLeaves(nest.body, leaf => mapLeaf({ ...leaf, index }, a => a))
  expect(storesApart({ ...nest, body }, 'y', body[0] as Loop, [])).toBe(expected)
})

test.each([
  [16, true],
  [14, false],
])('lanes between those of other iterations: 2 · outer + %i · inner + lane', (distance, expected) => {
  const { nest } = applySchedule(doubled, parseSteps('split(loop=n,by=4) split(loop=n_in,by=2,inner=lane)'), {
    fixed: new Map([['N', 32]]),
  })
  const loops = loopsOf(nest.body).map(({ loop }) => loop)
  const index = [2, distance, 1].reduce(
    (place, c, i) => affine.add(place, affine.scale(affine.variable((loops[i] as Loop).id), c)),
    affine.constant(0),
  )
  const body = mapLeaves(nest.body, leaf => mapLeaf({ ...leaf, index: [index] }, a => a))
  expect(storesApart({ ...nest, body }, 'y', body[0] as Loop, [])).toBe(expected)
})
