/** Grids that are longer than a device can launch: they are folded, and right up to the last workgroup. */
import { interpretKernel } from '@qernel/dsl'
import { applySchedule, parseSteps } from '@qernel/schedule'
import { describe, expect, test } from 'vitest'
import { planLaunch, renderFinding, simulate, type Target } from '../../src/index.ts'
import { lower } from '../../src/internal.ts'
import { perChannel, quantize } from '../int8-kernels.ts'
import { randomTensors } from '../random-tensors.ts'
import { cudaTarget, finishedAsIs, wgslTarget } from '../targets.ts'

/** A device that launches at most 3 workgroups along x. */
const narrow = (target: Target): Target => ({
  ...target,
  limits: { ...target.limits, workgroupsPerDimension: [3, 65535, 65535] },
})
const sizes = { T: 13, D: 40 }

describe.each([
  ['folded into rows of workgroups', narrow(wgslTarget)],
  ['folded into one row', cudaTarget],
])('%s', (_, target) => {
  test.each([
    ['a grid of one dimension gives the right results', quantize(), 'reorder(order=d.t) bind(d=grid.x)'],
    ['a grid of two dimensions gives the right results', quantize(), 'tile(t=4,d=16)'],
    [
      'a grid of three dimensions gives the right results',
      quantize(),
      'split(loop=d,by=8,inner=c) split(loop=c,by=4,inner=e) bind(t=grid.z,d=grid.y,c=grid.x)',
    ],
    ['a kernel with barriers gives the right results', quantize(), 'tile(t=4,d=16) cache(buffer=x,memory=shared)'],
    ['two dispatches give the right results', perChannel(), 'tile(d=8,stage=scale) tile(t=2,d=8,stage=q)'],
  ])('%s', (_, kernel, steps) => {
    const scheduled = applySchedule(kernel, parseSteps(steps), { nativeTypes: target.nativeTypes })
    const lowered = lower(scheduled, target, { folds: true })
    expect(lowered.launches.every(({ gridWidth }) => gridWidth !== undefined)).toBe(true)
    const inputs = randomTensors(kernel, new Map(Object.entries(sizes)), 5)
    const { outputs, findings } = simulate(finishedAsIs(lowered, target), inputs)
    expect(findings.map(renderFinding)).toEqual([])
    expect(outputs).toEqual(interpretKernel(kernel, inputs))
  })
})

test('a grid of known length is folded only if it is too long', () => {
  const widths = (T: number): (number | undefined)[] => {
    const fixed = new Map([['T', T]])
    const options = { nativeTypes: wgslTarget.nativeTypes, fixed }
    const { launches } = lower(applySchedule(quantize(), parseSteps('tile(t=1,d=64)'), options), wgslTarget)
    return launches.map(({ gridWidth }) => gridWidth)
  }
  expect(widths(65535)).toEqual([undefined])
  expect(widths(65536)).toEqual([65535])
})

test('a folded grid is planned as whole rows, or as one shorter row', () => {
  const scheduled = applySchedule(quantize(), parseSteps('tile(t=1,d=64)'))
  const compiled = {
    ...lower(scheduled, wgslTarget, { folds: true }),
    kernel: 'q',
    target: 'wgsl',
    source: '',
  } as const
  const large = { limits: { ...wgslTarget.limits, bindingBytes: 2 ** 60 } }
  const grid = (T: number, D: number) => planLaunch(compiled, { T, D }, large).dispatches.map(one => one.grid)
  expect(grid(131072, 128)).toEqual([[65535, 5, 1]])
  expect(grid(100, 128)).toEqual([[200, 1, 1]])
  expect(grid(0, 128)).toEqual([])
  expect(() => grid(2 ** 30, 2 ** 11)).toThrow('needs 524297 workgroups along y')
})
