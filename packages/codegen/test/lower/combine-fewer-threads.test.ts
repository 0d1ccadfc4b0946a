/** Loops over a workgroup with fewer iterations than it has threads: the remaining threads do nothing, whether or not the results are private. */
import { f32, interpretKernel, kernel, max } from '@qernel/dsl'
import { parseSteps } from '@qernel/schedule'
import { expect, test } from 'vitest'
import { prepare, renderFinding, simulate } from '../../src/index.ts'
import { randomTensors } from '../random-tensors.ts'
import { asLowered, cudaTarget, wgslTarget } from '../targets.ts'

const rows = kernel('rows', ({ size, input, output }) => {
  const T = size('T')
  const x = input('x', f32, [T, 8])
  const w = input('w', f32, [T, 32])
  output('high', f32, [T, 8], (t, e) => max(4, k => x(t, e).mul(w(t, e.mul(4).add(k)))))
  output('y', f32, [T, 32], (t, d) => w(t, d).add(1))
})

test.each([
  ['8 accumulators in 32 threads', 'fuse(producer=high,consumer=y) bind(t=grid.x,e=block.x,d=block.x)'],
  ['8 accumulators along another dimension', 'fuse(producer=high,consumer=y) bind(t=grid.x,e=block.y,d=block.x)'],
  [
    'lanes that combine in 8 of 32 rows, by subgroups',
    'fuse(producer=high,consumer=y) splitReduction(k=4,combine=subgroup) bind(t=grid.x,e=block.y,k_in=block.x,d=block.y)',
  ],
  [
    'lanes that combine in 8 of 32 rows, through shared memory',
    'fuse(producer=high,consumer=y) splitReduction(k=4,combine=shared) bind(t=grid.x,e=block.y,k_in=block.x,d=block.y)',
  ],
  [
    'lanes that combine along y',
    'fuse(producer=high,consumer=y) splitReduction(k=4,combine=shared) bind(t=grid.x,e=block.x,k_in=block.y,d=block.x)',
  ],
  [
    'lanes that combine along z, in threads along x and y',
    'fuse(producer=high,consumer=y) splitReduction(k=4,combine=shared) split(loop=e,by=4) bind(t=grid.x,e=block.y,e_in=block.x,k_in=block.z,d=block.x)',
  ],
  [
    'lanes that combine along y, in threads along x and z',
    'fuse(producer=high,consumer=y) splitReduction(k=4,combine=shared) split(loop=e,by=4) bind(t=grid.x,e=block.z,e_in=block.x,k_in=block.y,d=block.x)',
  ],
])('gives the right results: %s', (_, steps) => {
  const sizes = new Map([['T', 3]])
  for (const target of [{ ...wgslTarget, subgroup: { min: 4, max: 4 } }, cudaTarget]) {
    const { finished: lowered } = prepare(asLowered(target), rows, parseSteps(steps))
    const inputs = randomTensors(rows, sizes, 5)
    const { outputs, findings } = simulate(lowered, inputs, sizes)
    expect(findings.map(renderFinding)).toEqual([])
    for (const [name, { data }] of interpretKernel(rows, inputs, sizes))
      expect([...(outputs.get(name)?.data ?? [])]).toEqual([...data])
  }
})
