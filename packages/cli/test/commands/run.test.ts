import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { npyBytes, readNpy } from '@qernel/arrays'
import { f16, f32, i8, i32, type StorageType, type Tensor } from '@qernel/dsl'
import { describe, expect, it, vi } from 'vitest'
import { temporaryFolder } from '../../../../test/temporary-folder.ts'
import { writeAllWhole } from '../../src/files/write-whole.ts'
import { inThisProcess, qernel, type Refusal } from '../command-line.ts'
import { dot, power, scaled } from '../open-results.ts'

// Processes start slowly on a busy machine.
vi.setConfig({ testTimeout: 60_000 })

const folder = temporaryFolder()
const values = { f32: Float32Array, f16: Float32Array, i8: Int8Array, i32: Int32Array }

/** Writes an array and returns its path. */
function array(name: string, type: StorageType, shape: readonly number[], elements: readonly number[]): string {
  const path = folder.file(`${name}.npy`)
  const data = values[type.name as keyof typeof values].from(elements)
  writeAllWhole([{ path, content: npyBytes({ type, shape, data }) }])
  return path
}

const counting = (length: number) => Array.from({ length }, (_, i) => Math.sin(i))
const keys = array('keys', f32, [40, 8], counting(320))
const halves = array('halves', f16, [40, 8], counting(320).map(Math.round))
const scales = array('scales', f32, [8], Array(8).fill(0.01))
const codes = array('codes', i8, [40, 8], Array(320).fill(-3))
const reference = ['--device', 'reference']

const read = (...path: string[]): Promise<Tensor> => readNpy(join(folder.path, ...path))

describe('run', () => {
  it.each(['naive', 'tiled', 'coarsened', 'vectorized'])(
    '%s, on a device, agrees with the reference',
    async schedule => {
      const argv = ['run', 'int8_per_channel', '--input', `x=${keys}`, '--schedule', schedule, '--json']
      const { exitCode, stdout, stderr } = await inThisProcess([...argv, '--repeats', '3'])
      expect([exitCode, stderr]).toEqual([0, ''])
      const { device, time, outputs, roundTrip } = JSON.parse(stdout)
      expect(device.kind).toBe('webgpu')
      expect(time.samples).toHaveLength(3)
      expect(outputs).toMatchObject([
        { name: 'scale', type: 'f32', shape: [8], equal: 8, total: 8 },
        { name: 'q', type: 'i8', shape: [40, 8], equal: 320, total: 320 },
      ])
      expect(roundTrip.bound).toMatchObject({ holds: true, violations: 0 })
      expect(roundTrip.bytes).toEqual({ before: 1280, after: 352 })
    },
  )

  it('quantizes f16 from file to file, and restores it within the bound', async () => {
    const argv = ['run', 'int8_per_channel', '-i', `x=${halves}`, '--out', join(folder.path, 'quantized')]
    const { exitCode, stdout } = await qernel(argv)
    expect(exitCode).toBe(0)
    expect(stdout).toContain('q       i8    [40, 8]  320/320 = 100%')
    expect(stdout).toContain('kept by every element')
    expect(readdirSync(join(folder.path, 'quantized'))).toEqual(['q.npy', 'scale.npy'])

    const stored = ['q', 'scale'].map(name => `--input=${name}=${join(folder.path, 'quantized', `${name}.npy`)}`)
    const back = ['run', 'int8_per_channel_dequantize', ...stored, '--type', 'x=f16', '--schedule', 'vectorized']
    expect((await inThisProcess([...back, '--out', join(folder.path, 'restored')])).exitCode).toBe(0)
    const [before, after] = [await read('halves.npy'), await read('restored', 'x.npy')]
    expect([after.type.name, after.shape]).toEqual(['f16', [40, 8]])
    for (const [index, value] of before.data.entries())
      expect(Math.abs(value - (after.data[index] ?? 0))).toBeLessThan(1 / 254 + 2 ** -11)
  })

  it('accepts given scales', async () => {
    const argv = ['run', 'int8_per_channel_quantize', '-i', `x=${keys}`, '-i', `scale=${scales}`, '--json']
    const { exitCode, stdout } = await inThisProcess(argv)
    expect(exitCode).toBe(0)
    expect(JSON.parse(stdout).outputs).toMatchObject([
      { name: 'q', type: 'i8', shape: [40, 8], equal: 320, total: 320 },
    ])
  })

  it('gives the defined results for NaN, infinities and a zero channel', async () => {
    const { NaN: nan, POSITIVE_INFINITY: inf } = Number
    const odd = array('odd', f32, [3, 4], [nan, inf, 0, 127, 1, 5, -0, -127, -2, -inf, 0, nan])
    const out = join(folder.path, 'odd')
    const { exitCode, stdout } = await inThisProcess(['run', 'int8_per_channel', '-i', `x=${odd}`, '--out', out])
    expect(exitCode, stdout).toBe(0)
    expect([...(await read('odd', 'scale.npy')).data]).toEqual([Math.fround(2 / 127), inf, Math.fround(1 / 127), 1])
    expect([...(await read('odd', 'q.npy')).data]).toEqual([0, 0, 0, 127, 64, 0, 0, -127, -127, 0, 0, 0])
    expect(stdout).toContain('with a NaN or an infinity')
  })

  it('selects the schedule for the multiples that the sizes of its inputs are', async () => {
    const argv = ['run', 'int8_per_channel_quantize', '-i', `x=${keys}`, '-i', `scale=${scales}`, '--schedule', 'best']
    const { exitCode, stdout } = await inThisProcess([...argv, ...reference])
    expect(exitCode).toBe(0)
    expect(stdout).toContain(
      'best: tile(t=64,d=128) vectorize(d=4) coarsen(t=8) predicate(t=peel) predicate(d=assume)\n',
    )
  })

  it.each([0, 1])('accepts T = %i', async T => {
    const few = array(`few${T}`, f32, [T, 8], counting(T * 8))
    const out = join(folder.path, `few${T}`)
    const { exitCode, stderr } = await inThisProcess(['run', 'int8_per_channel', '-i', `x=${few}`, '--out', out])
    expect(exitCode, stderr).toBe(0)
    expect((await read(`few${T}`, 'q.npy')).shape).toEqual([T, 8])
    expect((await read(`few${T}`, 'scale.npy')).shape).toEqual([8])
  })

  it('interprets any schedule without a device', async () => {
    const steps = 'split(loop=t,by=7) vectorize(d=4,stage=q)'
    const argv = ['run', 'int8_per_channel', '-i', `x=${keys}[3:12, :]`, ...reference, '--steps', steps]
    const { exitCode, stdout } = await qernel(argv, { VK_DRIVER_FILES: '/nonexistent' })
    expect(exitCode).toBe(0)
    expect(stdout).toContain('int8_per_channel, T = 9, D = 8')
    expect(stdout).toContain('72/72 = 100%')
  })
})

describe('results that may differ from the definition', () => {
  const plugin = ['--plugin', join(import.meta.dirname, '../open-results.ts')]
  const software = ['--adapter', 'software']
  const row = array('row', f32, [8], counting(8))

  it.each([
    ['on a device', software],
    ['by the reference', reference],
  ])(
    'a sum in the order of the schedule is right %s, and its difference from the definition is reported',
    async (_, place) => {
      const out = join(folder.path, `dot-${place[1]}`)
      const steps = ['--steps', 'splitReduction(d=4,combine=shared,reassociate=true) bind(d_in=block.x)']
      const argv = ['run', dot.name, ...plugin, '-i', `x=${keys}`, '-i', `y=${row}`, ...steps, ...place]
      const { exitCode, stdout } = await inThisProcess([...argv, '--out', out])
      expect(exitCode, stdout).toBe(0)
      expect(stdout).toContain('40/40 = 100%')
      expect(stdout).toMatch(/order +the schedule sums s in its own order.* at most [1-9]\d* ulp from the definition/)
      expect((await read(`dot-${place[1]}`, 's.npy')).shape).toEqual([40])
    },
  )

  it('an approximate operation is named, and its results are written with their largest difference', async () => {
    const many = array(
      'many',
      f32,
      [40, 8],
      counting(320).map(x => 9 * x),
    )
    const out = join(folder.path, 'power')
    const argv = ['run', power.name, ...plugin, '-i', `x=${many}`, ...software, '--out', out]
    const { exitCode, stdout } = await inThisProcess(argv)
    expect(exitCode, stdout).toBe(0)
    expect(stdout).toMatch(/scale .* at most \d+ ulp away, as allowed by exp2/)
    expect(readdirSync(out)).toEqual(['q.npy', 'scale.npy'])
  })

  it('flushed denormals are right', async () => {
    const small = array('small', f32, [1, 3], [5e-39, -(2 ** -149), 1])
    const argv = ['run', scaled.name, ...plugin, '-i', `x=${small}`, ...software, '--json']
    const { exitCode, stdout } = await inThisProcess(argv)
    expect(exitCode, stdout).toBe(0)
    const [y] = JSON.parse(stdout).outputs
    expect(y).toMatchObject({ equal: 1, allowed: 2, wrong: 0, reasons: { 'flushed denormals': 2 } })
  })
})

describe('round trips that exceed the bound of the quantizer, with exit code 1', () => {
  it('lost elements are counted, except those that an infinity makes infinite', async () => {
    // (max − min) / 255 exceeds the range of f16.
    const outlier = array(
      'outlier',
      f32,
      [2, 32],
      counting(64).map((x, i) => (i === 3 ? -3e38 : i === 40 ? Infinity : x)),
    )
    const out = join(folder.path, 'outlier')
    const argv = ['run', 'kivi_value_u4', '-i', `x=${outlier}`, ...reference]
    const { exitCode, stdout } = await inThisProcess([...argv, '--out', out])
    expect(exitCode, stdout).toBe(1)
    expect(stdout).toContain('lost         32 finite elements came back as NaN or infinity')
    expect(existsSync(out)).toBe(false)
  })

  it('saturated elements are counted separately, and the others keep to the bound of their own group', async () => {
    const beyond = array(
      'beyond',
      f32,
      [2, 32],
      counting(64).map((x, i) => (i === 3 ? -7e4 : x)),
    )
    const out = join(folder.path, 'beyond')
    const argv = ['run', 'group_asymmetric_u8_g32_inner', '-i', `x=${beyond}`, ...reference, '--out', out]
    const { exitCode, stdout } = await inThisProcess(argv)
    expect(exitCode, stdout).toBe(1)
    expect(stdout).toMatch(/^max \|error\|.*: kept by every other element in its own group$/m)
    expect(stdout).toMatch(/^saturated +1 element beyond what scales and zero points can hold, up to 4496 off$/m)
    expect(existsSync(out)).toBe(false)
  })
})

describe('run refuses, with exit code 2 and no file', () => {
  const kernel = ['run', 'int8_per_channel']
  const input = (path: string) => ['--input', `x=${path}`]
  const truncated = folder.file('truncated.npy', readFileSync(keys).subarray(0, 400))

  it.concurrent.each<Refusal>([
    { what: 'an unknown kernel', argv: ['run', 'int8'], says: ["unknown kernel 'int8'", 'allowed: '] },
    {
      what: 'a missing input',
      argv: ['run', 'int8_per_channel_quantize', ...input(keys), ...reference],
      says: ['needs the input scale: f32 [D]', 'allowed: --input scale=FILE.npy'],
    },
    {
      what: 'an unknown input',
      argv: [...kernel, '--input', `keys=${keys}`, ...reference],
      says: ["unknown input 'keys'", 'allowed: x'],
    },
    {
      what: 'an input that is given twice',
      argv: [...kernel, ...input(keys), ...input(keys), ...reference],
      says: ['input x is given twice'],
    },
    {
      what: 'a missing file',
      argv: [...kernel, ...input(folder.file('key.npy')), ...reference],
      says: ['cannot read the file: no such file', `did you mean '${keys}'?`],
    },
    {
      what: 'an input of the wrong rank',
      argv: [...kernel, ...input(scales), ...reference],
      says: ['input x has rank 1 (8); rank 2, [T, D], is expected'],
    },
    {
      what: 'integers instead of floats',
      argv: [...kernel, ...input(array('integers', i32, [2, 2], [1, 2, 3, 4])), ...reference],
      says: ['input x of int8_per_channel is i32', 'allowed: f32, f16, bf16'],
    },
    {
      what: 'a file of another type than the requested one',
      argv: [...kernel, ...input(halves), '--type', 'x=f32', ...reference],
      says: ['--type asks for f32, but the file holds f16'],
    },
    {
      what: 'an input of the wrong type',
      argv: ['run', 'int8_per_channel_dequantize', '-i', `q=${keys}`, '-i', `scale=${scales}`, ...reference],
      says: ['input q is f32; i8 is expected'],
    },
    {
      what: 'shapes that contradict each other',
      argv: ['run', 'int8_per_channel_dequantize', '-i', `q=${codes}[:, 0:4]`, '-i', `scale=${scales}`, ...reference],
      says: ['size D is 4 by axis 1 of q but 8 by axis 0 of scale'],
    },
    {
      what: 'a size that contradicts the file',
      argv: [...kernel, ...input(keys), '--set', 'D=64', ...reference],
      says: ['size D is 64 by the sizes given but 8 by axis 1 of x'],
    },
    {
      what: 'a truncated file',
      asProcess: true,
      argv: [...kernel, ...input(truncated), ...reference],
      says: ['not a valid .npy file: shape [40, 8] of <f4 takes 1280 bytes, 272 follow the header'],
    },
    {
      what: 'a header that claims more bytes than the file has',
      argv: [...kernel, ...input(lyingHeader()), ...reference],
      says: ['not a valid .safetensors file: ', 'lying.safetensors'],
    },
    {
      what: 'a size that breaks an assumption, on the reference',
      argv: [...kernel, ...input(`${keys}[:, 0:6]`), '--schedule', 'vectorized', ...reference],
      says: ['D = 6 must be a multiple of 4 (assumed by predicate(d=assume', 'the schedule naive takes every size'],
    },
    {
      what: 'a size that breaks an assumption, on a device',
      asProcess: true,
      argv: [...kernel, ...input(`${keys}[:, 0:6]`), '--schedule', 'vectorized'],
      says: [
        'D = 6 must be a multiple of 4 (assumed by',
        'the nearest valid value is 4 or 8',
        'naive takes every size',
      ],
    },
    {
      what: "a workgroup that exceeds the device's limits",
      argv: [...kernel, ...input(keys), '--adapter', 'software', '--steps', 'tile(t=64,d=64,stage=q)'],
      says: ['4096 threads per workgroup; the target allows 256', 'tile(t=4,d=64,stage=q)'],
    },
    {
      what: 'an unknown adapter',
      asProcess: true,
      argv: [...kernel, ...input(keys), '--adapter', 'no such adapter'],
      says: ['No WebGPU adapter has a name that contains "no such adapter"'],
    },
    {
      what: 'an adapter for the reference',
      argv: [...kernel, ...input(keys), '--adapter', 'software', ...reference],
      says: ['the reference needs no adapter'],
    },
    {
      what: 'an unknown device',
      argv: [...kernel, ...input(keys), '--device', 'webgup'],
      says: ["unknown value for --device 'webgup'", "did you mean 'webgpu'?"],
    },
    {
      what: '0 launches',
      argv: [...kernel, ...input(keys), '--repeats', '0'],
      says: ["'0' is not a number of launches", 'allowed: a whole number from 1 to 999999'],
    },
    {
      what: 'a schedule that does not apply',
      argv: [...kernel, ...input(keys), '--steps', 'tile(t=16,d=16,stage=q) bind(t=grid.x,stage=q)'],
      says: ['step 2, bind(t=grid.x,stage=q): ', 'where:   --steps'],
    },
  ])('$what', async ({ argv, says, asProcess }) => {
    const out = join(folder.path, `out-${Math.random()}`)
    const { exitCode, stdout, stderr } = await (asProcess ? qernel : inThisProcess)([...argv, '--out', out])
    expect({ exitCode, stdout, out: existsSync(out) }, stderr).toEqual({ exitCode: 2, stdout: '', out: false })
    for (const text of says) expect(stderr).toContain(text)
    expect(stderr).not.toContain('bug')
  })

  it('a machine without a device, with one sentence on what to install', async () => {
    const { exitCode, stdout, stderr } = await qernel([...kernel, ...input(keys)], { VK_DRIVER_FILES: '/nonexistent' })
    expect([exitCode, stdout]).toEqual([2, ''])
    expect(stderr).toMatch(
      /^qernel run: No WebGPU device: .*install your GPU's Vulkan driver, or @qernel\/software-gpu/m,
    )
  })

  it('a result that would replace the file of an input', async () => {
    const path = array('q', f32, [1, 32], Array(32).fill(1))
    const before = readFileSync(path)
    const argv = ['run', 'int8_per_token', '--input', `x=${path}`, '--out', folder.path, '--device', 'reference']
    const { exitCode, stderr } = await inThisProcess(argv)
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining('this would replace the file of the input x')])
    expect(readFileSync(path)).toEqual(before)
  })

  it('an output folder that is a file', async () => {
    const blocked = folder.file('blocked', '')
    const { exitCode, stderr } = await inThisProcess([...kernel, ...input(keys), ...reference, '--out', blocked])
    expect(exitCode, stderr).toBe(2)
    expect(readFileSync(blocked, 'utf8')).toBe('')
  })
})

/** A file whose tensor claims more bytes than the file has. */
function lyingHeader(): string {
  const header = JSON.stringify({ key: { dtype: 'F32', shape: [2, 2], data_offsets: [0, 16] } })
  const length = new Uint8Array(8)
  length[0] = header.length
  const path = folder.file('lying.safetensors')
  writeFileSync(path, Buffer.concat([length, Buffer.from(header), new Uint8Array(4)]))
  return path
}
