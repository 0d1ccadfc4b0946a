/**
 * Random expressions printed as TypeScript: what is lowered is what the builder makes of the same tree, and its results and those of the same text, run
 * as TypeScript in float64, lie in the interval that roundings allow. QERNEL_CASES=5000 tries as many.
 */
import { f32, i8, interpretKernel, kernel, serializeKernel } from '@qernel/dsl'
import { randomNumbers } from '@qernel/dsl/internal'
import * as source from '@qernel/dsl/source'
import { expect, test } from 'vitest'
import { lowerText } from '../in-memory.ts'
import { contains } from './interval.ts'
import { type Point, RandomExpressions } from './random-expression.ts'

const cases = Number(process.env.QERNEL_CASES ?? 150)
const random = randomNumbers(Number(process.env.QERNEL_SEED))
const shape = [2, 3]
const [, length] = shape as [number, number]

/** Ties, whole numbers, small and large ones. */
const values = [0, -0, 0.5, -1.5, 2.5, 1, -3, 7.25, 1e-4, -1e3, 0.1, 12345.678]
const someValue = (): number =>
  Math.fround(random() < 0.5 ? (values[Math.floor(random() * values.length)] as number) : random() * 8 - 4)

const fileOf = (statements: string): string => `import * as k from '@qernel/dsl/source'

export const mine = k.kernel('mine', ({ size, input, output }) => {
  const T = size('T')
  const D = size('D')
  const x = input('x', k.f32, [T, D])
  const q = input('q', k.i8, [T, D])
  output('y', k.f32, [T, D], (t, d) => ${statements})
})
`

/** The body of a JavaScript function that returns the kernel. */
const untyped = (text: string): string =>
  text
    .replace(/^import.*$/m, '')
    .replace('export const mine =', 'return')
    .replaceAll(': number', '')

/** Several ways to write an expression that mean the same. */
function written(text: string): string {
  const choice = random()
  if (choice < 0.5) return text
  if (choice < 0.75) return `{\n    const u = ${text}\n    return u\n  }`
  return `{\n    const f = (d: number): number => { return ${text} }\n    return f(d)\n  }`
}

test(`${cases} expressions`, () => {
  let informative = 0
  for (let at = 0; at < cases; at++) {
    const expression = new RandomExpressions(random).float(4, ['t', 'd'])
    const text = written(expression.text)
    const lowered = lowerText(fileOf(text)).kernel
    const built = kernel('mine', ({ size, input, output }) => {
      const [T, D] = [size('T'), size('D')]
      const x = input('x', f32, [T, D])
      const q = input('q', i8, [T, D])
      output('y', f32, [T, D], (t, d) => expression.build({ index: { t, d }, x, q, D }))
    })
    expect(serializeKernel(lowered), text).toBe(serializeKernel(built))

    const x = Float32Array.from({ length: 6 }, someValue)
    const q = Int8Array.from({ length: 6 }, () => Math.floor(random() * 256) - 128)
    const tensors = { x: { type: f32, shape, data: x }, q: { type: i8, shape, data: q } }
    const interpreted = interpretKernel(lowered, new Map(Object.entries(tensors))).get('y')?.data ?? []
    const run = new Function('k', untyped(fileOf(text)))
    const plain = (run(source) as source.SourceKernel).run(tensors).y?.data ?? []
    const element = (data: ArrayLike<number>) => (t: number, d: number) => data[t * length + d] as number
    for (let place = 0; place < 6; place++) {
      const point: Point = { index: { t: Math.floor(place / length), d: place % length }, x: element(x), q: element(q) }
      const allowed = expression.result(point, length)
      if (allowed !== undefined && allowed.high - allowed.low <= 1e-3 * Math.max(1, Math.abs(allowed.low)))
        informative++
      const [a, b] = [interpreted[place] as number, plain[place] as number]
      if (contains(allowed, a) && contains(allowed, b)) continue
      expect.fail(
        `${text}\nat ${place}: interpreted ${a}, as TypeScript ${b}, allowed ${allowed?.low} … ${allowed?.high}`,
      )
    }
  }
  // An interval without end says nothing.
  expect(informative).toBeGreaterThan(6 * cases * 0.5)
})
