/** Loads of the next iteration before the work of the current one: the results stay the same, and no thread reads too early or writes too late. */
import { interpretKernel } from '@qernel/dsl'
import { applySchedule, parseSteps } from '@qernel/schedule'
import { describe, expect, test } from 'vitest'
import { renderFinding, simulate } from '../../src/index.ts'
import { type DeviceStatement, lower, scalarize } from '../../src/internal.ts'
import { perChannel, quantize } from '../int8-kernels.ts'
import { randomTensors } from '../random-tensors.ts'
import { cudaTarget, finishedAsIs, wgslTarget } from '../targets.ts'

const columns = 'split(loop=d,by=16,inner=lane,stage=scale) bind(d=grid.x,lane=block.x,stage=scale)'
const rest = 'tile(t=4,d=16,stage=q)'
const walked = 'tile(t=4,d=16) grid(loop=t,groups=2) cache(buffer=x,memory=shared,at=t_step)'

const cases = [
  [perChannel(), `${columns} pipeline(loop=t,buffer=x,stage=scale) ${rest}`],
  [perChannel(), `${columns} split(loop=t,by=4,stage=scale) pipeline(loop=t,buffer=x,stage=scale) ${rest}`],
  [
    perChannel(),
    `${columns} split(loop=t,by=4,stage=scale) pipeline(loop=t_in,buffer=x,stage=scale) unroll(loop=t_in) ${rest}`,
  ],
  [perChannel(), `${columns} pipeline(loop=t,buffer=x,stage=scale) split(loop=t,by=4,stage=scale) ${rest}`],
  [perChannel(), `tile(d=16,stage=scale) vectorize(d=4,stage=scale) pipeline(loop=t,buffer=x,stage=scale) ${rest}`],
  [perChannel(), `tile(d=16,stage=scale) pipeline(loop=t,buffer=x,stage=scale) vectorize(d=4,stage=scale) ${rest}`],
  [perChannel(), `tile(d=16,stage=scale) pipeline(loop=t,buffer=x,stage=scale) coarsen(d=2,stage=scale) ${rest}`],
  [quantize(), `${walked} pipeline(loop=t_step)`],
  [quantize(), `${walked} vectorize(d=4) pipeline(loop=t_step)`],
  [quantize(), `${walked} pipeline(loop=t_step) hoist(loop=t_step,buffer=scale)`],
  [quantize(), 'tile(t=4,d=16) grid(loop=t,tiles=4) pipeline(loop=t_step,buffer=x)'],
] as const

describe.each([wgslTarget, cudaTarget])('for $name', target => {
  test.each(cases.map(([kernel, steps]) => ({ name: kernel.name, kernel, steps })))(
    '$name gives the right results under $steps',
    ({ kernel, steps }) => {
      for (const [T, D] of [
        [9, 24],
        [1, 16],
        [0, 5],
      ] as const) {
        const { nativeTypes } = target
        const lowered = lower(applySchedule(kernel, parseSteps(steps), { nativeTypes }), target)
        const program = target.vectorArithmetic ? lowered.program : scalarize(lowered.program)
        const inputs = randomTensors(kernel, new Map(Object.entries({ T, D })), T)
        const { outputs, findings } = simulate(finishedAsIs({ ...lowered, program }, target), inputs)
        expect(findings.map(renderFinding)).toEqual([])
        expect(outputs).toEqual(interpretKernel(kernel, inputs))
      }
    },
  )
})

/** The memory accesses and barriers of a body, in order. */
const flow = (body: readonly DeviceStatement[]): string[] =>
  body.flatMap((s): string[] => {
    if (s.kind === 'if') return flow(s.body)
    if (s.kind === 'for') return ['for', ...flow(s.body), 'end']
    if ((s.kind === 'let' || s.kind === 'assign') && s.value.kind === 'load') return [`load ${s.value.array}`]
    if (s.kind === 'store') return [`store ${s.array}`]
    return s.kind === 'barrier' ? ['barrier'] : []
  })

test('the next tile is loaded before the barrier of the current one', () => {
  const steps = parseSteps(`${walked} pipeline(loop=t_step)`)
  const { program } = lower(applySchedule(quantize(), steps, { nativeTypes: cudaTarget.nativeTypes }), cudaTarget)
  expect(flow(program.functions[0]?.body ?? []).join(' · ')).toMatchInlineSnapshot(
    `"load x · for · store x_tile · load x · barrier · load x_tile · load scale · store q · barrier · end"`,
  )
})
