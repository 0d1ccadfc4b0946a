/** Every storage type through memory and back: packing and unpacking element by element, in vectors and in whole words. */
import { disagreements, freedomOf } from '@qernel/acceptance'
import { bf16, f16, f32, integerRange, kernel, type StorageType, storageTypes, type Tensor } from '@qernel/dsl'
import { bfloat16Value, elementsPerUnit, float16Value, logicalValues, randomWords } from '@qernel/dsl/internal'
import { type Device, openDevice, runKernel } from '@qernel/runtime'
import { parseSteps } from '@qernel/schedule'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { wgsl } from '../src/index.ts'
import { floatOfBits } from './hard-values.ts'

// Software shader compilers are slow on a busy machine.
vi.setConfig({ testTimeout: 30_000 })

let device: Device
beforeAll(async () => {
  device = await openDevice({ adapter: 'swiftshader' })
})
afterAll(() => device.close())

/** y = x, each with its own type. */
const copy = (from: StorageType, to: StorageType) =>
  kernel('copy', ({ size, input, output }) => {
    const T = size('T')
    const D = size('D')
    const x = input('x', from, [T, D])
    output('y', to, [T, D], (t, d) => x(t, d))
  })

async function wrongCopies(from: StorageType, to: StorageType, steps: string, x: Tensor) {
  const defined = copy(from, to)
  const [T, D] = x.shape as [number, number]
  const compiled = wgsl.compile(defined, parseSteps(steps), { target: device.target })
  const inputs = new Map([['x', x]])
  const { outputs } = await runKernel(device, await device.load(compiled), { inputs, sizes: { T, D } })
  return disagreements({ kernel: defined, inputs }, outputs, freedomOf(device)).slice(0, 5)
}

function randomTensor(type: StorageType, T: number, D: number): Tensor {
  const random = randomWords(0x12345678)
  const data = logicalValues(type, T * D)
  const normal = () => floatOfBits((random() & 0x807fffff) | ((96 + (random() % 60)) << 23))
  const { low, high } = type.kind === 'float' ? { low: 0, high: 0 } : integerRange(type)
  for (let i = 0; i < data.length; i++)
    data[i] = type.kind === 'float' ? normal() : low + Math.floor((random() / 2 ** 32) * (high - low + 1))
  return { type, shape: [T, D], data }
}

describe.each([...storageTypes.values()])('$name', type => {
  const unit = elementsPerUnit(type)
  test.each([
    ['is copied without a schedule', '', 37],
    ['is copied in ragged words', `tile(t=4,d=${unit * 8}) vectorize(d=${Math.max(unit, 2)},access=1)`, 37],
    [
      'is copied in whole words',
      `tile(t=4,d=${unit * 8}) vectorize(d=${Math.max(unit, 2)}) predicate(d=assume)`,
      unit * 10,
    ],
    [
      'is copied in two units per thread',
      `tile(t=4,d=${unit * 16}) vectorize(d=${unit * 2}) predicate(d=mask)`,
      unit * 5 + 1,
    ],
  ])('%s', async (_, steps, D) => {
    expect(await wrongCopies(type, type, steps, randomTensor(type, 5, D))).toEqual([])
  })
})

const vectors = 'tile(t=1,d=256) vectorize(d=4) predicate(d=assume)'

test.each([
  [f16, float16Value],
  [bf16, bfloat16Value],
])('every value of %o widens exactly', async (type, value) => {
  const all = Float32Array.from({ length: 0x10000 }, (_, bits) => value(bits))
  // Denormal bfloat16 values are denormal binary32 values, which this device flushes.
  const data = all.map(x => (type === bf16 && Math.abs(x) < 2 ** -126 ? 0 : x))
  expect(await wrongCopies(type, f32, vectors, { type, shape: [16, 4096], data })).toEqual([])
})

test.each([f16, bf16])('f32 is rounded to $name as in IEEE 754, ties to even', async type => {
  const value = type === f16 ? float16Value : bfloat16Value
  const random = randomWords(0x3c6ef372)
  const data = Float32Array.from({ length: 0x4000 }, (_, i) => {
    const bits = random() & 0xffff
    // Midpoints of neighbours, values next to them, and arbitrary bits.
    const middle = (value(bits) + value(bits + 1)) / 2
    const near = i % 4 === 0 ? floatOfBits(random()) : middle * (1 + ((i % 4) - 2) * 2 ** -23)
    return Math.abs(near) < 2 ** -126 ? 0 : near
  })
  expect(await wrongCopies(f32, type, vectors, { type: f32, shape: [4, 4096], data })).toEqual([])
})
