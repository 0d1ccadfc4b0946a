/** The one-pass schedules move each input once and each output once; the others say how often they read. */
import { kernelLibrary, type LibraryKernel } from '@qernel/kernels'
import { applySchedule, costOf, parseSteps } from '@qernel/schedule'
import { describe, expect, test } from 'vitest'

const none = new Map<string, number>()

/** Bytes moved over the fewest possible, at sizes that the tiles divide. */
function ratio(
  { define, schedules }: LibraryKernel,
  target: 'wgsl' | 'cuda',
  fixed: ReadonlyMap<string, number> = none,
) {
  const kernel = define()
  const steps = parseSteps(schedules[0]?.steps({ name: target, subgroups: true, fixed }) ?? '')
  const { nest } = applySchedule(kernel, steps, { fixed })
  const sizes = new Map(
    kernel.sizes.map(({ name }) => [name, fixed.get(name) ?? { T: 1024, D: 512, H: 2, C: 64, B: 16 }[name] ?? 1]),
  )
  const cost = costOf(nest, sizes)
  return (cost.readBytes + cost.writtenBytes) / (cost.minimumReadBytes + cost.minimumWrittenBytes)
}

const named = (pattern: RegExp) =>
  kernelLibrary.filter(({ name }) => pattern.test(name)).map(each => [each.name, each] as const)

describe.each(['wgsl', 'cuda'] as const)('%s: nothing is moved twice', target => {
  test.each(named(/_inner$|kivi_value_u\d$|q8_0$/))('%s', (_, library) => expect(ratio(library, target)).toBe(1))
  test.each(named(/_dequantize$/))('%s', (_, library) => expect(ratio(library, target)).toBe(1))
  test.each(named(/^(int8_per_token|vllm_int8_per_token_head|onnx_runtime_int8|lmdeploy_u8)$/))(
    '%s of 128 channels',
    (_, library) => expect(ratio(library, target, new Map([['D', 128]]))).toBe(1),
  )
})

test.each(named(/^int8_per_(channel|tensor)$/))('%s reads its data twice, and little else', (_, library) => {
  // f32 in, i8 out: (4 + 4 + 1) / (4 + 1) and the partial maxima.
  expect(ratio(library, 'cuda')).toBeCloseTo(9 / 5, 1)
})
