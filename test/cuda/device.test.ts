/** The CUDA device of the runtime, on a driver and a compiler that use the CPU: its behaviour, and its messages on failures. */
import { spawnSync } from 'node:child_process'
import type { CompiledKernel } from '@qernel/codegen'
import { cuda } from '@qernel/codegen-cuda'
import { wgsl } from '@qernel/codegen-wgsl'
import { f32, i8, kernel } from '@qernel/dsl'
import {
  ArgumentError,
  type Device,
  DeviceLostError,
  DeviceMemoryError,
  KernelCompileError,
  NoDeviceError,
  openDevice,
  runKernel,
} from '@qernel/runtime'
import { parseSteps } from '@qernel/schedule'
import { afterAll, describe, expect, test } from 'vitest'
import { hasHostCompiler, openHostCuda } from './host/host-cuda.ts'

const halve = kernel('halve', ({ size, input, output }) => {
  const N = size('N')
  const x = input('x', f32, [N])
  output('y', i8, [N], n => x(n).mul(0.5).round())
})
const compiled = cuda.compile(halve, parseSteps('tile(n=64)'))
/** The source with another load in its kernel. */
const withLoad = (load: string): string => compiled.source.replace(/(__global__[^}]*?)\bx\[n\]/, `$1${load}`)
const inputs = new Map([['x', { type: f32, shape: [100], data: Float32Array.from({ length: 100 }, (_, i) => i - 50) }]])
const sizes = { N: 100 }

describe.skipIf(!hasHostCompiler)('a CUDA device (skipped if there is no g++)', async () => {
  const device = hasHostCompiler
    ? (await openHostCuda({ redZone: false, forgives: false })).device
    : (undefined as unknown as Device)
  afterAll(() => device.close())

  test('describes itself and measures its numerics', () => {
    expect(device).toMatchObject({
      kind: 'cuda',
      name: 'CUDA on the host',
      isSoftware: false,
      chosenBecause: 'it is the first CUDA device',
      target: { name: 'cuda', limits: { workgroupThreads: 1024, sharedBytes: 49152 }, subgroup: { min: 32, max: 32 } },
      profile: {
        division: { native: { mismatches: 0 }, constantDivisor: { mismatches: 0 } },
        fmaIsFused: true,
        keepsDenormals: true,
        roundsTiesToEven: true,
        reassociates: false,
        squareRoot: { mismatches: 0 },
        float16Packing: { mismatches: 0 },
        float16Unpacking: { mismatches: 0 },
        subgroup: { observed: 32, isLinear: true },
      },
    })
    expect(device.driver).toMatch(/^CUDA 13\.0, NVRTC \d+\.\d+, compute capability 7\.5$/)
  })

  test('runs a kernel and times every launch', async () => {
    const executable = await device.load(compiled)
    expect(await device.load(compiled)).toBe(executable)
    const { outputs, time } = await runKernel(
      device,
      executable,
      { inputs, sizes },
      { timed: true, warmup: 2, repeats: 5 },
    )
    expect([...(outputs.get('y')?.data.subarray(48, 54) ?? [])]).toEqual([-1, -0, 0, 0, 1, 2].map(x => x + 0))
    expect(time?.clock).toBe('gpu timestamps')
    expect(time?.samples).toHaveLength(5)
    expect(time?.samples.every(ms => ms > 0)).toBe(true)
  })

  test('frees the code of a kernel that was unloaded, and loads it again', async () => {
    const own = { ...compiled, source: `${compiled.source}// of this test alone\n` }
    const [first, again] = [await device.load(own), await device.load(own)]
    device.unload(first)
    expect(await device.load(own)).toBe(first)
    device.unload(first)
    device.unload(again)
    const second = await device.load(own)
    expect(second).not.toBe(first)
    const { outputs } = await runKernel(device, second, { inputs, sizes })
    expect(outputs.get('y')?.data[0]).toBe(-25)
  })

  test('runs nothing for an empty tensor', async () => {
    const executable = await device.load(compiled)
    const none = new Map([['x', { type: f32, shape: [0], data: new Float32Array(0) }]])
    const { outputs, time } = await runKernel(device, executable, { inputs: none, sizes: { N: 0 } }, { timed: true })
    expect([outputs.get('y')?.data.length, time]).toEqual([0, undefined])
  })

  test('quotes the line that the compiler refuses', async () => {
    const source = withLoad('(nonsense + x[n])')
    const line = source.split('\n').findIndex(text => text.includes('nonsense')) + 1
    const refused = device.load({ ...compiled, source })
    await expect(refused).rejects.toThrow(KernelCompileError)
    await expect(refused).rejects.toThrow(
      new RegExp(`The CUDA of halve does not compile with NVRTC .*:\n${line} \\|.*nonsense.*\n *\\^ .*nonsense`),
    )
  })

  test('refuses code for another target', async () => {
    const other = wgsl.compile(halve, parseSteps('tile(n=64)'))
    await expect(device.load(other)).rejects.toThrow('halve was compiled for wgsl; a CUDA device runs cuda')
  })

  test('copies and fills any part of a buffer', async () => {
    const buffer = await device.allocate(10)
    expect(buffer.byteLength).toBe(16)
    expect([...(await device.download(buffer))]).toEqual(Array(16).fill(0))
    await device.fill(buffer, 0x01020304)
    await device.upload(buffer, Uint8Array.of(9, 8, 7), 8)
    expect([...(await device.download(buffer, 4))]).toEqual([4, 3, 2, 1, 9, 8, 7, 1, 4, 3, 2, 1])
    await expect(device.upload(buffer, new Uint8Array(20))).rejects.toThrow(ArgumentError)
    await expect(device.download(buffer, 2, 4)).rejects.toThrow('an offset must be a multiple of 4')
    device.free(buffer)
    await expect(device.download(buffer)).rejects.toThrow('one that has been freed')
  })

  test('says how much memory is free if it is too little', async () => {
    await expect(device.allocate(2 ** 40)).rejects.toThrow(DeviceMemoryError)
    await expect(device.allocate(2 ** 40)).rejects.toThrow(/allocation of 1099511627776 bytes: \d+ bytes are free/)
  })

  test('allocates more than 4 GiB in one buffer', async () => {
    const buffer = await device.allocate(5 * 2 ** 30)
    await device.upload(buffer, Uint8Array.of(1, 2, 3, 4), 5 * 2 ** 30 - 512)
    expect([...(await device.download(buffer, 5 * 2 ** 30 - 512, 4))]).toEqual([1, 2, 3, 4])
    device.free(buffer)
  })

  test('is found by its number and by a part of its name', async () => {
    for (const adapter of ['0', 'on the HOST']) {
      const other = await openDevice({ kind: 'cuda', adapter })
      expect(other.name).toBe('CUDA on the host')
      await other.close()
    }
    await expect(openDevice({ kind: 'cuda', adapter: 'H100' })).rejects.toThrow(
      'No CUDA device has a name that contains "H100": found only 0: CUDA on the host',
    )
  })

  test('is lost once it is closed', async () => {
    const other = await openDevice({ kind: 'cuda' })
    await other.close()
    await expect(other.allocate(4)).rejects.toThrow(DeviceLostError)
    expect((await other.lost).reason).toBe('closed')
  })

  // The last test: it breaks the context of this process.
  test('whose kernel fails is lost, and is not opened again in this process', async () => {
    const broken: CompiledKernel = {
      ...compiled,
      source: withLoad('x[size_t(1) << 60]'),
    }
    expect(broken.source).not.toBe(compiled.source)
    const other = await openDevice({ kind: 'cuda' })
    const run = runKernel(device, await device.load(broken), { inputs, sizes }, { timed: true })
    await expect(run).rejects.toThrow(DeviceLostError)
    await expect(run).rejects.toThrow(
      /A kernel broke the CUDA context of CUDA on the host \(CUDA_ERROR_ILLEGAL_ADDRESS: .*\), noticed at the launch of halve/,
    )
    expect((await device.lost).reason).toBe('lost')
    await expect(device.allocate(4)).rejects.toThrow(DeviceLostError)
    // Devices of one process share the context.
    await expect(other.allocate(4)).rejects.toThrow(DeviceLostError)
    await expect(openDevice({ kind: 'cuda' })).rejects.toThrow(NoDeviceError)
    await expect(openDevice({ kind: 'cuda' })).rejects.toThrow(/start a new process$/)
  })
})

/** Opens a CUDA device in a separate process, and returns the error message. */
function openingSays(environment: Record<string, string>): string {
  const script = `import('@qernel/runtime').then(({ openDevice }) => openDevice({ kind: 'cuda' })).then(
    device => console.log('opened ' + device.driver), error => console.log(error.name + ': ' + error.message))`
  const { stdout } = spawnSync(process.execPath, ['--eval', script], {
    encoding: 'utf8',
    env: { ...process.env, ...environment },
  })
  return stdout.trim()
}

describe('a machine without', () => {
  test('a driver is told in one sentence', () => {
    expect(openingSays({ QERNEL_LIBCUDA: '/nonexistent/libcuda.so' })).toBe(
      "NoDeviceError: No CUDA device: /nonexistent/libcuda.so, which QERNEL_LIBCUDA names, cannot be loaded; install NVIDIA's driver",
    )
  })

  test.skipIf(!hasHostCompiler)('a compiler is told in one sentence (skipped where there is no g++)', () => {
    expect(openingSays({ QERNEL_LIBNVRTC: '/nonexistent/libnvrtc.so' })).toBe(
      'NoDeviceError: No CUDA compiler: /nonexistent/libnvrtc.so, which QERNEL_LIBNVRTC names, cannot be loaded as NVRTC',
    )
  })
})
