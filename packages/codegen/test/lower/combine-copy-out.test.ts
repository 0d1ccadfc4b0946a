/** Results of fewer than 32 bits that are stored through shared memory, at sizes that end inside a tile and inside a word. */
import { f16, f32, i4, i8, interpretKernel, kernel, max, min } from '@qernel/dsl'
import { parseSteps } from '@qernel/schedule'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { prepare, renderFinding, simulate } from '../../src/index.ts'
import { randomTensors } from '../random-tensors.ts'
import { asLowered, cudaTarget, wgslTarget } from '../targets.ts'

const grouped = kernel('grouped', ({ size, input, output }) => {
  const T = size('T')
  const D = size('D')
  const groups = D.groups(32)
  const x = input('x', f32, [T, D])
  const scale = output('scale', f16, [T, groups.count], (t, g) =>
    max(groups.at(g), d => x(t, d))
      .sub(min(groups.at(g), d => x(t, d)))
      .div(15),
  )
  output('q', i4, [T, groups], (t, d) => x(t, d).div(scale(t, d.group)).round().clamp(-8, 7))
})

const codes = kernel('codes', ({ size, input, output }) => {
  const T = size('T')
  const D = size('D')
  const x = input('x', f32, [T, D])
  output('q', i8, [T, D], (t, d) => x(t, d).round())
})

const fused =
  'fuse(producer=scale,consumer=q,loops=2) split(loop=g,by=8) splitReduction(d=4,combine=shared) vectorize(d=8,stage=q) bind(t=grid.y,g=grid.x,g_in=block.y,d_in=block.x) bind(d=block.x,stage=q) cache(buffer=scale,memory=shared,at=g)'

test.each([
  ['a fused group', grouped, fused],
  ['a copy by several threads', grouped, `${fused} bind(scale_out=block.x)`],
  ['a tile of two dimensions', codes, 'tile(t=4,d=8) cache(buffer=q,memory=shared)'],
  ['a tile in each iteration of a loop', codes, 'tile(d=8) cache(buffer=q,memory=shared,at=d) bind(q_out=block.x)'],
])('gives the right results: %s', (_, of, steps) => {
  const programs = [wgslTarget, { ...wgslTarget, subgroup: { min: 4, max: 8 } }, cudaTarget].map(
    target => prepare(asLowered(target), of, parseSteps(steps)).finished,
  )
  const sizes = fc.record({ T: fc.nat(5), D: fc.oneof(fc.nat(40), fc.constantFrom(64, 96, 257, 288, 544)) })
  fc.assert(
    fc.property(sizes, fc.nat(1e6), (given, seed) => {
      const bound = new Map(Object.entries(given))
      const inputs = randomTensors(of, bound, seed)
      const expected = interpretKernel(of, inputs, bound)
      for (const lowered of programs) {
        const { outputs, findings } = simulate(lowered, inputs, bound, { seed })
        expect(findings.map(renderFinding)).toEqual([])
        for (const [name, { data }] of expected) expect([...(outputs.get(name)?.data ?? [])]).toEqual([...data])
      }
    }),
    { numRuns: 12 },
  )
})
