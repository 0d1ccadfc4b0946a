/** A vector of accumulators at the end of an axis: lanes past the end keep their values. */
import { argmax, f32, i32, interpretKernel, kernel, min } from '@qernel/dsl'
import { parseSteps } from '@qernel/schedule'
import { expect, test } from 'vitest'
import { prepare, simulate } from '../../src/index.ts'
import { randomTensors } from '../random-tensors.ts'
import { asLowered, cudaTarget, wgslTarget } from '../targets.ts'

const peak = kernel('peak', ({ size, input, output }) => {
  const T = size('T')
  const D = size('D')
  const x = input('x', f32, [T, D])
  output('at', i32, [T], t => argmax(D, d => x(t, d)))
})

/** The guard of the last group bounds elements, but the vector runs over groups. */
const lowOfGroup = kernel('low_of_group', ({ size, input, output }) => {
  const D = size('D')
  const groups = D.groups(8)
  const x = input('x', f32, [D])
  output('low', f32, [groups.count], g => min(groups.at(g), d => x(d).add(9)))
})

test.each([
  [
    'lanes that reduce side by side',
    peak,
    'splitReduction(d=4,combine=serial) vectorize(d=4,stage=at)',
    { T: 3, D: 1 },
  ],
  ['groups, the last one ragged', lowOfGroup, 'vectorize(g=2)', { D: 9 }],
] as const)('gives the right results: %s', (_, of, steps, given) => {
  const sizes = new Map(Object.entries(given))
  for (const target of [wgslTarget, cudaTarget]) {
    const { finished: lowered } = prepare(asLowered(target), of, parseSteps(steps))
    for (let seed = 0; seed < 10; seed++) {
      const inputs = randomTensors(of, sizes, seed)
      const { outputs, findings } = simulate(lowered, inputs, sizes)
      expect(findings).toEqual([])
      for (const [name, { data }] of interpretKernel(of, inputs, sizes))
        expect([...(outputs.get(name)?.data ?? [])]).toEqual([...data])
    }
  }
})
