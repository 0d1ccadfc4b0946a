/** Affine indices become u32 expressions with the same value; parts that depend only on the thread are named once. */
import { type Affine, f32, kernel, type Loop } from '@qernel/dsl'
import { UniqueNames } from '@qernel/dsl/internal'
import { defaultNest } from '@qernel/schedule/internal'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { DeviceExpr } from '../../src/internal.ts'
import { IndexArithmetic } from '../../src/lower/index-arithmetic.ts'
import { type LoopValue, LoopValues } from '../../src/lower/loop-values.ts'
import { quotient } from '../../src/program/expressions.ts'

const nest = defaultNest(
  kernel('copy', ({ size, input, output }) => {
    const T = size('T')
    const x = input('x', f32, [T])
    output('y', f32, [T], t => x(t))
  }),
)
const loop = (id: number, mode: Loop['mode'], axis = 't'): Loop => ({
  kind: 'loop',
  id,
  name: axis,
  axis,
  mode,
  reduce: false,
  ordered: false,
  extent: 8,
  body: [],
})
const grid = loop(0, 'grid.x')
const block = loop(1, 'block.x')
const serial = loop(2, 'serial')
const counted = loop(3, 'unroll')
const loops = new Map([grid, block, serial, counted].map(each => [each.id, each]))
const arithmetic = () => new IndexArithmetic(nest, loops, new UniqueNames())
const serialIndex: DeviceExpr = { kind: 'variable', type: { scalar: 'u32', lanes: 1 }, name: 'k' }
const values = (
  [
    [grid.id, { value: arithmetic().thread(grid), thread: true }],
    [block.id, { value: arithmetic().thread(block), thread: true }],
    [serial.id, { value: serialIndex, thread: false }],
    [counted.id, 3],
  ] satisfies [number, LoopValue][]
).reduce((at, [id, value]) => at.with(id, value), LoopValues.none)
const affine = (constant: number, ...terms: [Loop, number][]): Affine => ({
  constant,
  terms: new Map(terms.map(([{ id }, c]) => [id, c])),
})

/** The expression as a reader would write it. */
function text(e: DeviceExpr): string {
  if (e.kind === 'literal') return String(e.value)
  if (e.kind === 'variable') return e.name
  if (e.kind === 'size') return e.size
  if (e.kind === 'thread') return e.of
  if (e.kind !== 'op') throw new Error(`an index holds no ${e.kind}`)
  const sign = { add: '+', sub: '-', mul: '*', quotient: '/', remainder: '%' }[e.op as string]
  return `(${e.args.map(text).join(` ${sign} `)})`
}

test('a size is rounded up to whole tiles unless it is a known multiple of them', () => {
  const tiles = { size: 'T', dividedBy: 64 }
  const knowing = (multipleOf: number) =>
    new IndexArithmetic({ ...nest, assumptions: [{ size: 'T', multipleOf, because: '' }] }, loops, new UniqueNames())
  expect(text(arithmetic().extent(tiles))).toBe('((T + 63) / 64)')
  expect(text(knowing(32).extent(tiles))).toBe('((T + 63) / 64)')
  expect(text(knowing(128).extent(tiles))).toBe('(T / 64)')
  expect(text(quotient(knowing(128).extent(tiles), 2))).toBe('(T / 128)')
})

describe('how indices are written', () => {
  test('the part that depends only on the thread is named once, after its axis', () => {
    const indices = arithmetic()
    expect(text(indices.affine(affine(0, [grid, 16], [block, 1]), values))).toBe('t')
    expect(text(indices.affine(affine(5, [grid, 16], [block, 1]), values))).toBe('(t + 5)')
    expect(indices.coordinates.map(s => (s.kind === 'let' ? `${s.name} = ${text(s.value)}` : s.kind))).toEqual([
      't = ((group * 16) + local)',
    ])
  })

  test.each([
    ['a thread alone has its own name', affine(0, [block, 1]), 'local'],
    ['unrolled loops are folded into the constant', affine(1, [counted, 4]), '13'],
    ['serial loops stay', affine(2, [serial, 4]), '((k * 4) + 2)'],
    ['an empty sum is 0', affine(0), '0'],
    ['subtracted terms come last', affine(15, [serial, -1]), '(15 - k)'],
    ['the row above', affine(-1, [serial, 1]), '(k - 1)'],
    ['threads can be subtracted as well', affine(63, [block, -2], [serial, 4]), '(((k * 4) + 63) - (local * 2))'],
  ])('%s', (_, index, expected) => {
    expect(text(arithmetic().affine(index, values))).toBe(expected)
  })

  test.each([
    ['term by term if everything divides', affine(8, [serial, 4]), 4, '(k + 2)'],
    ['as a whole otherwise', affine(8, [serial, 2]), 4, '(((k * 2) + 8) / 4)'],
  ])('quotients: %s', (_, index, by, expected) => {
    expect(text(arithmetic().divided(index, values, by))).toBe(expected)
  })

  test.each([
    [7, '7'],
    [{ size: 'T', dividedBy: 1 }, 'T'],
    [{ size: 'T', dividedBy: 16 }, '((T + 15) / 16)'],
  ])('the extent %o is written %s', (extent, expected) => {
    expect(text(arithmetic().extent(extent))).toBe(expected)
  })
})

/** The value of an expression in 32-bit arithmetic, as on a device. */
function evaluate(e: DeviceExpr, at: Readonly<Record<string, number>>, names: ReadonlyMap<string, DeviceExpr>): number {
  if (e.kind === 'literal') return e.value
  if (e.kind === 'thread') return at[e.of] as number
  if (e.kind === 'variable') {
    const named = names.get(e.name)
    return named === undefined ? (at[e.name] as number) : evaluate(named, at, names)
  }
  if (e.kind !== 'op') throw new Error(`an index holds no ${e.kind}`)
  const [a, b] = e.args.map(arg => evaluate(arg, at, names)) as [number, number]
  if (e.op === 'add') return (a + b) >>> 0
  if (e.op === 'sub') return (a - b) >>> 0
  if (e.op === 'mul') return Math.imul(a, b) >>> 0
  return e.op === 'quotient' ? Math.floor(a / b) : a % b
}

test('random affine indices, and the quotients of those that are not negative, have the right values', () => {
  const coefficient = fc.integer({ min: -64, max: 64 })
  const place = fc.nat(31)
  fc.assert(
    fc.property(
      fc.tuple(coefficient, coefficient, coefficient, coefficient),
      fc.integer({ min: -200, max: 200 }),
      fc.tuple(place, place, place),
      fc.constantFrom(1, 2, 4, 8, 32),
      ([onGrid, onBlock, onSerial, onCounted], constant, [group, local, k], by) => {
        const indices = arithmetic()
        const terms = (
          [
            [grid, onGrid],
            [block, onBlock],
            [serial, onSerial],
            [counted, onCounted],
          ] as const
        ).filter(([, c]) => c !== 0)
        const index = affine(constant, ...terms.map(([l, c]): [Loop, number] => [l, c]))
        const expected = constant + onGrid * group + onBlock * local + onSerial * k + onCounted * 3
        const whole = indices.affine(index, values)
        const divided = indices.divided(index, values, by)
        const names = new Map(indices.coordinates.flatMap(s => (s.kind === 'let' ? [[s.name, s.value] as const] : [])))
        expect(evaluate(whole, { group, local, k }, names)).toBe(expected >>> 0)
        if (expected >= 0) expect(evaluate(divided, { group, local, k }, names)).toBe(Math.floor(expected / by))
      },
    ),
    { numRuns: 2000 },
  )
})
