/** Steps in TypeScript: a wrong argument does not compile, and is refused like its text form; conditions can leave steps out. */
import { expect, test } from 'vitest'
import {
  applyStep,
  bind,
  cache,
  coarsen,
  fixedSchedule,
  isRefusal,
  parseSteps,
  predicate,
  printSteps,
  type Step,
  sequence,
  split,
  splitReduction,
  tile,
  vectorize,
} from '../../src/index.ts'
import { defaultNest } from '../../src/nest/default-nest.ts'
import { quantize } from '../kernels.ts'

const wrong: readonly (readonly [text: string, step: Step])[] = [
  // @ts-expect-error the size of a tile is a number, not a word
  ['tile(t=many)', tile({ t: 'many' })],
  // @ts-expect-error unknown order
  ['coarsen(t=4,order=backwards)', coarsen({ t: 4, order: 'backwards' })],
  // @ts-expect-error unknown dimension
  ['bind(t=grid.w)', bind({ t: 'grid.w' })],
  // @ts-expect-error unknown way
  ['predicate(d=never)', predicate({ d: 'never' })],
  // @ts-expect-error the combine is missing
  ['splitReduction(t=8)', splitReduction({ t: 8 })],
  // @ts-expect-error the number of the split is missing
  ['split(loop=d)', split({ loop: 'd' })],
  // @ts-expect-error unknown memory
  ['cache(buffer=x,memory=far)', cache({ buffer: 'x', memory: 'far' })],
]

test.each(wrong)('a wrong argument is refused like its text form: %s', (text, step) => {
  expect(printSteps([step])).toBe(text)
  const nest = defaultNest(quantize)
  const refused = applyStep(nest, step)
  expect(isRefusal(refused) && refused.code).toBe('bad-argument')
  expect(refused).toEqual(applyStep(nest, parseSteps(text)[0] as Step))
})

test('computed axis names and stages can be combined with the arguments of a transform', () => {
  const axis: string = 'd'
  expect(printSteps([vectorize({ [axis]: 4, access: 1, stage: 'q' }), tile({ t: 8, stage: 'q' })])).toBe(
    'vectorize(d=4,access=1,stage=q) tile(t=8,stage=q)',
  )
})

test('sequence joins steps and lists of steps, and leaves out those whose condition is false', () => {
  const rows: number = 1
  const steps = sequence([tile({ t: 8 }), vectorize({ d: 4 })], rows > 1 && coarsen({ t: rows }), bind({ t: 'serial' }))
  expect(printSteps(steps)).toBe('tile(t=8) vectorize(d=4) bind(t=serial)')
  expect(fixedSchedule(steps)).toMatchObject({ name: printSteps(steps) })
  expect(fixedSchedule(steps, 'mine').steps({ kernel: quantize })).toBe(steps)
})
