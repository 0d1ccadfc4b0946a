/**
 * Modules of `qernel emit --target wgsl --with launcher`: type-checked as in a project, and run on a `GPUDevice` against the interpreter, also on a
 * device whose bindings are treated as small.
 */
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { CompiledKernel } from '@qernel/codegen'
import { wgsl } from '@qernel/codegen-wgsl'
import { launcherModule, type OtherDivisions } from '@qernel/codegen-wgsl/launcher'
import { affine, interpretKernel, type Kernel, packTensor, type Tensor, unpackTensor } from '@qernel/dsl'
import { elementCount } from '@qernel/dsl/internal'
import { findKernel } from '@qernel/kernels'
import { findSchedule, parseSteps } from '@qernel/schedule'
import { transformWithOxc } from 'vite'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { chooseAdapter } from '../src/webgpu/dawn/adapters.ts'

// Software shader compilers are slow on a busy machine.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 120_000 })

interface Case {
  readonly name: string
  readonly kernel: Kernel
  readonly compiled: CompiledKernel
  readonly others?: OtherDivisions
}

function caseOf(name: string, schedule: string, fixed: Record<string, number> = {}): Case {
  const kernel = findKernel(name)?.define() as Kernel
  const steps = findSchedule(schedule)?.steps({ kernel }) ?? parseSteps(schedule)
  const compiled = wgsl.compile(kernel, steps, { fixed: new Map(Object.entries(fixed)) })
  return { name: `${name}_${Object.keys(fixed).length}`, kernel, compiled }
}

const token = caseOf('int8_per_token', 'naive')
const channel = caseOf('int8_per_channel', 'vectorized')
/** One thread folds a column, whose rows therefore cannot come in parts. */
const whole = { ...caseOf('int8_per_channel', 'tile(d=64,stage=scale) tile(t=16,d=16,stage=q)'), name: 'whole' }
const codes = caseOf('group_symmetric_i3_g32_inner', 'naive')
const fixed = caseOf('int8_per_channel_quantize', 'naive', { T: 6, D: 40 })
/** A kernel whose class would have the name of a global that the module uses. */
const promise = { ...token, name: 'promise', compiled: { ...token.compiled, kernel: 'promise' } }
/** A module that lets the program choose how to divide. */
const choosing: Case = {
  ...token,
  name: 'choosing',
  others: {
    refined: wgsl.compile(token.kernel, findSchedule('naive')?.steps({ kernel: token.kernel }) ?? [], {
      division: 'refined',
    }),
    integer: wgsl.compile(token.kernel, findSchedule('naive')?.steps({ kernel: token.kernel }) ?? [], {
      division: 'integer',
    }),
  },
}
const cases = [token, channel, whole, codes, fixed, promise, choosing]

const root = join(import.meta.dirname, '..', 'node_modules', '.cache')
let folder = ''
let device: GPUDevice

/** A class of a generated module. */
interface LauncherClass {
  create(
    device: GPUDevice,
    options?: { readonly division?: string },
  ): Promise<{
    encode(encoder: GPUCommandEncoder, buffers: Record<string, GPUBuffer | GPUBufferBinding>, sizes: object): void
    destroy(): void
  }>
  byteLengths(sizes: object): Record<string, number>
}

beforeAll(async () => {
  mkdirSync(root, { recursive: true })
  folder = mkdtempSync(join(root, 'launcher-'))
  for (const { name, kernel, compiled, others } of cases) {
    const text = launcherModule(compiled, kernel.summary, others)
    writeFileSync(join(folder, `${name}.ts`), text)
    writeFileSync(join(folder, `${name}.mjs`), (await transformWithOxc(text, `${name}.ts`)).code)
  }
  const { adapter } = await chooseAdapter('swiftshader')
  device = await adapter.requestDevice()
})
afterAll(() => {
  device?.destroy()
  rmSync(folder, { recursive: true })
})

const launcherOf = async ({ name }: Case): Promise<LauncherClass> => {
  const module: Record<string, unknown> = await import(
    /* @vite-ignore */ pathToFileURL(join(folder, `${name}.mjs`)).href
  )
  return Object.values(module).find(value => typeof value === 'function') as unknown as LauncherClass
}

/** The same device with other limits, as far as the generated code can see. */
const limited = (limits: Partial<GPUSupportedLimits>): GPUDevice =>
  new Proxy(device, {
    get(target, property) {
      if (property === 'limits') return { ...pickLimits(target.limits), ...limits }
      const value: unknown = Reflect.get(target, property, target)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
const pickLimits = ({
  maxStorageBufferBindingSize,
  maxComputeWorkgroupsPerDimension,
  minStorageBufferOffsetAlignment,
}: GPUSupportedLimits) => ({
  maxStorageBufferBindingSize,
  maxComputeWorkgroupsPerDimension,
  minStorageBufferOffsetAlignment,
})

const STORAGE = 0x80 | 0x4 | 0x8
const READ = 0x1 | 0x8

interface Differences {
  readonly expected: ReadonlyMap<string, Tensor>
  readonly found: ReadonlyMap<string, Tensor>
}
const agrees = ({ expected, found }: Differences): void => expect(found).toEqual(expected)

function inputsOf(kernel: Kernel, sizes: ReadonlyMap<string, number>): Map<string, Tensor> {
  let state = 1
  const random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 31 - 1
  }
  const inputs = kernel.tensors.filter(({ role }) => role === 'input')
  return new Map(
    inputs.map(({ name, type, dims }) => {
      const shape = dims.map(dim => affine.extentValue(dim, sizes))
      return [name, { type, shape, data: Float32Array.from({ length: elementCount(shape) }, random) }]
    }),
  )
}

/** Runs a launch with its own arrays, each after 256 bytes of something else. */
async function run(
  one: Case,
  sizes: Record<string, number>,
  on: GPUDevice = device,
  options: { readonly division?: string } = {},
): Promise<Differences> {
  const { kernel, compiled } = one
  const launcher = await launcherOf(one)
  const instance = await launcher.create(on, options)
  const all = new Map([
    ...Object.entries(sizes),
    ...compiled.requires.flatMap(({ size, equals }) => (equals === undefined ? [] : [[size, equals] as const])),
  ])
  const inputs = inputsOf(kernel, all)
  const lengths = launcher.byteLengths(sizes)
  const buffers = new Map<string, GPUBuffer>()
  for (const { name, rowAlignment, sizeAlignment } of compiled.arrays) {
    const buffer = device.createBuffer({ size: 256 + (lengths[name] ?? 0), usage: STORAGE })
    buffers.set(name, buffer)
    const input = inputs.get(name)
    if (input !== undefined) device.queue.writeBuffer(buffer, 256, packTensor(input, rowAlignment, sizeAlignment))
  }
  device.pushErrorScope('validation')
  const encoder = device.createCommandEncoder()
  instance.encode(
    encoder,
    Object.fromEntries([...buffers].map(([name, buffer]) => [name, { buffer, offset: 256 }])),
    sizes,
  )
  const outputs = compiled.arrays.filter(({ role }) => role === 'output')
  const staged = outputs.map(({ name }) => {
    const size = lengths[name] as number
    const staging = device.createBuffer({ size, usage: READ })
    encoder.copyBufferToBuffer(buffers.get(name) as GPUBuffer, 256, staging, 0, size)
    return staging
  })
  device.queue.submit([encoder.finish()])
  expect((await device.popErrorScope())?.message).toBeUndefined()
  const expected = interpretKernel(kernel, inputs, all)
  const found = new Map<string, Tensor>()
  for (const [position, { name, type, rowAlignment }] of outputs.entries()) {
    const staging = staged[position] as GPUBuffer
    await staging.mapAsync(1)
    found.set(
      name,
      unpackTensor(new Uint8Array(staging.getMappedRange()), type, expected.get(name)?.shape ?? [], rowAlignment),
    )
    staging.destroy()
  }
  instance.destroy()
  for (const buffer of buffers.values()) buffer.destroy()
  return { expected, found }
}

test('tsc accepts the modules under its strictest options', () => {
  const options =
    '--noEmit --ignoreConfig --strict --noUncheckedIndexedAccess --exactOptionalPropertyTypes --noUnusedLocals --noUnusedParameters --verbatimModuleSyntax --isolatedModules --erasableSyntaxOnly --target es2022 --module esnext --moduleResolution bundler'
  const tsc = join(import.meta.dirname, '..', '..', '..', 'node_modules', '.bin', 'tsc')
  const check = (types: string) =>
    execFileSync(
      tsc,
      [...options.split(' '), ...types.split(' '), ...cases.map(({ name }) => join(folder, `${name}.ts`))],
      { cwd: join(import.meta.dirname, '..'), encoding: 'utf8', stdio: 'pipe' },
    )
  expect(check('--lib es2022,dom')).toBe('')
  // Without the DOM, some names of the package itself are unknown.
  expect(check('--lib es2022 --types @webgpu/types --skipLibCheck')).toBe('')
})

test.each(['native', 'refined', 'integer'])(
  'a program chooses the division %s when it compiles the kernels',
  async division => {
    // SwiftShader's fma rounds twice, so the corrected quotients are wrong in some last places, which shows which WGSL ran.
    const { expected, found } = await run(choosing, { T: 64, D: 40 }, device, { division })
    const isSame = (name: string) => JSON.stringify(expected.get(name)?.data) === JSON.stringify(found.get(name)?.data)
    expect(isSame('scale')).toBe(division !== 'refined')
    if (division !== 'refined') agrees({ expected, found })
  },
)

describe('on a device, the module gives the results of the interpreter for', () => {
  test.each([
    ['odd sizes', token, { T: 5, D: 37 }],
    ['no rows', token, { T: 0, D: 37 }],
    ['two dispatches, vectors', channel, { T: 19, D: 64 }],
    ['no tokens, where all scales are the same', channel, { T: 0, D: 64 }],
    ['codes of 3 bits', codes, { T: 3, D: 64 }],
    ['fixed sizes', fixed, {}],
  ] as const)('%s', async (_, one, sizes) => {
    agrees(await run(one, sizes))
  })
})

test('one encoder takes any number of launches with different sizes', async () => {
  const launcher = await launcherOf(token)
  const instance = await launcher.create(device)
  const [x, scale, q] = [0, 1, 2].map(() => device.createBuffer({ size: 8192, usage: STORAGE })) as GPUBuffer[]
  const encoder = device.createCommandEncoder()
  const buffers = { x, scale, q } as Record<string, GPUBuffer>
  for (let T = 1; T <= 300; T++) instance.encode(encoder, buffers, { T, D: 2 })
  device.pushErrorScope('validation')
  device.queue.submit([encoder.finish()])
  await device.queue.onSubmittedWorkDone()
  expect((await device.popErrorScope())?.message).toBeUndefined()
  instance.destroy()
})

describe('arrays that exceed a binding', () => {
  test.each([
    ['rows', token, { T: 600, D: 37 }],
    ['rows of codes of 3 bits', codes, { T: 300, D: 96 }],
  ] as const)('run in parts of their %s', async (_, one, sizes) => {
    const largest = Math.max(...Object.values((await launcherOf(one)).byteLengths(sizes)))
    const small = limited({ maxStorageBufferBindingSize: 32768 })
    expect(largest).toBeGreaterThan(2 * 32768)
    agrees(await run(one, sizes, small))
  })

  test('as do grids that are too long', async () => {
    agrees(await run(token, { T: 900, D: 8 }, limited({ maxComputeWorkgroupsPerDimension: 8 })))
  })

  test('are refused with the reason if they cannot run in parts', async () => {
    const small = limited({ maxStorageBufferBindingSize: 4096 })
    await expect(run(whole, { T: 64, D: 64 }, small)).rejects.toThrow(
      /int8_per_channel_scale needs x of 16384 bytes; a binding of this device holds 4096, and cannot run in parts: not along T, since/,
    )
  })
})

describe('refuses', () => {
  test.each([
    [
      'a size that is not a whole number',
      token,
      { T: 1.5, D: 4 },
      'T is 1.5; a whole number from 0 to 2147483647 is expected',
    ],
    ['a size that breaks an assumption', channel, { T: 4, D: 6 }, 'D is 6; a multiple of 4 is expected'],
  ] as const)('%s', async (_, one, sizes, says) => {
    await expect(run(one, sizes)).rejects.toThrow(says)
  })

  test('a missing size, but ignores other properties of the object', async () => {
    const { byteLengths } = await launcherOf(token)
    expect(() => byteLengths({ T: 4 })).toThrow('int8_per_token: D is undefined; a whole number from 0 to')
    expect(byteLengths({ T: 4, D: 8, label: 'keys' })).toEqual({ x: 128, scale: 16, q: 32 })
  })

  test('one buffer for an input and an output, and a part that is longer than its buffer', async () => {
    const instance = await (await launcherOf(token)).create(device)
    const large = device.createBuffer({ size: 4096, usage: STORAGE })
    const part = (offset: number, size?: number) => ({ buffer: large, offset, ...(size === undefined ? {} : { size }) })
    const encode = (q: GPUBufferBinding) => () =>
      instance.encode(device.createCommandEncoder(), { x: part(0), scale: part(1024), q }, { T: 4, D: 8 })
    expect(encode(part(2048))).toThrow('x and scale share one buffer')
    expect(encode(part(4096, 4096))).toThrow('q has 0 bytes; 32 are needed')
    large.destroy()
  })

  test('a buffer that is too short', async () => {
    const instance = await (await launcherOf(token)).create(device)
    const short = device.createBuffer({ size: 64, usage: STORAGE })
    const buffers = { x: short, scale: short, q: short }
    expect(() => instance.encode(device.createCommandEncoder(), buffers, { T: 4, D: 8 })).toThrow(
      'int8_per_token: x has 64 bytes; 128 are needed',
    )
    short.destroy()
  })
})
