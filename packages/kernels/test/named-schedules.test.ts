/** The named schedules on every kernel of the library, compiled for fixed sizes: which do not fit, and why; and how much work a thread gets. */
import { prepare } from '@qernel/codegen'
import { wgsl } from '@qernel/codegen-wgsl'
import type { Kernel, Nest } from '@qernel/dsl'
import {
  applySchedule,
  costOf,
  leavesOf,
  namedSchedules,
  offeredSchedules,
  ScheduleRefusal,
  type Step,
} from '@qernel/schedule'
import { expect, test } from 'vitest'
import { formatKernels, kernelLibrary } from '../src/index.ts'

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

test.each(['naive', 'tiled', 'coarsened'])('%s fits every kernel with rows of any length', name => {
  expect(refusals(name, 101)).toEqual({})
})

/** A cache as the benchmarks measure it; kernels with heads see the same rows cut in 8. */
const measured: Readonly<Record<string, number>> = { T: 131072, D: 1024, H: 8, C: 64, B: 32 }

/** The most iterations that one thread walks to reach a statement. */
const longestWalk = ({ body }: Nest): number =>
  Math.max(
    ...leavesOf(body).map(({ around }) =>
      around.reduce((product, { mode, extent }) => {
        if (mode.startsWith('grid') || mode.startsWith('block')) return product
        return (
          product * (typeof extent === 'number' ? extent : Math.ceil((measured[extent.size] ?? 1) / extent.dividedBy))
        )
      }, 1),
    ),
  )

// Named schedules keep the order of float sums, so a sum over all tokens stays with one thread.
test.each(formatKernels.filter(({ name }) => !/_g(64|128)_/.test(name)).map(each => [each.name, each] as const))(
  'no named schedule of %s gives a thread thousands of elements, or reads the data more than three times',
  (_, { define }) => {
    const kernel = define()
    const sizes = new Map(kernel.sizes.map(({ name }) => [name, measured[name] as number]))
    for (const { name, steps } of offeredSchedules(kernel)) {
      const { nest } = applySchedule(kernel, steps({ kernel }))
      expect(longestWalk(nest), name).toBeLessThanOrEqual(1024)
      const cost = costOf(nest, sizes)
      const ratio = (cost.readBytes + cost.writtenBytes) / (cost.minimumReadBytes + cost.minimumWrittenBytes)
      expect(ratio, name).toBeLessThan(3)
    }
  },
)

test('a name is offered where its steps differ from those of naive', () => {
  const offered: Record<string, string[]> = {}
  for (const { name, define } of formatKernels) {
    if (/_g(64|128)_|dequantize/.test(name)) continue
    const names = offeredSchedules(define()).map(each => each.name)
    offered[names.join(' ')] = [...(offered[names.join(' ')] ?? []), name]
  }
  expect(offered).toMatchInlineSnapshot(`
    {
      "naive": [
        "int8_per_channel_scale",
        "llama_cpp_q8_0_blocks",
        "llama_cpp_q4_0_blocks",
      ],
      "naive tiled coarsened vectorized": [
        "int8_per_channel",
        "int8_per_channel_quantize",
        "int8_per_tensor",
      ],
      "naive vectorized": [
        "int8_per_token",
        "fp8_e4m3_per_token",
        "group_symmetric_i8_g32_inner",
        "group_symmetric_i4_g32_inner",
        "group_symmetric_i3_g32_inner",
        "group_symmetric_i2_g32_inner",
        "group_symmetric_i8_g32_outer",
        "group_symmetric_i4_g32_outer",
        "group_symmetric_i3_g32_outer",
        "group_symmetric_i2_g32_outer",
        "group_asymmetric_u8_g32_inner",
        "group_asymmetric_u4_g32_inner",
        "group_asymmetric_u3_g32_inner",
        "group_asymmetric_u2_g32_inner",
        "group_asymmetric_u8_g32_outer",
        "group_asymmetric_u4_g32_outer",
        "group_asymmetric_u3_g32_outer",
        "group_asymmetric_u2_g32_outer",
        "innerq_hybrid_u4",
        "innerq_hybrid_u3",
        "innerq_hybrid_u2",
        "kivi_key_u4",
        "kivi_value_u4",
        "kivi_key_u2",
        "kivi_value_u2",
        "vllm_int8_per_token_head",
        "onnx_runtime_int8",
        "lmdeploy_u8",
        "lmdeploy_u4",
        "llama_cpp_q8_0",
        "llama_cpp_q4_0",
        "onnx_runtime_int8_records",
      ],
    }
  `)
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
