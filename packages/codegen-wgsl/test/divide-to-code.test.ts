/**
 * Codes from a guess and its proof instead of a quotient: the arithmetic with a fused fma in TypeScript, from reciprocals as inexact as WGSL allows,
 * and the generated text on a software device.
 */
import { f32, i8, interpretKernel, kernel, type Tensor } from '@qernel/dsl'
import { fusedMultiplyAdd, randomWords } from '@qernel/dsl/internal'
import { openDevice, runKernel } from '@qernel/runtime'
import { parseSteps } from '@qernel/schedule'
import { describe, expect, test } from 'vitest'
import { wgsl } from '../src/index.ts'
import { floatOfBits, operands } from './hard-values.ts'

const shift = 1.5 * 2 ** 23
const clamp = (x: number, low: number, high: number) => Math.min(Math.max(x, low), high)
const roundHalfEven = (x: number) => (Math.abs(x % 1) === 0.5 ? 2 * Math.round(x / 2) : Math.round(x))

/**
 * The code of a / b, or undefined if the guess is not proven.
 * @param off relative error of the reciprocal, in ULP of 1
 */
function guessed(a: number, b: number, bound: number, off: number): number | undefined {
  const half = Math.fround(Math.abs(b) * Math.fround(0.4999))
  const reciprocal = Math.fround((1 / b) * (1 + off * 2 ** -23))
  const sum = fusedMultiplyAdd(a, reciprocal, shift)
  const rest = Math.abs(fusedMultiplyAdd(Math.fround(shift - sum), b, a))
  return rest < half ? clamp(sum, shift - bound, shift + bound) - shift : undefined
}

const random = randomWords(0x2545f491)
const unit = () => random() / 2 ** 32

describe.each([7, 127, 255, 1024])('codes up to %i', bound => {
  /** Dividends whose quotient by `b` lies about `distance` ULP from a tie. */
  const nearTie = (b: number, distance: number) => {
    const tie = Math.floor((unit() - 0.5) * 2 * bound) + 0.5
    return Math.fround(b * tie * (1 + distance * 2 ** -24))
  }
  test.each([
    ['anywhere', (b: number) => Math.fround((unit() - 0.5) * 2.5 * bound * b)],
    ['near ties', (b: number) => nearTie(b, Math.floor(unit() * 9) - 4)],
    ['where the proof begins to fail', (b: number) => nearTie(b, 2 ** 24 * 0.0001 * (unit() - 0.5) * 3)],
    ['far outside of the range', (b: number) => Math.fround((unit() - 0.5) * 2 ** (10 + 100 * unit()) * b)],
  ])('a proven guess is right: %s', (where, dividend) => {
    const wrong: string[] = []
    let proven = 0
    for (let i = 0; i < 30_000; i++) {
      const b = floatOfBits(((100 + (random() % 50)) << 23) | (random() & 0x807fffff)) * (random() & 1 ? 1 : -1)
      const a = dividend(b)
      const code = guessed(a, b, bound, (i % 5) - 2)
      if (code === undefined) continue
      proven++
      if (code !== clamp(roundHalfEven(Math.fround(a / b)), -bound, bound) + 0) wrong.push(`${a} / ${b}: ${code}`)
    }
    expect(wrong).toEqual([])
    if (where === 'anywhere') expect(proven).toBeGreaterThan(29_900)
  })
})

test('a device gives the right codes for special values, at saturation and everywhere except near ties', async () => {
  const device = await openDevice({ adapter: 'swiftshader' })
  // No software device has a fused fma. Products of 8-bit codes that are rounded twice still decide everything except ties.
  const numerics = { ...device.target.numerics, division: 'refined', fusedFma: true, sumsToNearest: true } as const
  const divide = kernel('divide', ({ size, input, output }) => {
    const N = size('N')
    const [a, b] = [input('a', f32, [N]), input('b', f32, [N])]
    output('q', i8, [N], n => a(n).div(b(n)).round().clamp(-128, 127).saturate(i8))
  })
  const [a, b] = operands('f32', 2) as [Tensor, Tensor]
  const scaled = Float32Array.from(b.data, (x, i) =>
    i % 3 === 0 ? Math.fround((a.data[i] as number) / (300 * unit() - 150)) : x,
  )
  const inputs = new Map<string, Tensor>([
    ['a', a],
    ['b', { ...b, data: scaled }],
  ])
  const expected = interpretKernel(divide, inputs).get('q')?.data as Int8Array
  try {
    for (const steps of ['tile(n=64)', 'tile(n=256) vectorize(n=4)']) {
      const compiled = wgsl.compile(divide, parseSteps(steps), { target: { ...device.target, numerics } })
      expect(compiled.source).toContain('fn divide_to_code')
      const { outputs } = await runKernel(device, await device.load(compiled), { inputs, sizes: { N: a.data.length } })
      const found = outputs.get('q')?.data as Int8Array
      const wrong = [...expected].flatMap((code, i) => {
        const quotient = (a.data[i] as number) / (scaled[i] as number)
        const isTie = Math.abs(quotient) < 1000 && Math.abs(Math.abs(quotient % 1) - 0.5) < 1e-3
        return isTie || code === found[i] ? [] : [`${a.data[i]} / ${scaled[i]}: ${found[i]}, not ${code}`]
      })
      expect(wrong).toEqual([])
    }
  } finally {
    await device.close()
  }
})
