/** Masked lanes of a vector do not touch elements of other statements; past the end they may store where nothing reads. */
import { f32, field, type Kernel, kernel, u8 } from '@qernel/dsl'
import { applySchedule, type Leaf, parseSteps } from '@qernel/schedule'
import { expect, test } from 'vitest'
import { leafShapes } from '../../src/lower/leaf-shape.ts'

/** Records of 5 bytes, three of one field and two of another: a vector of 2 or 4 reaches into the next field or record. */
const records = kernel('records', ({ size, input, outputRecord }) => {
  const T = size('T')
  const x = input('x', f32, [T])
  outputRecord(
    'y',
    { t: T, r: 4 },
    {
      a: field(u8, { i: 3 }, t => x(t).round()),
      b: field(u8, { j: 2 }, t => x(t).mul(2).round()),
    },
  )
})

const rows = kernel('rows', ({ size, input, output }) => {
  const [T, D] = [size('T'), size('D')]
  const x = input('x', f32, [T, D])
  output('y', f32, { t: T, d: D }, (t, d) => x(t, d).mul(x(t, d)))
})

/** The statements whose masked lanes must not store, as text. */
function keeping(kernel: Kernel, steps: string): string[] {
  const { nest } = applySchedule(kernel, parseSteps(steps))
  const shapes = nest.body.flatMap(statement => [...leafShapes(nest, statement)])
  const name = ({ stage, buffer, part }: Leaf) => `${part ?? stage} to ${buffer}`
  return shapes.filter(([, shape]) => shape.keepsMasked).map(([leaf]) => name(leaf))
}

const together = 'fuse(producer=y_a,consumer=y_b)'

test.each([
  ['registers', `${together} cache(buffer=y,memory=register,at=t) vectorize(j=4)`, ['y_b to y_reg']],
  ['shared memory', `${together} bind(t=grid.x) cache(buffer=y,memory=shared,at=t) vectorize(j=4)`, ['y_b to y_tile']],
  [
    'registers, for a vector that divides the field',
    `${together} cache(buffer=y,memory=register,at=t) vectorize(j=2)`,
    [],
  ],
])('a vector that does not divide its field keeps masked lanes out of the next field: in %s', (_, steps, expected) => {
  expect(keeping(records, steps)).toEqual(expected)
})

test.each([
  ['readers of the same element', 'tile(t=4,d=64) vectorize(d=4) coarsen(d=4)'],
  ['readers in another thread', 'tile(t=4,d=64) vectorize(d=4) cache(buffer=x,memory=shared)'],
  ['readers in vectors of another width', 'tile(t=4,d=64) cache(buffer=x,memory=shared) vectorize(d=2)'],
])('masked lanes of a copy may store if its readers are masked in the same way: %s', (_, steps) => {
  expect(keeping(rows, steps)).toEqual([])
})
