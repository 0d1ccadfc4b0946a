/** What a target cannot run is refused by the schedule, so lowering never refuses a schedule that applies. */
import { abs, f16, f32, i4, i8, type Kernel, kernel, max, type Nest } from '@qernel/dsl'
import {
  applySchedule,
  applyStep,
  generateStep,
  isRefusal,
  listTransforms,
  printSteps,
  ScheduleRefusal,
  type Step,
} from '@qernel/schedule'
import { defaultNest, dispatchesOf } from '@qernel/schedule/internal'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { LoweringError } from '../../src/index.ts'
import { lower } from '../../src/internal.ts'
import { cudaTarget, wgslTarget } from '../targets.ts'

const perToken = kernel('per_token', ({ size, input, output }) => {
  const T = size('T')
  const D = size('D')
  const x = input('x', f32, [T, D])
  const scale = output('scale', f32, [T], t => max(D, d => abs(x(t, d))).div(127))
  output('q', i8, [T, D], (t, d) => x(t, d).div(scale(t)).round())
})

const grouped = kernel('grouped', ({ size, input, output }) => {
  const T = size('T')
  const D = size('D')
  const groups = D.groups(32)
  const x = input('x', f16, [T, D])
  const scale = output('scale', f16, [T, groups.count], (t, g) => max(groups.at(g), e => abs(x(t, e))).div(7))
  output('q', i4, [T, groups], (t, d) => x(t, d).div(scale(t, d.group)).round())
})

const kernels: readonly Kernel[] = [perToken, grouped]
const draws = fc.array(fc.array(fc.nat(9999), { minLength: 8, maxLength: 8 }), {
  minLength: 2,
  maxLength: 9,
  size: 'max',
})

/** The steps of a list of random picks: those that apply, in order. */
function compose(start: Nest, list: readonly (readonly number[])[]): Step[] {
  const transforms = listTransforms()
  const steps: Step[] = []
  let nest = start
  for (const [first = 0, ...picks] of list) {
    let position = 0
    const step = generateStep(
      nest,
      transforms[first % transforms.length] as (typeof transforms)[number],
      from => from[(picks[position++ % picks.length] as number) % from.length] as (typeof from)[number],
    )
    const next = applyStep(nest, step)
    if (isRefusal(next)) continue
    nest = next
    steps.push(step)
  }
  return steps
}

test.each([wgslTarget, cudaTarget])(
  'random schedules for $name that apply can be lowered',
  target => {
    const { nativeTypes, limits, subgroup } = target
    const counts = { lowered: 0, refused: 0 }
    const property = fc.property(fc.constantFrom(...kernels), draws, fc.boolean(), (one, list, isFixed) => {
      const fixed = new Map(isFixed ? [['D', 64]] : [])
      const steps = compose(defaultNest(one, fixed), list)
      try {
        const options = { fixed, nativeTypes, limits, hasSubgroups: subgroup !== undefined }
        const scheduled = applySchedule(one, steps, options)
        const { launches } = lower(scheduled, target)
        counts.lowered++
        const dispatches = dispatchesOf(scheduled.nest)
        // The nest does not know the size of a subgroup, and so not what remains for shared memory.
        if (dispatches.some(({ loops }) => loops.some(loop => loop.combine === 'subgroup'))) return
        const bytes = dispatches.map(({ shared, meetingBytes }) =>
          shared.reduce((n, one) => n + one.bytes, meetingBytes),
        )
        expect(bytes, printSteps(steps)).toEqual(launches.map(({ sharedBytes }) => sharedBytes))
      } catch (error) {
        if (error instanceof LoweringError)
          throw new Error(`${one.name} ${printSteps(steps)}: ${error.message}`, { cause: error })
        if (!(error instanceof ScheduleRefusal)) throw error
        counts.refused++
      }
    })
    fc.assert(property, { numRuns: Number(process.env.QERNEL_CASES ?? 200) })
    expect(counts.lowered).toBeGreaterThan(50)
  },
  600_000,
)
