/** Deliberately wrong transforms: each is caught, and the report gives the smallest schedule that shows it. */
import { abs, f32, i8, kernel, type Loop, max, type Nest, sum } from '@qernel/dsl'
import {
  axisFactors,
  defineTransform,
  isRefusal,
  loopsOf,
  mapLeaves,
  printSteps,
  refuse,
  replaceLoopIn,
  tile,
} from '@qernel/schedule'
import { expect, test } from 'vitest'
import { type Case, CheckError, checkKernel, checkSchedule } from '../src/index.ts'

const perChannel = kernel('per_channel', ({ size, input, output }) => {
  const T = size('T')
  const D = size('D')
  const x = input('x', f32, [T, D])
  const scale = output('scale', f32, [D], d => max(T, t => abs(x(t, d))).div(127))
  output('q', i8, [T, D], (t, d) => x(t, d).div(scale(d)).round())
})

const failureOf = async (check: Promise<unknown>): Promise<CheckError> => {
  const error = await check.then(
    () => 'nothing was found',
    (thrown: unknown) => thrown,
  )
  if (error instanceof CheckError) return error
  throw error
}

const changed = (nest: Nest, name: string, change: (loop: Loop) => Loop) => {
  const found = loopsOf(nest.body).find(({ loop }) => loop.name === name && loop.mode === 'serial' && loop.extent !== 1)
  return found === undefined
    ? refuse('no-such-loop', `no serial loop ${name}`)
    : replaceLoopIn(nest, found.loop.id, loop => [change(loop)])
}

defineTransform({
  name: 'carelessTile',
  summary: 'a tile that drops every guard',
  parameters: axisFactors({}),
  numerics: 'exact',
  example: 'carelessTile(d=16)',
  apply(nest, args, context) {
    const tiled = tile.transform.apply(nest, args, context)
    return isRefusal(tiled) ? tiled : { ...tiled, body: mapLeaves(tiled.body, leaf => ({ ...leaf, where: [] })) }
  },
})

defineTransform({
  name: 'carelessLanes',
  summary: 'lanes of a reduction that never meet',
  parameters: axisFactors({}),
  numerics: 'exact',
  example: 'carelessLanes(t_in=1)',
  apply: (nest, args) =>
    changed(nest, Object.keys(args)[0] ?? '', one =>
      typeof one.extent === 'number' ? { ...one, mode: 'block.x', reduce: false } : one,
    ),
})

defineTransform({
  name: 'carelessTwice',
  summary: 'two threads that do the work of one',
  parameters: axisFactors({}),
  numerics: 'exact',
  example: 'carelessTwice(t=1)',
  apply: (nest, args) => {
    const id = nest.nextLoop
    const next = changed(nest, Object.keys(args)[0] ?? '', one => ({
      ...one,
      body: [
        {
          kind: 'loop',
          id,
          name: 'twice',
          axis: 'twice',
          mode: 'block.z',
          reduce: false,
          ordered: false,
          extent: 2,
          body: one.body,
        },
      ],
    }))
    return isRefusal(next) ? next : { ...next, nextLoop: id + 1 }
  },
})

defineTransform({
  name: 'carelessSum',
  summary: 'a sum in parts that forgets the last part',
  parameters: axisFactors({}),
  numerics: 'reassociates',
  example: 'carelessSum(d=1)',
  apply: (nest, args) => {
    const found = loopsOf(nest.body).find(({ loop }) => loop.name in args && loop.reduce && loop.extent === 4)
    if (found === undefined) return refuse('no-such-loop', 'no part of 4')
    return replaceLoopIn(nest, found.loop.id, loop => [{ ...loop, extent: 3 }])
  },
})

test('check finds a float sum that leaves out elements, although its order is free', async () => {
  const rowSum = kernel('row_sum', ({ size, input, output }) => {
    const T = size('T')
    const D = size('D')
    const x = input('x', f32, [T, D])
    output('y', f32, [T], t => sum(D, d => x(t, d)))
  })
  const steps = 'split(loop=d,by=4) carelessSum(d_in=1)'
  const { message, failure } = await failureOf(checkSchedule(rowSum, steps, { cases: 100, seed: 1, compose: false }))
  expect(message).toMatch(/^the scheduled loops: y\[0\] is /)
  expect(failure.trial.cases[0]).toMatchObject({ sizes: { D: 4 }, values: 'whole numbers' })
})

test.each([
  {
    what: 'a dropped guard',
    schedule: 'split(loop=d,by=4,stage=scale) carelessTile(t=4,d=8,stage=q) vectorize(d=4,stage=q)',
    smallest: 'carelessTile(d=1)',
    says: 'lies outside q[1, 1]',
  },
  {
    what: 'lanes that do not wait for each other',
    schedule: 'split(loop=t,by=4,stage=scale) carelessLanes(t_in=1) tile(d=8,t=8,stage=q)',
    smallest: 'split(loop=t,by=2) carelessLanes(t_in=1)',
    says: 'hands a value from one iteration of t_in to another, which is not marked as ordered',
  },
])('check finds and shrinks $what', async ({ schedule, smallest, says }) => {
  const { message, failure } = await failureOf(
    checkSchedule(perChannel, schedule, { cases: 200, seed: 1, compose: false }),
  )
  expect(message).toContain(says)
  expect(printSteps(failure.trial.steps)).toBe(smallest)
  const [only] = failure.trial.cases
  expect(Object.values(only?.sizes ?? {}).every(size => size <= 2)).toBe(true)
  expect(message).toMatch(/^ {2}replay {4}checkSchedule\(kernel, .*\)$/m)
  // The printed line reproduces the same failure.
  const { what } = (await failureOf(checkSchedule(perChannel, smallest, { only: only as Case }))).failure
  expect(what).toContain(says)
})

test('two threads that do the work of one are refused, even from a transform of another package', async () => {
  await expect(checkSchedule(perChannel, 'carelessTwice(d=1)', { cases: 20, seed: 1 })).rejects.toThrow(
    /each of its iterations writes the same elements of \w+: threads would write them at once \[not-parallel\]/,
  )
})

test('random schedules find the wrong transforms by themselves', async () => {
  const { failure } = await failureOf(checkKernel(perChannel, { cases: 200, seed: 1 }))
  expect(printSteps(failure.trial.steps)).toContain('careless')
  expect(failure.trial.steps.length).toBeLessThanOrEqual(2)
})
