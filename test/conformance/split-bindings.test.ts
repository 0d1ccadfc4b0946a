/**
 * Arrays that are too large for any binding or buffer of the device: kernels of the library, on a device that is treated as if its bindings had 32
 * KiB and its buffers 72 KiB, against the interpreter, bit for bit.
 */
import { disagreements, freedomOf } from '@qernel/acceptance'
import { LaunchError } from '@qernel/codegen'
import { wgsl } from '@qernel/codegen-wgsl'
import type { Kernel, StorageType, Tensor } from '@qernel/dsl'
import { bindSizes } from '@qernel/dsl/internal'
import { findKernel, kernelLibrary, type LibraryKernel } from '@qernel/kernels'
import { type Device, openDevice, runKernel } from '@qernel/runtime'
import { findSchedule, parseSteps, type Step } from '@qernel/schedule'
import { randomNumbers } from '@qernel/testing/internal'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'

// Software shader compilers are slow on a busy machine.
vi.setConfig({ testTimeout: 30_000 })

let device: Device
beforeAll(async () => {
  device = await openDevice({ adapter: 'swiftshader', limits: { bindingBytes: 32768, bufferBytes: 73728 } })
})
afterAll(() => device.close())

const names = [
  'int8_per_channel',
  'int8_per_channel_quantize',
  'int8_per_channel_dequantize',
  'int8_per_token',
  'int8_per_tensor',
  'group_symmetric_i4_g32_inner',
  'group_symmetric_i8_g32_outer',
  'group_symmetric_i3_g32_inner_dequantize',
  'llama_cpp_q8_0',
]
const subjects = names.map(name => findKernel(name) as LibraryKernel)

/** So many rows that arrays of floats have several parts, the last of which is shorter. */
const sizesOf = (kernel: Kernel): Record<string, number> =>
  Object.fromEntries(kernel.sizes.map(({ name }) => [name, name === 'T' ? 704 : name === 'D' ? 32 : 2]))

const random = randomNumbers(7)
function inputsOf(kernel: Kernel): Map<string, Tensor> {
  const sizes = sizesOf(kernel)
  const length = (extent: number | { readonly size: string; readonly dividedBy: number }): number =>
    typeof extent === 'number' ? extent : Math.ceil((sizes[extent.size] as number) / extent.dividedBy)
  return new Map(
    kernel.tensors
      .filter(({ role }) => role === 'input')
      .map(({ name, type, dims }) => {
        const shape = dims.map(length)
        const count = shape.reduce((product, extent) => product * extent, 1)
        return [name, { type, shape, data: Float32Array.from({ length: count }, () => value(type)) }] as const
      }),
  )
}
const value = (type: StorageType): number =>
  type.kind === 'float'
    ? random() * 2 - 1
    : Math.floor(random() * 2 ** type.bits) - (type.kind === 'signed' ? 2 ** (type.bits - 1) : 0)

async function wrong(kernel: Kernel, steps: readonly Step[]) {
  const inputs = inputsOf(kernel)
  const executable = await device.load(wgsl.compile(kernel, steps, { target: device.target }))
  const sizes = Object.fromEntries(
    executable.compiled.sizes.map(({ name }) => [name, bindSizes(kernel, inputs).get(name) as number]),
  )
  const plan = device.plan(executable, sizes)
  expect(plan.dispatches.filter(({ part }) => part !== undefined).length).toBeGreaterThan(2)
  const { outputs } = await runKernel(device, executable, { inputs, sizes })
  return disagreements({ kernel, inputs }, outputs, freedomOf(device))
}

/** Workgroups for 16 groups of tokens exceed a binding here. */
const schedulesOf = (name: string): readonly string[] => (name.endsWith('outer') ? ['best'] : ['best', 'naive'])

describe.each(subjects)('$name', library => {
  test.each(schedulesOf(library.name))('%s', async name => {
    const kernel = library.define()
    const schedule = library.schedules.find(each => each.name === name) ?? findSchedule(name)
    const steps = schedule?.steps({ kernel, target: device.target }) ?? []
    expect(await wrong(kernel, steps)).toEqual([])
  })
})

test('a column that one thread folds cannot be split', async () => {
  const kernel = (findKernel('int8_per_channel') as LibraryKernel).define()
  const run = wrong(kernel, parseSteps('tile(d=64,stage=scale) tile(t=16,d=16,stage=q)'))
  await expect(run).rejects.toThrow(LaunchError)
  await expect(run).rejects.toThrow('scale has no axis T: every part would overwrite it')
})

test('buffers that are not split as a kernel needs are refused', async () => {
  const kernel = (findKernel('int8_per_channel_quantize') as LibraryKernel).define()
  const executable = await device.load(wgsl.compile(kernel, parseSteps('tile(t=8,d=16)'), { target: device.target }))
  const plan = device.plan(executable, { T: 704, D: 32 })
  const buffers = new Map(
    await Promise.all(
      plan.arrays.map(
        async ({ parameter, byteLength }) => [parameter.name, await device.allocate(byteLength, 24576)] as const,
      ),
    ),
  )
  await expect(device.launch(executable, plan, buffers)).rejects.toThrow(
    /binds bytes \d+ to \d+ of x, which are in two buffers; allocate it with the partBytes of this plan/,
  )
  for (const buffer of buffers.values()) device.free(buffer)
})

test('an array in several buffers is copied and filled like one buffer', async () => {
  const buffer = await device.allocate(100_000, 12_000)
  const bytes = Uint8Array.from({ length: 100_000 }, (_, i) => (i * 7) % 251)
  await device.upload(buffer, bytes)
  expect(Buffer.compare(await device.download(buffer), bytes)).toBe(0)
  await device.upload(buffer, bytes.subarray(0, 40_000), 30_000)
  expect(Buffer.compare(await device.download(buffer, 30_000, 40_000), bytes.subarray(0, 40_000))).toBe(0)
  await device.fill(buffer, 0x01020304)
  expect(new Set(new Uint32Array((await device.download(buffer)).buffer))).toEqual(new Set([0x01020304]))
  device.free(buffer)
})

test('the best schedule of every kernel can be split along tokens', () => {
  const refused = kernelLibrary.flatMap(library => {
    // Longer groups are split like short ones.
    if (/_g(64|128)_/.test(library.name)) return []
    const kernel = library.define()
    const [best] = library.schedules
    if (best === undefined) return []
    const steps = best.steps({ kernel, target: { name: 'wgsl' } })
    const { launches, arrays } = wgsl.compile(kernel, steps)
    const large = arrays.filter(({ shape: [first] }) => typeof first === 'object' && first.size === 'T')
    return launches.flatMap(({ arrays: used, splits = [] }) =>
      large.some(({ name }) => used.includes(name)) && !splits.some(each => each.size === 'T' && 'arrays' in each)
        ? [`${library.name}: ${JSON.stringify(splits)}`]
        : [],
    )
  })
  expect(refused).toEqual([])
})
