/** Random schedules with large factors: either they are refused, or all resulting numbers fit in generated code. */
import { LoweringError } from '@qernel/codegen'
import { cuda } from '@qernel/codegen-cuda'
import { wgsl } from '@qernel/codegen-wgsl'
import { InputError } from '@qernel/dsl'
import { affinesOf, tooLargeIn } from '@qernel/dsl/internal'
import { applySchedule, leavesOf, loopsOf, ScheduleRefusal, type Step } from '@qernel/schedule'
import { randomTrials } from '@qernel/testing/internal'
import fc from 'fast-check'
import { expect, test } from 'vitest'

const larger = [1, 1, 3, 64, 1024, 65536, 2 ** 20, 2 ** 29 + 1, 2 ** 31 - 1]
const isRefused = (error: unknown): boolean =>
  [ScheduleRefusal, LoweringError, InputError].some(refusal => error instanceof refusal)

test('schedules with large factors are refused or fit in generated code', () => {
  let compiled = 0
  let refused = 0
  const property = fc.property(
    randomTrials(),
    fc.infiniteStream(fc.constantFrom(...larger)),
    ({ kernel, steps, fixed: sizes }, factors) => {
      const fixed = new Map(Object.entries(sizes))
      const large = steps.map(
        step =>
          Object.fromEntries(
            Object.entries(step).map(([name, value]) => [
              name,
              typeof value === 'number' ? value * (factors.next().value as number) : value,
            ]),
          ) as Step,
      )
      try {
        const { nest } = applySchedule(kernel, large, { fixed })
        const numbers = [
          ...loopsOf(nest.body).map(({ loop }) => loop.extent),
          ...leavesOf(nest.body).flatMap(({ leaf }) => [...leaf.index, ...affinesOf(leaf.value)]),
        ]
        expect(numbers.filter(one => tooLargeIn(one) !== undefined)).toEqual([])
        for (const backEnd of [wgsl, cuda]) {
          const { source } = backEnd.compile(kernel, large, { fixed })
          const literals = source.replace(/^ *\/\/.*$/gm, '').match(/(?<![.\d])\d{10,}(?=u?\b)(?![.e])/g) ?? []
          expect(literals.filter(text => Number(text) >= 2 ** 32)).toEqual([])
        }
        compiled++
      } catch (error) {
        if (!isRefused(error)) throw error
        refused++
      }
    },
  )
  fc.assert(property, { numRuns: 60 })
  expect(compiled).toBeGreaterThan(5)
  expect(refused).toBeGreaterThan(5)
})
