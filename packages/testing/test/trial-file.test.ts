import { expect, it } from 'vitest'
import { trialFromJson } from '../src/internal.ts'

const saved = {
  found: 'wrong',
  steps: '',
  fixed: {},
  cases: [{ sizes: { T: 1 }, values: 'mixed', seed: 1 }],
  kernel: {},
}

it.each([
  ['a list', [], 'found is missing'],
  ['no steps', { ...saved, steps: undefined }, 'steps is missing'],
  ['a size that is text', { ...saved, fixed: { T: '8' } }, 'fixed.T is not a number'],
  [
    'values of no known class',
    { ...saved, cases: [{ ...saved.cases[0], values: 'odd' }] },
    'cases.0.values is not one of ',
  ],
])('a saved trial that is %s', (_, file, says) => {
  expect(() => trialFromJson(JSON.stringify(file))).toThrow(`this is not a saved trial: ${says}`)
})
