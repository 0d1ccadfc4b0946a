/** Devices that flush denormals: every result that flushing permits is accepted; results without denormals must be exact. */
import { f32, interpretKernel, kernel, type Tensor } from '@qernel/dsl'
import { expect, test } from 'vitest'
import { randomInputs, type Trial } from '../src/index.ts'
import { evaluateTrial, type Machine, simulatedMachines } from '../src/internal.ts'

/** 0 if both products keep denormals or both flush them; ±x if only one of them flushes. */
const difference = kernel('difference', ({ size, input, output }) => {
  const N = size('N')
  const x = input('x', f32, [N])
  output('y', f32, [N], n => {
    const once = x(n).mul(2 ** -130)
    const twice = x(n)
      .mul(2 ** -65)
      .mul(2 ** -65)
    return once
      .sub(twice)
      .mul(2 ** 65)
      .mul(2 ** 65)
  })
})

const sizes = new Map([['N', 40]])
const trial: Trial = {
  kernel: difference,
  steps: [],
  fixed: {},
  cases: [{ sizes: { N: 40 }, values: 'whole numbers', seed: 3 }],
  machine: 0,
}

/** A device whose results are a function of x. */
const device = (y: (x: number) => number, keepsDenormals = false): Machine => ({
  ...(simulatedMachines[0] as Machine),
  name: 'a device',
  freedom: { language: 'wgsl', keepsDenormals },
  load:
    () =>
    ({ inputs }) => {
      const x = inputs.get('x') as Tensor
      return { outputs: new Map([['y', { ...x, data: x.data.map(y) }]]) }
    },
})

test('the inputs contain zeros and other numbers', () => {
  const { data } = randomInputs(difference, sizes, 'whole numbers', 3).get('x') as Tensor
  expect(data.some(x => x === 0)).toBe(true)
  expect(data.some(x => x > 0)).toBe(true)
  const inputs = randomInputs(difference, sizes, 'whole numbers', 3)
  expect(
    interpretKernel(difference, inputs, sizes)
      .get('y')
      ?.data.every(y => y === 0),
  ).toBe(true)
})

test.each<[string, 'right' | 'wrong', Machine]>([
  ['flushes none', 'right', device(() => 0)],
  ['flushes one product but not the other', 'right', device(x => (x === 0 ? 0 : -x))],
  ['is wrong without any denormal', 'wrong', device(x => (x === 0 ? 1 : 0))],
  ['gives a result that no flushing explains', 'wrong', device(x => 2 * x)],
  ['keeps denormals but gives the result of flushing', 'wrong', device(x => (x === 0 ? 0 : -x), true)],
])('a device that %s is %s', async (_, kind, machine) => {
  expect(await evaluateTrial(trial, machine)).toMatchObject({ kind })
})
