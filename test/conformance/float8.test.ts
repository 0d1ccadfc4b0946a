/**
 * 8-bit floats in both directions, against tables written from their definition: all 256 codes, all f16 values, every tie and its neighbours in f32,
 * denormals, overflow, infinities and NaN, in the interpreter, as WGSL, and as CUDA on the CPU. On an H200, all 2^32 floats were also compared with
 * the conversions of `cuda_fp8.h` in CUDA 13.0 without saturation, and on a CPU with the plain C++ of self-tests: no difference.
 */

import { cuda } from '@qernel/codegen-cuda'
import { wgsl } from '@qernel/codegen-wgsl'
import { f8e4m3, f8e5m2, f32, interpretKernel, kernel, type StorageType, type Tensor, u32 } from '@qernel/dsl'
import { type Device, runKernel } from '@qernel/runtime'
import { parseSteps } from '@qernel/schedule'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { hasHostCompiler, openHostCuda } from '../cuda/host/host-cuda.ts'
import { openDevices } from '../devices.ts'
import { f16OfBits } from '../formats/arithmetic.ts'
import { e4m3, e5m2, type Float8 } from '../formats/float8.ts'

const formats: readonly (readonly [StorageType, Float8])[] = [
  [f8e4m3, e4m3],
  [f8e5m2, e5m2],
]
const D = 64

const word = new Uint32Array(1)
const single = new Float32Array(word.buffer)
function floatOf(bits: number): number {
  word[0] = bits
  return single[0] as number
}
function bitsOf(x: number): number {
  single[0] = x
  return word[0] as number
}
/** A magnitude, the floats up to two units above and below it, and their negatives. */
const around = (x: number): number[] =>
  [-2, -1, 0, 1, 2].flatMap(step => {
    const near = floatOf(Math.max(0, bitsOf(x) + step))
    return [near, -near]
  })

function hardFloats({ values }: Float8): number[] {
  const finite = values.filter(x => x >= 0 && Number.isFinite(x))
  const ties = finite.map((x, i) => (x + (finite[i + 1] ?? 2 * x - (finite[i - 1] as number))) / 2)
  const others = [NaN, Infinity, -Infinity, floatOf(0x7fffffff), floatOf(0xffc00001), floatOf(0x7f7fffff), 480, 65536]
  return [...finite.flatMap(around), ...ties.flatMap(around), ...others, ...others.map(x => -x), 2 ** -126, 2 ** -149]
}
const halves = Array.from({ length: 0x10000 }, (_, bits) => f16OfBits(bits))
const scattered = Array.from({ length: 20_000 }, (_, i) => floatOf(Math.imul(i, 0x9e3779b1) >>> 0))

const inRows = (values: readonly number[]): Tensor => {
  const rows = Math.ceil(values.length / D)
  const data = new Float32Array(rows * D)
  data.set(values)
  return { type: f32, shape: [rows, D], data }
}

/** Stores, and the operations that compute what a store does. */
const encodeKernel = (type: StorageType) =>
  kernel(`encode_${type.name}`, ({ size, input, output }) => {
    const T = size('T')
    const x = input('x', f32, [T, D])
    output('q', type, { t: T, d: D }, (t, d) => x(t, d))
    output('rounded', f32, { t: T, d: D }, (t, d) => x(t, d).narrow(type))
    output('bits', u32, { t: T, d: D }, (t, d) => x(t, d).floatBits(type))
  })
const decodeKernel = (type: StorageType) =>
  kernel(`decode_${type.name}`, ({ size, input, output }) => {
    const T = size('T')
    const q = input('q', type, [T, D])
    const code = input('code', u32, [T, D])
    output('y', f32, { t: T, d: D }, (t, d) => q(t, d))
    output('value', f32, { t: T, d: D }, (t, d) => code(t, d).bitsFloat(type))
    output('again', type, { t: T, d: D }, (t, d) => q(t, d))
  })

const cases = formats.map(([type, format]) => {
  const x = inRows([...hardFloats(format), ...halves, ...scattered])
  // Only the low bits count.
  const codes = Array.from({ length: 256 }, (_, code) => code)
  const code = {
    type: u32,
    shape: [4, D],
    data: Uint32Array.from(codes, i => i | Math.imul(i, 0x01010100)),
  } satisfies Tensor
  const q = { type, shape: [4, D], data: Float32Array.from(codes, i => format.values[i] as number) } satisfies Tensor
  const floats = [...x.data] as number[]
  return {
    name: type.name,
    format,
    encode: { made: encodeKernel(type), inputs: new Map([['x', x]]), T: x.shape[0] as number },
    decode: {
      made: decodeKernel(type),
      inputs: new Map<string, Tensor>([
        ['q', q],
        ['code', code],
      ]),
      T: 4,
    },
    encoded: {
      q: floats.map(value => format.round(value)),
      rounded: floats.map(value => format.round(value)),
      bits: floats.map(value => format.encode(value)),
    },
    decoded: { y: format.values, value: format.values, again: format.values },
  }
})
type Case = (typeof cases)[number]

type Outputs = ReadonlyMap<string, Tensor>
function expectSame(outputs: Outputs, expected: Readonly<Record<string, readonly number[]>>, inputs: Outputs): void {
  for (const [name, values] of Object.entries(expected)) {
    const found = outputs.get(name)?.data as Float32Array
    const wrong = values.flatMap((value, i) => {
      if (Object.is(found[i], value)) return []
      const operands = [...inputs.values()].map(({ data }) => data[i])
      return [`${name} of ${operands} is ${found[i]}, not ${value}`]
    })
    expect(wrong.slice(0, 8)).toEqual([])
  }
}

async function expectExact(outputsOf: (part: Case['encode']) => Outputs | Promise<Outputs>, one: Case) {
  expectSame(await outputsOf(one.encode), one.encoded, one.encode.inputs)
  expectSame(await outputsOf(one.decode), one.decoded, one.decode.inputs)
}

test.each(cases)('$name has the range of its definition', ({ name, format }) => {
  const finite = format.values.filter(Number.isFinite)
  expect([Math.max(...finite), Math.min(...finite.filter(x => x > 0)), finite.length]).toEqual(
    name === 'f8e4m3' ? [448, 2 ** -9, 254] : [57344, 2 ** -16, 248],
  )
})

test.each(cases)('the interpreter converts $name exactly', one =>
  expectExact(({ made, inputs, T }) => interpretKernel(made, inputs, new Map([['T', T]])), one),
)

const { present, absent } = await openDevices()
afterAll(() => Promise.all(present.map(({ device }) => device.close())))
test.skipIf(absent.length === 0)('lavapipe is not installed here', () => undefined)

/** Element by element, in words, and in runs of words. */
const schedules = ['tile(t=4,d=16)', 'tile(t=4,d=64) vectorize(d=4)', 'tile(t=4,d=64) vectorize(d=16)']
const runOn = (device: Device, source: (made: Case['encode']['made']) => Parameters<Device['load']>[0]) => {
  return async ({ made, inputs, T }: Case['encode']): Promise<Outputs> => {
    const { outputs } = await runKernel(device, await device.load(source(made)), { inputs, sizes: { T } })
    return outputs
  }
}

describe.each(present)('WGSL on $adapter', ({ device }) => {
  test.each(schedules.flatMap(steps => cases.map(one => ({ steps, name: one.name, one }))))(
    '$name, $steps',
    async ({ steps, one }) => {
      const compiled = runOn(device, made => wgsl.compile(made, parseSteps(steps), { target: device.target }))
      await expectExact(compiled, one)
    },
  )
})

describe.skipIf(!hasHostCompiler)('CUDA on the CPU', () => {
  let host: Awaited<ReturnType<typeof openHostCuda>>
  const compile = (made: Case['encode']['made'], steps: string) => cuda.compile(made, parseSteps(steps))
  beforeAll(async () => {
    host = await openHostCuda()
    const all = cases.flatMap(({ encode, decode }) => [encode.made, decode.made])
    await host.compile(all.flatMap(made => schedules.map(steps => compile(made, steps))))
  })
  afterAll(() => host?.device.close())
  test.each(schedules.flatMap(steps => cases.map(one => ({ steps, name: one.name, one }))))(
    '$name, $steps',
    async ({ steps, one }) => {
      await expectExact(
        runOn(host.device, made => compile(made, steps)),
        one,
      )
    },
  )
})
