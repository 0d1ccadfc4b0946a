/** Reductions that are split over threads give the results of the interpreter, at every subgroup size. */
import { abs, f32, interpretKernel, kernel, max } from '@qernel/dsl'
import { parseSteps } from '@qernel/schedule'
import { expect, test } from 'vitest'
import { prepare, renderFinding, simulate } from '../../src/index.ts'
import { randomTensors } from '../random-tensors.ts'
import { asLowered, wgslTarget } from '../targets.ts'

const rowMaximum = kernel('row_maximum', ({ size, input, output }) => {
  const T = size('T')
  const D = size('D')
  const x = input('x', f32, [T, D])
  output('largest', f32, [T], t => max(D, d => abs(x(t, d))))
})

const target = { ...wgslTarget, subgroup: { min: 4, max: 32 } }
const schedules = [
  'bind(t=grid.x) splitReduction(d=8,combine=shared) bind(d_in=block.x)',
  'bind(t=grid.x) splitReduction(d=8,combine=subgroup) bind(d_in=block.x)',
  'bind(t=grid.x) splitReduction(d=64,combine=subgroup) bind(d_in=block.x)',
  'splitReduction(d=8,combine=atomic) tile(t=2)',
  'splitReduction(d=8,combine=secondPass) tile(t=2)',
]
const cases = schedules.flatMap(steps => [4, 8, 32].map(subgroupSize => ({ steps, subgroupSize })))

test.each(cases)('$steps is right with subgroups of $subgroupSize', ({ steps, subgroupSize }) => {
  const { finished: lowered } = prepare(asLowered(target), rowMaximum, parseSteps(steps))
  for (const [seed, D] of [0, 1, 7, 8, 65, 130].entries()) {
    const sizes = new Map(Object.entries({ T: 3, D }))
    const inputs = randomTensors(rowMaximum, sizes, seed)
    const { outputs, findings } = simulate(lowered, inputs, sizes, { seed, subgroupSize })
    expect(findings.map(renderFinding)).toEqual([])
    expect(outputs.get('largest')).toEqual(interpretKernel(rowMaximum, inputs, sizes).get('largest'))
  }
})
