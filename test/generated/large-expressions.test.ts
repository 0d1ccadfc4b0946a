/**
 * Values that are used again and again, and expressions as deep as they are long: written out, the first would be larger than any memory,
 * and a walk that calls itself would fill the stack. Everything that is made of a definition stays as large as its graph.
 */
import { cuda, dropIn } from '@qernel/codegen-cuda'
import { wgsl } from '@qernel/codegen-wgsl'
import {
  f32,
  type Index,
  interpretKernel,
  interpretNest,
  type Kernel,
  kernel,
  kernelHash,
  max,
  parseKernel,
  serializeKernel,
  type Tensor,
  type Value,
} from '@qernel/dsl'
import { applySchedule, nestText, parseSteps } from '@qernel/schedule'
import { checkKernel } from '@qernel/testing'
import { afterAll, expect, test, vi } from 'vitest'
import { openDevices } from '../devices.ts'

// Software shader compilers are slow on a busy machine.
vi.setConfig({ testTimeout: 60_000 })

const { present, absent } = await openDevices()
afterAll(() => Promise.all(present.map(({ device }) => device.close())))
test.skip.each(absent)('$adapter is not installed here', () => undefined)

type Element = (index: number) => Value

function made(name: string, value: (x: Element, t: Index) => Value): Kernel {
  return kernel(name, ({ size, input, output }) => {
    const T = size('T')
    const x = input('x', f32, [T])
    output('y', f32, { t: T }, t => value(by => x(t.add(by)), t))
  })
}

const repeat = (times: number, first: Value, next: (value: Value, i: number) => Value): Value => {
  let value = first
  for (let i = 0; i < times; i++) value = next(value, i)
  return value
}

interface Subject {
  readonly kernel: Kernel
  /** An element of y, computed in another way. */
  readonly oracle: (x: number, t: number, all: readonly number[]) => number
}

const { fround } = Math
const iterate = (times: number, x: number, next: (v: number, i: number) => number): number => {
  let v = x
  for (let i = 0; i < times; i++) v = fround(next(v, i))
  return v
}

/** Expressions of one kind, of any length. */
const kinds: Readonly<Record<string, (length: number) => Subject>> = {
  'a chain': length => ({
    kernel: made('chain', x => repeat(length, x(0), v => v.add(1))),
    oracle: x => iterate(length, x, v => v + 1),
  }),
  'values used twice': length => ({
    kernel: made('twice', x => repeat(length / 2, x(0), v => v.mul(v).sub(1))),
    oracle: x => iterate(length / 2, x, v => fround(v * v) - 1),
  }),
  'values used in both arms': length => ({
    kernel: made('arms', x => repeat(length / 3, x(0), v => v.gt(3).select(v.mul(0.5), v.add(1)))),
    oracle: x => iterate(length / 3, x, v => (v > 3 ? v * 0.5 : v + 1)),
  }),
  'loads that only one arm may make': length => ({
    kernel: made('look_up', (x, t) =>
      repeat(length / 3, x(0), (v, i) =>
        t
          .value()
          .gt(i)
          .select(x(-(i + 1)), v),
      ),
    ),
    oracle: (x, t, all) => (t === 0 ? x : (all[t - Math.min(t, Math.floor(length / 3))] as number)),
  }),
  'a reduction of one': length => ({
    kernel: kernel('reduced', ({ size, input, output }) => {
      const T = size('T')
      const x = input('x', f32, [T])
      output('y', f32, { t: T }, t => {
        const most = max({ e: 1 }, e => repeat(length / 4, x(t), v => v.mul(v).sub(1)).add(e.value().toF32()))
        return repeat(length / 4, most, v => v.mul(v).sub(1))
      })
    }),
    oracle: x =>
      iterate(
        length / 4,
        iterate(length / 4, x, v => fround(v * v) - 1),
        v => fround(v * v) - 1,
      ),
  }),
}

const values = [0.5, -1.25, 0, 1, 1.5, -0.75, 2, 0.25, -0.5]
const inputs = new Map<string, Tensor>([['x', { type: f32, shape: [values.length], data: Float32Array.from(values) }]])
/** The maximum depth of nested round brackets. */
function deepestBrackets(source: string): number {
  let [open, deepest] = [0, 0]
  for (const character of source) {
    if (character === '(') deepest = Math.max(deepest, ++open)
    else if (character === ')') open--
  }
  return deepest
}

const longestLine = (text: string): number => Math.max(...text.split('\n').map(line => line.length))

test.each(Object.entries(kinds))('%s, 5,000 operations deep, gives files of linear size', (_, make) => {
  const { kernel: one, oracle } = make(4998)
  const expected = Float32Array.from(values, (x, t) => oracle(x, t, values))
  expect(interpretKernel(one, inputs).get('y')?.data).toEqual(expected)
  const text = serializeKernel(one)
  expect(text.length).toBeLessThan(3e6)
  expect(kernelHash(parseKernel(text))).toBe(kernelHash(one))
  expect(serializeKernel(parseKernel(text))).toBe(text)
  const steps = parseSteps('tile(t=64)')
  const { nest } = applySchedule(one, steps)
  expect(interpretNest(nest, inputs).get('y')?.data).toEqual(expected)
  const sources = [
    nestText(nest),
    wgsl.compile(one, steps).source,
    cuda.compile(one, steps).source,
    ...dropIn(one, steps, { base: 'one', parts: ['main'], seed: 1 }).files.map(({ source }) => source),
  ]
  for (const source of sources) {
    expect(source.length).toBeLessThan(4e6)
    // Except for the line of JSON that names the schedule, lines stay short.
    expect(longestLine(source)).toBeLessThan(4000)
    // Clang accepts 256 nested brackets, MSVC about as many.
    expect(deepestBrackets(source)).toBeLessThan(100)
  }
})

const devices = present.filter(({ device }) => device.isSoftware)
test.runIf(devices.length > 0).each(Object.entries(kinds))('%s gives the right results on devices', async (_, make) => {
  const { kernel: one } = make(120)
  const report = await checkKernel(one, { cases: 8, seed: 1, devices: devices.map(({ device }) => device) })
  expect(report.cases).toBe(8)
})
