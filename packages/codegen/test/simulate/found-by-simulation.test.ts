/** Schedules with faults that the simulator once found, each as small as it shrank. */
import { f32, i2, i4, interpretKernel, type Kernel, kernel, u4, u8 } from '@qernel/dsl'
import { parseSteps, ScheduleRefusal } from '@qernel/schedule'
import { describe, expect, test } from 'vitest'
import { prepare, renderFinding, simulate, type Target } from '../../src/index.ts'
import { dequantize, quantize } from '../int8-kernels.ts'
import { randomTensors } from '../random-tensors.ts'
import { asLowered, cudaTarget, wgslTarget } from '../targets.ts'

const narrow = kernel('narrow', ({ size, input, output }) => {
  const T = size('T')
  const D = size('D', { multipleOf: 8 })
  const x = input('x', i4, [T, D])
  output('y', i2, [T, D], (t, d) => x(t, d).shiftRight(2))
})

const convert = kernel('convert', ({ size, input, output }) => {
  const T = size('T')
  const D = size('D')
  const x = input('x', u8, [T, D])
  output('y', u4, [T, D], (t, d) => x(t, d).shiftRight(4))
})

interface Case {
  readonly what: string
  readonly of: Kernel
  readonly steps: string
  readonly target: Target
  readonly fixed?: Readonly<Record<string, number>>
  readonly sizes: Readonly<Record<string, number>>
}

const cases: readonly Case[] = [
  {
    what: 'words of a narrow input past the last row are not loaded on a target that addresses bytes',
    of: narrow,
    steps: '',
    target: cudaTarget,
    sizes: { T: 3, D: 8 },
  },
  {
    what: 'words of a narrow input past the last row are not loaded',
    of: convert,
    steps: '',
    target: wgslTarget,
    fixed: { D: 4 },
    sizes: { T: 13, D: 4 },
  },
  {
    what: 'a shared copy grows with a split that does not divide it',
    of: dequantize(f32),
    steps: 'bind(t=grid.x) cache(buffer=scale,memory=shared) vectorize(d=8)',
    target: wgslTarget,
    fixed: { D: 1 },
    sizes: { T: 1, D: 1 },
  },
  {
    what: 'a thread of a block loop without iterations loads nothing',
    of: quantize(f32),
    steps: 'cache(buffer=scale,memory=register,at=t) bind(d=block.y)',
    target: wgslTarget,
    fixed: { D: 0 },
    sizes: { T: 1, D: 0 },
  },
]

describe('the program has no findings and gives the right results', () => {
  test.each(cases)('$what', ({ of, steps, target, fixed, sizes }) => {
    const options = fixed === undefined ? {} : { fixed: new Map(Object.entries(fixed)) }
    const { finished: lowered } = prepare(asLowered(target), of, parseSteps(steps), options)
    const bound = new Map(Object.entries(sizes))
    const inputs = randomTensors(of, bound, 1)
    const { outputs, findings } = simulate(lowered, inputs, bound)
    expect(findings.filter(finding => finding.severity === 'error').map(renderFinding)).toEqual([])
    const expected = interpretKernel(of, inputs)
    for (const [name, tensor] of outputs) expect([...tensor.data]).toEqual([...(expected.get(name)?.data ?? [])])
  })
})

test('iterations that each have their own shared tile cannot become the threads of a workgroup', () => {
  const steps = parseSteps('tile(t=4) cache(buffer=scale,memory=shared,at=d) bind(d=block.y)')
  const apply = () => prepare(asLowered(wgslTarget), dequantize(f32), steps, { fixed: new Map([['D', 17]]) })
  expect(apply).toThrow(ScheduleRefusal)
  expect(apply).toThrow(/scale_tile is shared by the threads of a workgroup and recreated inside d/)
})
