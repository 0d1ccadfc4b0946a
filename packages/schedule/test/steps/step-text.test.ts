import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  type Argument,
  cache,
  coarsen,
  parseSteps,
  printSteps,
  type Step,
  StepSyntaxError,
  stepsFromJson,
  tile,
  vectorize,
} from '../../src/index.ts'

/** The error message for text or JSON that is not a schedule; any other error fails the test. */
function errorOf(read: () => unknown): string {
  try {
    read()
  } catch (error) {
    if (error instanceof StepSyntaxError) return error.message
    throw error
  }
  throw new Error('it was read')
}

test('a schedule is the same as steps, as text and as JSON', () => {
  const steps = [tile({ t: 16, d: 64 }), coarsen({ d: 4, order: 'blocked' }), cache({ buffer: 'x', memory: 'shared' })]
  const text = 'tile(t=16,d=64) coarsen(d=4,order=blocked) cache(buffer=x,memory=shared)'
  const json = `[
    { "transform": "tile", "t": 16, "d": 64 },
    { "transform": "coarsen", "d": 4, "order": "blocked" },
    { "transform": "cache", "buffer": "x", "memory": "shared" }
  ]`
  expect(printSteps(steps)).toBe(text)
  expect(parseSteps(text)).toEqual(steps)
  expect(stepsFromJson(JSON.parse(json))).toEqual(steps)
  expect(stepsFromJson({ steps: JSON.parse(json) })).toEqual(steps)
})

test('blanks, trailing commas and quoted words are accepted', () => {
  const steps = [tile({ t: 16 }), vectorize({ d: 4, stage: 'q' })]
  expect(parseSteps(' tile ( t = 16, )\n vectorize(d=4, stage="q") ')).toEqual(steps)
  expect(parseSteps('')).toEqual([])
})

const name = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,8}$/).filter(n => n !== 'transform')
const value: fc.Arbitrary<Argument> = fc.oneof(
  fc.nat(),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(x => x + 0),
  fc.boolean(),
  fc.string({ unit: 'grapheme' }),
  fc.constantFrom('true', 'false', 'null', '12', 'a.b', 'd_in.t', '', '"', '\\', '\n', 'é', ')'),
)
const step: fc.Arbitrary<Step> = fc
  .tuple(
    name.filter(n => !n.includes('.')),
    fc.dictionary(name, value, { maxKeys: 4, noNullPrototype: true }),
  )
  .map(([transform, args]) => ({ transform, ...args }))

test('every schedule survives a round trip through text and JSON', () => {
  const property = fc.property(fc.array(step, { maxLength: 5 }), steps => {
    expect(parseSteps(printSteps(steps))).toEqual(steps)
    expect(stepsFromJson(JSON.parse(JSON.stringify(steps)))).toEqual(steps)
  })
  fc.assert(property, { numRuns: 1000 })
})

test('no text crashes the parser, and printed steps parse to the same steps', () => {
  const characters = fc.string({ unit: fc.constantFrom(...'tile(d=16), "x\\\n.-e5') })
  const property = fc.property(characters, text => {
    try {
      const steps = parseSteps(text)
      expect(parseSteps(printSteps(steps))).toEqual(steps)
    } catch (error) {
      expect(error).toBeInstanceOf(StepSyntaxError)
    }
  })
  fc.assert(property, { numRuns: 2000 })
})

describe('an error in the text points at its place and says what is expected', () => {
  test.each([
    ['tile(t=16', '         ^ , or ) is expected'],
    ['tile(t=)', '       ^ a value is expected'],
    ['tile(t 16)', '       ^ = is expected'],
    ['tile(16)', '     ^ the name of an argument is expected'],
    ['tile t=16', '     ^ ( is expected'],
    ['(t=16)', '^ the name of a transform is expected'],
    ['tile(t=16) 4', '           ^ the name of a transform is expected'],
    ['tile(t=16,t=8)', '          ^ an argument other than t is expected'],
    ['tile(transform=8)', '     ^ an argument other than transform is expected'],
    ['tile(t="\\q")', '       ^ a string as JSON writes it is expected'],
    ['tile(t="a)', '       ^ a value is expected'],
    ['tile(t=16)\nvec(d)', '                ^ = is expected'],
  ])('%j', (text, message) => {
    const [shown, caret] = errorOf(() => parseSteps(text)).split('\n')
    expect(shown).toBe(text.replace('\n', ' '))
    expect(caret).toBe(`${message}; schedules are written as tile(t=16,d=16) vectorize(d=4)`)
  })
})

describe('refuses JSON that is not a schedule', () => {
  test.each<[unknown, string]>([
    [
      'tile',
      'a schedule in JSON is an array of steps, such as [{ "transform": "tile", "t": 16, "d": 16 }], or an object that holds it as "steps"',
    ],
    [[5], 'step 1 is not an object; { "transform": "tile", "t": 16 } is expected'],
    [[{ transform: 'tile' }, { t: 5 }], 'step 2 has no "transform" with the name of a transform'],
    [[{ transform: 'tile', t: [5] }], 'step 1: "t" is an array; a number, a word or a boolean is expected'],
    [[{ transform: 'tile', t: null }], 'step 1: "t" is null; a number, a word or a boolean is expected'],
  ])('%j', (json, message) => {
    expect(errorOf(() => stepsFromJson(json))).toBe(message)
  })
})
