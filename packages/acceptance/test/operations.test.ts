/** For any operands that a device may hold, the result of an operation must be among the possible results. */
import {
  type ComputeType,
  type Expr,
  type OperationName,
  operationNames,
  operations,
  type StorageType,
  storageTypes,
} from '@qernel/dsl'
import { isNarrowFloat, randomNumbers, scalarMeaning } from '@qernel/dsl/internal'
import { describe, expect, test } from 'vitest'
import { isApproximate } from '../src/approximate.ts'
import { operationOn } from '../src/operate.ts'
import { allows, type Possible, rangeOf } from '../src/possible.ts'

const random = randomNumbers(7)
const specials = [
  0,
  -0,
  1,
  -1,
  0.5,
  -0.5,
  127.5,
  2 ** -126,
  -(2 ** -149),
  3e38,
  -3e38,
  Infinity,
  -Infinity,
  65504,
  1e-5,
]
const float = (): number =>
  random() < 0.3
    ? Math.fround(specials[Math.floor(random() * specials.length)] as number)
    : Math.fround((random() - 0.5) * 2 ** Math.floor(random() * 24 - 8))
const whole = (type: ComputeType): number => {
  const any = Math.floor((random() - 0.5) * 2 ** Math.floor(random() * 33))
  return type === 'i32' ? any | 0 : type === 'u32' ? any >>> 0 : random() < 0.5 ? 1 : 0
}
const draw = (type: ComputeType): number => (type === 'f32' ? float() : whole(type))

/** An interval and some values in it. */
function interval(type: ComputeType): { readonly range: Possible; readonly members: readonly number[] } {
  const ends = [draw(type), draw(type)]
  const [low, high] = [Math.min(...ends), Math.max(...ends)]
  const between = (): number => {
    const share = Math.min(high, Math.max(low, low + (high - low) * random()))
    return type === 'f32' ? (Number.isFinite(share) ? Math.fround(share) : high) : Math.round(share)
  }
  const hasNaN = type === 'f32' && random() < 0.2
  return {
    range: rangeOf(low, high, hasNaN, 1),
    members: [low, high, between(), between(), ...(hasNaN ? [Number.NaN] : [])],
  }
}

const narrowFloats = [...storageTypes.values()].filter(isNarrowFloat).map(({ name }) => name)
const casts: Readonly<Partial<Record<OperationName, readonly string[]>>> = {
  narrow: narrowFloats,
  floatBits: narrowFloats,
  bitsFloat: narrowFloats,
  saturate: ['i8', 'u4', 'i3', 'u32'],
  wrap: ['i8', 'u4', 'i3', 'u32'],
}

const cases = operationNames.flatMap(op => {
  const { on, arity, result } = operations[op]
  return on.flatMap(type =>
    (casts[op] ?? [undefined]).map(name => {
      const to = name === undefined ? undefined : (storageTypes.get(name) as StorageType)
      const types = Array.from({ length: arity }, (_, i): ComputeType => (op === 'select' && i === 0 ? 'bool' : type))
      const args = types.map((each): Expr => ({ kind: 'const', type: each, value: 0 }))
      const own = op === 'saturate' || op === 'wrap' ? (to as StorageType).compute : (result ?? type)
      const node: Expr & { kind: 'op' } = { kind: 'op', op, type: own, args, ...(to && { to }) }
      return { title: `${op} on ${type}${name === undefined ? '' : ` to ${name}`}`, node, types }
    }),
  )
})

describe.each(
  (['wgsl', 'cuda'] as const).flatMap(language => [true, false].map(keepsDenormals => ({ language, keepsDenormals }))),
)('$language, on a device that keeps denormals: $keepsDenormals', freedom => {
  test.each(cases)('$title', ({ node, types }) => {
    const operate = operationOn(node, freedom)
    const meaning = scalarMeaning(node)
    for (let i = 0; i < 200; i++) {
      const drawn = types.map(interval)
      // Some operands are known, and some sets are small.
      const operands = drawn.map(each =>
        random() < 0.3 ? { range: each.members[0] as number, members: [each.members[0] as number] } : each,
      )
      const possible = operate(operands.map(({ range }) => range))
      for (const a of operands[0]?.members ?? [0])
        for (const b of operands[1]?.members ?? [0])
          for (const c of operands[2]?.members ?? [0]) {
            const exact = meaning(a, b, c)
            if (allows(possible, exact)) continue
            expect.fail(
              `${node.op}(${[a, b, c]}) = ${exact} is not in ${JSON.stringify(possible)} of ${JSON.stringify(operands.map(({ range }) => range))}`,
            )
          }
    }
  })
})

test.each(cases.filter(({ node }) => !isApproximate(node.op)))(
  '$title: what is known stays known',
  ({ node, types }) => {
    const operate = operationOn(node, { language: 'wgsl', keepsDenormals: true })
    const meaning = scalarMeaning(node)
    for (let i = 0; i < 50; i++) {
      const values = types.map(draw)
      expect(operate(values)).toBe(meaning(...(values as [number])))
    }
  },
)

test.each(['mul', 'fma'] as const)('0 times anything may be 0 of either sign: %s', op => {
  const x: Expr = { kind: 'const', type: 'f32', value: 0 }
  const node = { kind: 'op', type: 'f32', op, args: [x, x, x] } as const
  const operate = operationOn(node, { language: 'interpreter', keepsDenormals: true })
  const all = operate([0, rangeOf(-Infinity, Infinity, false, 1), -0])
  for (const found of [0, -0, Number.NaN]) expect(allows(all, found)).toBe(true)
  expect(allows(operate([0, rangeOf(-5, Infinity, false, 1), -0]), 0)).toBe(true)
})
