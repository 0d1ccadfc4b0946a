/** The one-pass schedules move each input once and each output once; the others say how often they read. */
import { formatKernels, type LibraryKernel } from '@qernel/kernels'
import { applySchedule, costOf } from '@qernel/schedule'
import { describe, expect, test } from 'vitest'

const none = new Map<string, number>()

/** Bytes moved, relative to the fewest possible, at sizes that the tiles divide. */
function ratio(
  { define, schedules }: LibraryKernel,
  target: 'wgsl' | 'cuda',
  fixed: ReadonlyMap<string, number> = none,
) {
  const kernel = define()
  const steps = schedules[0]?.steps({ kernel, target: { name: target, subgroup: { min: 32, max: 32 } }, fixed }) ?? []
  const { nest } = applySchedule(kernel, steps, { fixed })
  const sizes = new Map(
    kernel.sizes.map(({ name }) => [name, fixed.get(name) ?? { T: 1024, D: 512, H: 2, C: 64, B: 16 }[name] ?? 1]),
  )
  const cost = costOf(nest, sizes)
  return (cost.readBytes + cost.writtenBytes) / (cost.minimumReadBytes + cost.minimumWrittenBytes)
}

/** Kernels whose results need sums over all rows: they read twice. */
const wholeTensor = /^int8_per_(channel|tensor)$/
/** Reads once, and moves little else than its partial maxima. */
const columns = 'int8_per_channel_scale'
const others = formatKernels.filter(({ name }) => !wholeTensor.test(name) && name !== columns)
/** Kernels whose groups are whole rows, so that one pass needs rows of known length. */
const isOneRow = /^(int8_per_token|fp8_|vllm_|onnx_runtime_int8|lmdeploy_u[48])/
const lengths = [128, 1024, 8192].map(D => [D] as const)

describe.each(['wgsl', 'cuda'] as const)('%s: nothing is moved twice', target => {
  test.each(others.filter(({ name }) => !isOneRow.test(name) || name.endsWith('_dequantize')))('$name', library =>
    expect(ratio(library, target)).toBe(1),
  )
  describe.each(lengths)('rows of %i', D =>
    test.each(others.filter(({ name }) => isOneRow.test(name)))('$name', library => {
      const all = new Map([
        ['D', D],
        ['C', D / 2],
      ])
      const own = library.define().sizes.map(({ name }) => name)
      expect(ratio(library, target, new Map([...all].filter(([name]) => own.includes(name))))).toBe(1)
    }),
  )
})

test.each(formatKernels.filter(({ name }) => wholeTensor.test(name)))(
  '$name reads its data twice, and little else',
  library => {
    // f32 in, i8 out: (4 + 4 + 1) / (4 + 1), and the partial maxima.
    expect(ratio(library, 'cuda')).toBeCloseTo(9 / 5, 1)
  },
)

test(`${columns} reads its data once, and little else`, () => {
  const library = formatKernels.find(({ name }) => name === columns) as LibraryKernel
  expect(ratio(library, 'cuda')).toBeCloseTo(1, 2)
})
