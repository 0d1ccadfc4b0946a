/** No schedule of this package's transforms leads to this refusal: fuse keeps values that one loop both writes and reads in a register. */
import { affine, f32, kernel, type Loop } from '@qernel/dsl'
import { expect, test } from 'vitest'
import { applyStep, isRefusal, substituteLoop } from '../../src/index.ts'
import { defaultNest } from '../../src/internal.ts'

const chain = kernel('chain', ({ size, input, output }) => {
  const T = size('T')
  const x = input('x', f32, [T])
  const once = output('once', f32, [T], t => x(t).add(1))
  output('twice', f32, [T], t => once(t).add(1))
})

test.each(['register', 'shared'])('cache in %s memory refuses a loop that writes what it reads', memory => {
  const nest = defaultNest(chain)
  const [first, second] = nest.body as readonly [Loop, Loop]
  const both = substituteLoop(second.body, second.id, affine.variable(first.id))
  const merged = { ...nest, body: [{ ...first, mode: 'grid.x' as const, body: [...first.body, ...both] }] }
  const result = applyStep(merged, { transform: 'cache', buffer: 'once', memory, at: 't' })
  expect(isRefusal(result) && result.code).toBe('written-inside')
  expect(result).toMatchObject({ message: 'once is written inside t, so a copy could be stale', loops: [first.id] })
})
