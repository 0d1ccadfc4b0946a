/** The named schedules on every kernel of the library, compiled for fixed sizes: which do not fit, and why. */
import { prepare } from '@qernel/codegen'
import { wgsl } from '@qernel/codegen-wgsl'
import type { Kernel } from '@qernel/dsl'
import { namedSchedules, ScheduleRefusal, type Step } from '@qernel/schedule'
import { expect, test } from 'vitest'
import { kernelLibrary } from '../src/index.ts'

/** The reason why a schedule is refused, without its place; undefined if it compiles. */
function refusalOf(kernel: Kernel, steps: readonly Step[], fixed: ReadonlyMap<string, number>): string | undefined {
  try {
    prepare(wgsl, kernel, steps, { fixed })
    return undefined
  } catch (error) {
    if (!(error instanceof ScheduleRefusal)) throw error
    return `${error.refusal.message} [${error.refusal.code}]`
  }
}

const takes = ({ sizes }: Kernel, D: number): boolean =>
  sizes.some(({ name, facts: { multipleOf = 1 } }) => name === 'D' && D % multipleOf === 0)

/** Kernels by the reason why a schedule is refused; kernels that differ only in the length of groups count as one. */
function refusals(name: string, D: number): Record<string, string[]> {
  const schedule = namedSchedules.find(one => one.name === name)
  const found: Record<string, string[]> = {}
  for (const { name: kernelName, define } of kernelLibrary) {
    // Only vectors depend on the length of groups.
    if (schedule === undefined || (name !== 'vectorized' && /_g(64|128)_/.test(kernelName))) continue
    const kernel = define()
    if (!takes(kernel, D)) continue
    const why = refusalOf(kernel, schedule.steps({ kernel }), new Map([['D', D]]))
    if (why === undefined) continue
    const family = kernel.name.replace(/_g(32|64|128)/, '')
    found[why] = [...new Set([...(found[why] ?? []), family])]
  }
  return found
}

test.each(namedSchedules)('$name fits every kernel with rows of 128', ({ name }) => {
  expect(refusals(name, 128)).toEqual({})
})

test('coarsened fits every kernel with rows of any length', () => {
  expect(refusals('coarsened', 101)).toEqual({})
})

test('vectorized needs rows of whole words', () => {
  expect(refusals('vectorized', 100)).toMatchInlineSnapshot(`
    {
      "D is fixed to 100, which is not a multiple of 16 [does-not-divide]": [
        "group_symmetric_i2_outer",
        "group_asymmetric_u2_outer",
        "kivi_key_u2",
      ],
      "D is fixed to 100, which is not a multiple of 32 [does-not-divide]": [
        "group_symmetric_i3_outer",
        "group_asymmetric_u3_outer",
      ],
      "D is fixed to 100, which is not a multiple of 8 [does-not-divide]": [
        "group_symmetric_i4_outer",
        "group_asymmetric_u4_outer",
        "kivi_key_u4",
      ],
    }
  `)
})
