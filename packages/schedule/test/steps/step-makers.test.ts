/** Steps in TypeScript: a wrong argument does not compile and is refused like its text form; conditions can leave steps out. */
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
  // @ts-expect-error no such order
  ['coarsen(t=4,order=backwards)', coarsen({ t: 4, order: 'backwards' })],
  // @ts-expect-error no such dimension
  ['bind(t=grid.w)', bind({ t: 'grid.w' })],
  // @ts-expect-error no such way
  ['predicate(d=never)', predicate({ d: 'never' })],
  // @ts-expect-error it does not say how to combine the parts
  ['splitReduction(t=8)', splitReduction({ t: 8 })],
  // @ts-expect-error a split needs a number
  ['split(loop=d)', split({ loop: 'd' })],
  // @ts-expect-error no such memory
  ['cache(buffer=x,memory=far)', cache({ buffer: 'x', memory: 'far' })],
]

test.each(wrong)('%s', (text, step) => {
  expect(printSteps([step])).toBe(text)
  const nest = defaultNest(quantize)
  const refused = applyStep(nest, step)
  expect(isRefusal(refused) && refused.code).toBe('bad-argument')
  expect(refused).toEqual(applyStep(nest, parseSteps(text)[0] as Step))
})

test('axes with computed names, and the stage, go with arguments of a transform', () => {
  const axis: string = 'd'
  expect(printSteps([vectorize({ [axis]: 4, access: 1, stage: 'q' }), tile({ t: 8, stage: 'q' })])).toBe(
    'vectorize(d=4,access=1,stage=q) tile(t=8,stage=q)',
  )
})

test('a sequence joins steps and lists of steps, without those that a condition leaves out', () => {
  const rows: number = 1
  const steps = sequence([tile({ t: 8 }), vectorize({ d: 4 })], rows > 1 && coarsen({ t: rows }), bind({ t: 'serial' }))
  expect(printSteps(steps)).toBe('tile(t=8) vectorize(d=4) bind(t=serial)')
  expect(fixedSchedule(steps)).toMatchObject({ name: printSteps(steps) })
  expect(fixedSchedule(steps, 'mine').steps({ kernel: quantize })).toBe(steps)
})
