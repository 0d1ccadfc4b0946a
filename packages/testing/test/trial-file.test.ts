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
  ['that is a list', [], 'found is missing'],
  ['without steps', { ...saved, steps: undefined }, 'steps is missing'],
  ['with a size that is text', { ...saved, fixed: { T: '8' } }, 'fixed.T is not a number'],
  [
    'with values of an unknown class',
    { ...saved, cases: [{ ...saved.cases[0], values: 'odd' }] },
    'cases.0.values is not one of ',
  ],
])('refuses a saved trial %s', (_, file, says) => {
  expect(() => trialFromJson(JSON.stringify(file))).toThrow(`this is not a saved trial: ${says}`)
})
