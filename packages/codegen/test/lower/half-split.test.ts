/** Half-split blocks through lowering: programs write and read them as the language packs them. */
import { f32, halfSplit, i4, interpretKernel, kernel, type StorageType, u2, u4 } from '@qernel/dsl'
import { parseSteps } from '@qernel/schedule'
import { describe, expect, test } from 'vitest'
import { prepare, renderFinding, simulate } from '../../src/index.ts'
import { randomTensors } from '../random-tensors.ts'
import { asLowered, cudaTarget, wgslTarget } from '../targets.ts'

const encode = (type: StorageType) =>
  kernel('encode', ({ size, input, output }) => {
    const T = size('T')
    const D = size('D')
    const x = input('x', f32, [T, D])
    output('q', type, [T, D], (t, d) => x(t, d).mul(4).round())
  })
const decode = (type: StorageType) =>
  kernel('decode', ({ size, input, output }) => {
    const T = size('T')
    const D = size('D')
    const q = input('q', type, [T, D])
    output('x', f32, [T, D], (t, d) => q(t, d).toF32().mul(0.5))
  })

const types = [halfSplit(u4, 8), halfSplit(u4, 32), halfSplit(i4, 16), halfSplit(u2, 16), halfSplit(u4, 128)]
const schedules = ['', 'tile(t=4,d=16)', 'vectorize(d=4)', 'tile(t=2,d=128) vectorize(d=4)', 'vectorize(d=32)']
const cases = types.flatMap(type =>
  [encode(type), decode(type)].flatMap(of =>
    [wgslTarget, cudaTarget].flatMap(target => schedules.map(steps => ({ of, type: type.name, target, steps }))),
  ),
)
// A vector that is not a multiple of a block splits what one thread has to own.
const isWritable = (of: { name: string }, steps: string, block: number) =>
  of.name === 'decode' || !steps.includes('vectorize') || Number(/vectorize\(d=(\d+)\)/.exec(steps)?.[1]) % block === 0

describe.each(cases.filter(c => isWritable(c.of, c.steps, c.of.tensors.at(-1)?.type.halves ?? 1)))(
  '$of.name $type on $target.name: $steps',
  ({ of, target, steps }) => {
    test.each([
      [1, 1],
      [3, 33],
      [2, 128],
      [5, 37],
    ])('%i × %i', (T, D) => {
      const sizes = new Map([
        ['T', T],
        ['D', D],
      ])
      const { finished: lowered } = prepare(asLowered(target), of, parseSteps(steps))
      const inputs = randomTensors(of, sizes, 3)
      const { outputs, findings } = simulate(lowered, inputs, sizes)
      expect(findings.map(renderFinding)).toEqual([])
      const expected = interpretKernel(of, inputs)
      for (const [name, { data }] of outputs) expect([...data]).toEqual([...(expected.get(name)?.data ?? [])])
    })
  },
)
