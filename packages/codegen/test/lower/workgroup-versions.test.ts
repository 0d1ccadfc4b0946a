/** Lanes that combine where rows are guarded: only a condition on which a whole workgroup agrees may enclose what its threads do together. */
import { f32, interpretKernel, kernel, max } from '@qernel/dsl'
import { parseSteps } from '@qernel/schedule'
import { expect, test } from 'vitest'
import { prepare, renderFinding, simulate } from '../../src/index.ts'
import { randomTensors } from '../random-tensors.ts'
import { asLowered, cudaTarget, wgslTarget } from '../targets.ts'

const highest = kernel('highest', ({ size, input, output }) => {
  const [T, D] = [size('T'), size('D')]
  const [q, k] = [input('q', f32, [D]), input('k', f32, [T, D])]
  output('s', f32, [T], t => max(D, d => q(d).mul(k(t, d))))
})

const rows = (combine: string): string =>
  `split(loop=t,by=8,inner=u) splitReduction(d=4,combine=${combine},inner=lane) split(loop=u,by=4,inner=row) reorder(order=row.u) bind(t=grid.x,row=block.y,lane=block.x)`
const peel = 'predicate(t=peel,by=workgroup)'

test.each([
  rows('shared'),
  rows('subgroup'),
  `${rows('shared')} ${peel}`,
  `${rows('subgroup')} ${peel} cache(buffer=k,memory=register,at=row) unroll(loop=u)`,
  `${rows('shared')} ${peel} cache(buffer=q,memory=shared,at=t)`,
])('gives the right results for any number of rows: %s', steps => {
  for (const target of [{ ...wgslTarget, subgroup: { min: 4, max: 4 } }, cudaTarget]) {
    const { finished } = prepare(asLowered(target), highest, parseSteps(steps), {
      fixed: new Map([['D', 8]]),
      verify: true,
    })
    for (const T of [1, 5, 7, 8, 9, 21]) {
      const sizes = new Map([
        ['T', T],
        ['D', 8],
      ])
      const inputs = randomTensors(highest, sizes, T)
      const { outputs, findings } = simulate(finished, inputs, sizes)
      expect(findings.map(renderFinding), `T = ${T}`).toEqual([])
      expect(outputs.get('s')?.data).toEqual(interpretKernel(highest, inputs, sizes).get('s')?.data)
    }
  }
})
