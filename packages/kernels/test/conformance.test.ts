/** Every kernel of the library, under naive and under its best schedule: on the device, with the exact results of its definition. */
import { wgsl } from '@qernel/codegen-wgsl'
import { bf16, f16, f32, interpretKernel, type StorageType } from '@qernel/dsl'
import { formatKernels, type LibraryKernel } from '@qernel/kernels'
import { type Device, openDevice, runKernel } from '@qernel/runtime'
import { findSchedule, printSteps, type Step } from '@qernel/schedule'
import { compareCodes } from '@qernel/testing'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { inputsOf, smallSizes } from './inputs.ts'

// A software device takes seconds to compile a thread that handles the channels of one word for 32 tokens.
vi.setConfig({ testTimeout: 120_000 })

const target = { name: 'wgsl', subgroup: { min: 32, max: 32 } } as const

let device: Device
beforeAll(async () => {
  device = await openDevice({ adapter: 'software' })
})
afterAll(() => device.close())

async function checkOnDevice(
  { define }: LibraryKernel,
  steps: readonly Step[],
  sizes = smallSizes(define()),
  fixed: ReadonlyMap<string, number> = new Map(),
  element: StorageType = f32,
) {
  const kernel = define(element)
  const executable = await device.load(wgsl.compile(kernel, steps, { target: device.target, fixed }))
  const launchSizes = Object.fromEntries(Object.entries(sizes).filter(([name]) => !fixed.has(name)))
  for (const seed of [1, 100]) {
    const inputs = inputsOf(kernel, sizes, seed)
    const expected = interpretKernel(kernel, inputs)
    const { outputs } = await runKernel(device, executable, { inputs, sizes: launchSizes })
    for (const [name, { data }] of outputs) {
      const { data: wanted } = expected.get(name) as { data: typeof data }
      const { equal, total, firstDifference: at = 0 } = compareCodes(data, wanted)
      expect(equal, `${name}[${at}] is ${data[at]}, ${wanted[at]} was expected (seed ${seed})`).toBe(total)
    }
  }
}

/**
 * Kernels of one factory differ only in numbers: the device runs the shortest groups, and a few of the longer ones. KIVI's keys are asymmetric
 * groups along tokens, and a software device takes long to compile 32 channels per thread.
 */
const isTriedOnDevice = ({ name }: LibraryKernel): boolean =>
  !/_g(64|128)_|asymmetric_u[234]_g32_outer$/.test(name) || /symmetric_i4_g128_inner|asymmetric_u8_g64_/.test(name)

describe.each(formatKernels.filter(isTriedOnDevice).map(each => [each.name, each] as const))('%s', (_, library) => {
  test('naive', () => checkOnDevice(library, findSchedule('naive')?.steps({ kernel: library.define() }) ?? []))

  test.each(library.schedules)('$name', ({ steps }) =>
    checkOnDevice(library, steps({ kernel: library.define(), target: device.target })),
  )
})

/** Where lanes have no other way to meet: through shared memory. */
test.each(
  formatKernels
    .filter(({ name }) =>
      /^(int8_per_token|int8_per_tensor|llama_cpp_q[48]_0|llama_cpp_q8_0_blocks|kivi_value_u4|kivi_key_u4|lmdeploy_u4)$/.test(
        name,
      ),
    )
    .map(each => [each.name, each] as const),
)('%s without subgroups', (_, library) =>
  checkOnDevice(library, library.schedules[0]?.steps({ kernel: library.define(), target: { name: 'wgsl' } }) ?? []),
)

test.each([
  ['int8_per_token', { D: 128 }],
  ['int8_per_token', { D: 8192 }],
  ['vllm_int8_per_token_head', { D: 128 }],
  ['lmdeploy_u8', { D: 512 }],
  ['lmdeploy_u4', { C: 64 }],
  ['onnx_runtime_int8_records', { D: 1024 }],
] as const)('%s of rows that lanes keep in registers, %o', async (name, row) => {
  const library = formatKernels.find(each => each.name === name) as LibraryKernel
  const fixed = new Map(Object.entries(row))
  const steps = library.schedules[0]?.steps({ kernel: library.define(), target, fixed }) ?? []
  expect(printSteps(steps)).toContain('cache(buffer=x,memory=register')
  await checkOnDevice(library, steps, { ...smallSizes(library.define()), ...row }, fixed)
})

const narrow = [
  'int8_per_token',
  'kivi_value_u2',
  'innerq_hybrid_u3',
  'llama_cpp_q8_0',
  'llama_cpp_q4_0_dequantize',
  'llama_cpp_q4_0_blocks',
]
test.each(narrow.flatMap(name => [f16, bf16].map(element => [name, element.name, element] as const)))(
  '%s of %s',
  async (name, _, element) => {
    const library = formatKernels.find(each => each.name === name) as LibraryKernel
    const steps = library.schedules[0]?.steps({ kernel: library.define(element), target }) ?? []
    await checkOnDevice(library, steps, undefined, undefined, element)
  },
)
