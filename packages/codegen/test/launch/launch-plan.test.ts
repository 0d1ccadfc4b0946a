import { f32, i4, i8 } from '@qernel/dsl'
import { describe, expect, test } from 'vitest'
import { type ArrayParameter, type CompiledKernel, planLaunch, type Target } from '../../src/index.ts'

const T = { size: 'T', dividedBy: 1 }
const D = { size: 'D', dividedBy: 1 }

const x: ArrayParameter = {
  name: 'x',
  role: 'input',
  type: f32,
  shape: [T, D],
  rowAlignment: 4,
  sizeAlignment: 16,
  binding: 0,
  access: 'read',
}
const q: ArrayParameter = {
  ...x,
  name: 'q',
  role: 'output',
  type: i8,
  binding: 1,
  access: 'read_write',
  sizeAlignment: 4,
}

const kernel: CompiledKernel = {
  kernel: 'quantize',
  target: 'wgsl',
  source: '',
  arrays: [x, q],
  sizes: [{ name: 'T' }, { name: 'D' }],
  requires: [],
  launches: [
    {
      entry: 'main',
      workgroup: [16, 16, 1],
      grid: [{ size: 'D', dividedBy: 64 }, { size: 'T', dividedBy: 16 }, 1],
      arrays: ['x', 'q'],
      sharedBytes: 1024,
    },
  ],
}

const target: Target = {
  name: 'wgsl',
  numerics: { division: 'native', constantDivisorExact: true, contracts: false, reassociates: false, fusedFma: false },
  limits: {
    workgroupThreads: 256,
    workgroupSize: [256, 256, 64],
    workgroupsPerDimension: [65535, 65535, 65535],
    sharedBytes: 16384,
    storageBuffers: 8,
    bindingBytes: 2 ** 27,
  },
  nativeTypes: new Set(['f32', 'i32', 'u32']),
  vectorArithmetic: true,
  unrollLoops: 'copies',
}

describe('launch plans', () => {
  test('grids round up, and rows and arrays are padded', () => {
    const plan = planLaunch(kernel, { T: 17, D: 65 }, target)
    expect(plan.dispatches.map(({ entry, grid }) => ({ entry, grid }))).toEqual([{ entry: 'main', grid: [2, 2, 1] }])
    expect(plan.arrays.map(({ shape, byteLength }) => ({ shape, byteLength }))).toEqual([
      // 17 · 65 · 4 = 4420, padded to 16
      { shape: [17, 65], byteLength: 4432 },
      { shape: [17, 65], byteLength: 17 * 68 },
    ])
  })

  test('the uniform holds the sizes, then a zero', () => {
    const uniforms = (compiled: CompiledKernel, sizes: Record<string, number>) =>
      planLaunch(compiled, sizes, target).dispatches.map(({ uniform }) => [...uniform])
    expect(uniforms(kernel, { T: 17, D: 65 })).toEqual([[17, 65, 0, 0]])
    const launches = kernel.launches.map(launch => ({ ...launch, grid: [1, 1, 1] as const, arrays: [] }))
    expect(uniforms({ ...kernel, sizes: [], arrays: [], launches }, {})).toEqual([[0, 0, 0, 0]])
  })

  test('rows of packed codes fill whole words', () => {
    const packed = { ...kernel, arrays: [{ ...q, type: i4 }] }
    expect(planLaunch(packed, { T: 3, D: 9 }, target).arrays[0]?.byteLength).toBe(3 * 8)
  })

  test.each([
    { T: 0, D: 8 },
    { T: 8, D: 0 },
  ])('%o dispatches nothing', sizes => {
    const plan = planLaunch(kernel, sizes, target)
    expect(plan.dispatches).toEqual([])
    expect(plan.arrays.map(({ byteLength }) => byteLength)).toEqual([0, 0])
  })
})

describe('refuses a size that is', () => {
  test.each([
    ['missing', { T: 1 }, 'quantize needs a value for size D'],
    ['unknown', { T: 1, D: 1, K: 1 }, 'quantize has no launch-time size K; it takes T, D'],
    ['negative', { T: -1, D: 1 }, 'T = -1: a size must be a whole number from 0 to 2147483647'],
    ['a fraction', { T: 1.5, D: 1 }, 'T = 1.5: a size must be a whole number from 0 to 2147483647'],
    [
      'too large for an index',
      { T: 2 ** 31, D: 1 },
      'T = 2147483648: a size must be a whole number from 0 to 2147483647',
    ],
    ['not a number', { T: Number.NaN, D: 1 }, 'T = NaN: a size must be a whole number from 0 to 2147483647'],
  ])('%s', (_, sizes, message) => {
    expect(() => planLaunch(kernel, sizes, target)).toThrow(message)
  })

  test.each([
    [
      { multipleOf: 4 },
      10,
      'D = 10 must be a multiple of 4 (declared by the kernel); the nearest valid value is 8 or 12',
    ],
    [{ multipleOf: 32 }, 5, 'D = 5 must be a multiple of 32 (declared by the kernel); the nearest valid value is 32'],
    [{ equals: 128 }, 64, 'D = 64 must be 128 (declared by the kernel); quantize was compiled for that value'],
    [{ atMost: 256 }, 257, 'D = 257 must be at most 256 (declared by the kernel); the nearest valid value is 256'],
  ])('and breaks %o', (fact, value, message) => {
    const requires = [{ size: 'D', because: 'declared by the kernel', ...fact }]
    expect(() => planLaunch({ ...kernel, requires }, { T: 1, D: value }, target)).toThrow(message)
  })

  test('accepts a size that satisfies its facts', () => {
    const requires = [{ size: 'D', multipleOf: 4, atMost: 64, because: 'declared by the kernel' }]
    expect(() => planLaunch({ ...kernel, requires }, { T: 1, D: 64 }, target)).not.toThrow()
  })
})

describe('refuses to exceed the limit', () => {
  const [launch] = kernel.launches
  const withLaunch = (changes: object): CompiledKernel => ({
    ...kernel,
    launches: [{ ...(launch as NonNullable<typeof launch>), ...changes }],
  })

  test.each([
    ['bindingBytes', kernel, { T: 2 ** 15, D: 2 ** 11 }, 'array x needs 268435456 bytes in one binding'],
    ['workgroupsPerDimension.y', kernel, { T: 2 ** 20, D: 1 }, 'main needs 65536 workgroups along y'],
    [
      'workgroupThreads',
      withLaunch({ workgroup: [32, 32, 1] }),
      { T: 1, D: 1 },
      'main needs 1024 threads in a workgroup',
    ],
    ['workgroupSize.z', withLaunch({ workgroup: [1, 1, 128] }), { T: 1, D: 1 }, 'main needs 128 threads along z'],
    ['sharedBytes', withLaunch({ sharedBytes: 20000 }), { T: 1, D: 1 }, 'main needs 20000 bytes of shared memory'],
    ['storageBuffers', withLaunch({ arrays: [...'abcdefghi'] }), { T: 1, D: 1 }, 'main needs 9 storage buffers'],
  ])('%s', (limit, compiled, sizes, message) => {
    const plan = () => planLaunch(compiled, sizes, target)
    expect(plan).toThrow(message)
    expect(plan).toThrow(`the device's limit ${limit} is`)
    expect(plan).toThrow(expect.objectContaining({ name: 'LaunchError', code: 'device-limit', subject: limit }))
  })
})
