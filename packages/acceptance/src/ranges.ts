/** Operations on intervals: the result covers every choice of operands, and a little more where that is simpler. */
import { type Expr, integerRange, type OperationName, type StorageType } from '@qernel/dsl'
import { type ApproximateOperation, codecOf } from '@qernel/dsl/internal'
import { largestFloat } from './floats.ts'
import {
  anyOf,
  atMost,
  bitOf,
  holdsInfinity,
  holdsZero,
  type Possible,
  rangeOf,
  type Several,
  severalOf,
} from './possible.ts'

type Node = Expr & { readonly kind: 'op' }
/** An operation on single values. */
export type Meaning = (a: number, b?: number, c?: number) => number
type OnRanges = (args: readonly Several[], meaning: Meaning, node: Node) => Possible

const bitsOf = (args: readonly Several[]): number => args.reduce((all, { because }) => all | because, 0)
const anyNaN = (args: readonly Several[]): boolean => args.some(({ hasNaN }) => hasNaN)

/** Any value of the type. */
export function anything(type: Expr['type'], because = 0): Possible {
  const bits = because | bitOf('unknown')
  if (type === 'f32') return rangeOf(-Infinity, Infinity, true, bits)
  if (type === 'bool') return severalOf([0, 1], bits)
  return type === 'i32' ? rangeOf(-(2 ** 31), 2 ** 31 - 1, false, bits) : rangeOf(0, 2 ** 32 - 1, false, bits)
}

/** The hull of the results at every combination of ends. */
function atCorners(args: readonly Several[], meaning: Meaning, hasNaN: boolean): Possible {
  let [low, high, mayBeNaN] = [Infinity, -Infinity, hasNaN]
  const ends = args.map(arg => (arg.low <= arg.high ? [arg.low, arg.high] : [Number.NaN]))
  for (const a of ends[0] as number[])
    for (const b of ends[1] ?? [0])
      for (const c of ends[2] ?? [0]) {
        const result = meaning(a, b, c)
        if (Number.isNaN(result)) mayBeNaN = true
        else [low, high] = [Math.min(low, result), Math.max(high, result)]
      }
  return low > high ? Number.NaN : rangeOf(low, high, mayBeNaN, bitsOf(args))
}

/** Monotone in each operand, and NaN of NaN. */
const monotone: OnRanges = (args, meaning) => atCorners(args, meaning, anyNaN(args))

/** 0 · ∞ is possible inside intervals even if neither is an end. */
const zeroTimesInfinity = (a: Several, b: Several): boolean =>
  (holdsZero(a) && holdsInfinity(b)) || (holdsZero(b) && holdsInfinity(a))

/** An interval without the infinities at its ends. */
function finiteOf(a: Several): Several {
  return a.low < a.high ? { ...a, low: Math.max(a.low, -largestFloat), high: Math.min(a.high, largestFloat) } : a
}

/** A product, or one to which something is added. 0 · ∞ is NaN at the ends, but 0 times the numbers between them is 0. */
const products: OnRanges = (args, meaning) => {
  const [a, b, c] = args as [Several, Several, Several?]
  const vanishes = zeroTimesInfinity(a, b)
  const all = atCorners(args, meaning, anyNaN(args) || vanishes)
  if (!vanishes) return all
  return anyOf([all, atCorners([finiteOf(a), finiteOf(b), ...(c === undefined ? [] : [c])], meaning, false)])
}

/** Integers wrap: the results lie between those of the ends only if no combination of ends wraps. */
const integers =
  (exactly: (a: number, b: number) => number): OnRanges =>
  (args, _, { type }) => {
    const [a, b] = args as [Several, Several]
    const all = [exactly(a.low, b.low), exactly(a.low, b.high), exactly(a.high, b.low), exactly(a.high, b.high)]
    const [low, high] = [Math.min(...all), Math.max(...all)]
    const [least, most] = type === 'i32' ? [-(2 ** 31), 2 ** 31 - 1] : [0, 2 ** 32 - 1]
    return low < least || high > most ? anything(type, bitsOf(args)) : rangeOf(low + 0, high + 0, false, bitsOf(args))
  }

const byType =
  (floats: OnRanges, others: OnRanges): OnRanges =>
  (args, meaning, node) =>
    (node.type === 'f32' ? floats : others)(args, meaning, node)

const unknown: OnRanges = (args, _, { type }) => anything(type, bitsOf(args))

/** i32 and u32 share the values below 2^31. */
const sameInteger: OnRanges = (args, meaning, node) => {
  const [{ low, high, because }] = args as [Several]
  return low >= 0 && high < 2 ** 31 ? rangeOf(low, high, false, because) : unknown(args, meaning, node)
}

/** The bits of floats from +0 up are in the order of the floats. */
const ofBits: OnRanges = (args, meaning, node) => {
  const [{ low, high, hasNaN }] = args as [Several]
  const inOrder = !hasNaN && atMost(0, low) && (node.op !== 'bitcastF32' || high <= 0x7f800000)
  return inOrder
    ? atCorners([{ low, high, hasNaN, because: bitsOf(args) }], meaning, false)
    : unknown(args, meaning, node)
}

/** min and max: a NaN loses, so either operand alone may be the result. */
const extreme: OnRanges = (args, meaning) => {
  const [a, b] = args as [Several, Several]
  const parts = [
    atCorners(
      [
        { ...a, hasNaN: false },
        { ...b, hasNaN: false },
      ],
      meaning,
      a.hasNaN && b.hasNaN,
    ),
  ]
  if (a.hasNaN) parts.push({ ...b, hasNaN: false })
  if (b.hasNaN) parts.push({ ...a, hasNaN: false })
  return anyOf(parts, bitsOf(args))
}

/** The last bits up to which floats from +0 up are ordered: those of infinity, or of the largest number. */
function largestOrdered(type: StorageType): number {
  const overflow = codecOf(type).encode(Infinity)
  return type.float?.hasInfinity ? overflow : overflow - 1
}

/** Rounding to a float type keeps the order, except that values too large for a type without infinities become NaN. */
function narrowed(a: Several, meaning: Meaning, to: StorageType): Possible {
  if (to.float?.hasInfinity) return atCorners([a], meaning, a.hasNaN)
  const { decode } = codecOf(to)
  const last = largestOrdered(to)
  // Half a step beyond the largest number lies a tie, which goes to the even neighbour.
  const tie = decode(last) + (decode(last) - decode(last - 1)) / 2
  const limit = Number.isNaN(meaning(tie)) ? decode(last) : tie
  const inside = { ...a, low: Math.max(a.low, -limit), high: Math.min(a.high, limit) }
  const isCut = a.low < -limit || a.high > limit
  return inside.low > inside.high ? Number.NaN : atCorners([inside], meaning, a.hasNaN || isCut)
}

/** Whether a comparison may hold, and whether it may fail. */
const compared =
  (mayHold: (a: Several, b: Several) => boolean, mayFail: (a: Several, b: Several) => boolean): OnRanges =>
  args => {
    const [a, b] = args as [Several, Several]
    const results = [...(mayHold(a, b) ? [1] : []), ...(mayFail(a, b) || anyNaN(args) ? [0] : [])]
    return severalOf(results, bitsOf(args))
  }
const isOne = ({ low, high }: Several): boolean => low === high
const meet = (a: Several, b: Several): boolean => a.low <= b.high && b.low <= a.high

/** Interval results per operation. Small sets are combined one by one elsewhere, so at least one operand here is an interval. */
export const onRanges: Readonly<Record<Exclude<OperationName, 'select' | ApproximateOperation>, OnRanges>> = {
  add: byType(
    monotone,
    integers((a, b) => a + b),
  ),
  sub: byType(
    monotone,
    integers((a, b) => a - b),
  ),
  mul: byType(
    products,
    // Beyond 2^53 the product is not exact, but there it wraps in any case.
    integers((a, b) => a * b),
  ),
  div: (args, meaning) => {
    const [a, b] = args as [Several, Several]
    if (!holdsZero(b)) return atCorners(args, meaning, anyNaN(args))
    const mayBeNaN = anyNaN(args) || holdsZero(a) || (holdsInfinity(a) && holdsInfinity(b))
    return rangeOf(-Infinity, Infinity, mayBeNaN, bitsOf(args))
  },
  neg: byType(monotone, ([a], meaning, node) => integers(x => -x)([a as Several, a as Several], meaning, node)),
  abs: (args, _, node) => {
    const [a] = args as [Several]
    if (node.type === 'i32' && a.low === -(2 ** 31)) return anything('i32', a.because)
    const ends = [Math.abs(a.low), Math.abs(a.high)]
    return a.low > a.high
      ? Number.NaN
      : rangeOf(holdsZero(a) ? 0 : Math.min(...ends), Math.max(...ends), a.hasNaN, a.because)
  },
  min: extreme,
  max: extreme,
  clamp: (args, meaning) => {
    const [a, low, high] = args as [Several, Several, Several]
    // If the limits are in order and neither is NaN, the result increases with all three operands.
    if (low.high <= high.low && !low.hasNaN && !high.hasNaN) return atCorners(args, meaning, a.hasNaN)
    return anyOf([a, { ...low, hasNaN: false }, { ...high, hasNaN: false }], bitsOf(args))
  },
  round: monotone,
  roundHalfAway: monotone,
  floor: monotone,
  ceil: monotone,
  trunc: monotone,
  fma: products,
  lt: compared(
    (a, b) => a.low < b.high,
    (a, b) => a.high >= b.low,
  ),
  le: compared(
    (a, b) => a.low <= b.high,
    (a, b) => a.high > b.low,
  ),
  gt: compared(
    (a, b) => a.high > b.low,
    (a, b) => a.low <= b.high,
  ),
  ge: compared(
    (a, b) => a.high >= b.low,
    (a, b) => a.low < b.high,
  ),
  eq: compared(meet, (a, b) => !(isOne(a) && isOne(b) && meet(a, b))),
  ne: args => {
    const [a, b] = args as [Several, Several]
    const mayDiffer = anyNaN(args) || !(isOne(a) && isOne(b) && meet(a, b))
    return severalOf([...(mayDiffer ? [1] : []), ...(meet(a, b) ? [0] : [])], bitsOf(args))
  },
  and: unknown,
  or: unknown,
  xor: unknown,
  not: unknown,
  shiftLeft: (args, meaning, node) => {
    const [a, by] = args as [Several, Several]
    if (!isOne(by)) return unknown(args, meaning, node)
    return integers((x, bits) => x * 2 ** (bits & 31))([a, by], meaning, node)
  },
  shiftRight: (args, meaning, node) => {
    const [, by] = args as [Several, Several]
    return isOne(by) ? atCorners(args, meaning, false) : unknown(args, meaning, node)
  },
  bitcastF32: ofBits,
  bitcastI32: (args, meaning, node) => (node.args[0]?.type === 'f32' ? ofBits : sameInteger)(args, meaning, node),
  bitcastU32: (args, meaning, node) => (node.args[0]?.type === 'f32' ? ofBits : sameInteger)(args, meaning, node),
  toF32: monotone,
  saturate: (args, meaning) => {
    const [a] = args as [Several]
    return anyOf([atCorners([{ ...a, hasNaN: false }], meaning, false), ...(a.hasNaN ? [0] : [])], a.because)
  },
  narrow: ([a], meaning, node) => narrowed(a as Several, meaning, node.to as StorageType),
  floatBits: ofBits,
  bitsFloat: (args, meaning, node) => {
    const [{ high }] = args as [Several]
    return high <= largestOrdered(node.to as StorageType) ? ofBits(args, meaning, node) : unknown(args, meaning, node)
  },
  wrap: (args, _, node) => {
    const [a] = args as [Several]
    const { low, high } = integerRange(node.to as StorageType)
    if (a.low >= low && a.high <= high) return rangeOf(a.low, a.high, false, a.because)
    return rangeOf(low, high, false, a.because | bitOf('unknown'))
  },
}
