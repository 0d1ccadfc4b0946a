/**
 * Intervals that hold a result both in float64 and in binary32 with a rounding after each operation: each operation is widened by the most that such
 * a rounding changes.
 */

/** Undefined where nothing is known: a quotient by what may be 0, a root of what may be negative. */
export type Interval = { readonly low: number; readonly high: number } | undefined
/** What a comparison may be. */
export type Possible = { readonly yes: boolean; readonly no: boolean }

const interval = (low: number, high: number): Interval =>
  Number.isNaN(low) || Number.isNaN(high) ? undefined : { low, high }

const largest = (2 - 2 ** -23) * 2 ** 127
const below = (x: number): number => (x < -largest ? Number.NEGATIVE_INFINITY : x - Math.abs(x) * 2 ** -23 - 2 ** -149)
const above = (x: number): number => -below(-x)
/** By one rounding to binary32. A number beyond its range may become infinite. */
const rounded = (low: number, high: number): Interval => interval(below(low), above(high))

const of = (numbers: readonly number[]): Interval => interval(Math.min(...numbers), Math.max(...numbers))
const widened = (one: Interval): Interval => one && rounded(one.low, one.high)

type Two = (a: Interval, b: Interval) => Interval
const both =
  (compute: (a: NonNullable<Interval>, b: NonNullable<Interval>) => Interval): Two =>
  (a, b) =>
    a && b && compute(a, b)

export const point = (x: number): Interval => interval(x, x)
export const hull: Two = both((a, b) => interval(Math.min(a.low, b.low), Math.max(a.high, b.high)))
const reaches = ({ low, high }: NonNullable<Interval>, x: number): boolean => low <= x && x <= high
const isEndless = ({ low, high }: NonNullable<Interval>): boolean => !Number.isFinite(low) || !Number.isFinite(high)
/** The sum without its rounding. Infinities of both signs may give NaN. */
const total = both((a, b) => {
  const [least, most] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]
  if ((reaches(a, least) && reaches(b, most)) || (reaches(a, most) && reaches(b, least))) return undefined
  return interval(a.low + b.low, a.high + b.high)
})
export const add: Two = (a, b) => widened(total(a, b))
export const sub: Two = (a, b) => add(a, neg(b))
/** The product without its rounding. 0 · ∞ gives NaN. */
const product = both((a, b) =>
  (isEndless(a) && reaches(b, 0)) || (isEndless(b) && reaches(a, 0))
    ? undefined
    : of([a.low * b.low, a.low * b.high, a.high * b.low, a.high * b.high]),
)
export const mul: Two = (a, b) => widened(product(a, b))
export const div: Two = both((a, b) =>
  reaches(b, 0) || (isEndless(a) && isEndless(b))
    ? undefined
    : widened(of([a.low / b.low, a.low / b.high, a.high / b.low, a.high / b.high])),
)
export const min: Two = both((a, b) => interval(Math.min(a.low, b.low), Math.min(a.high, b.high)))
export const max: Two = both((a, b) => interval(Math.max(a.low, b.low), Math.max(a.high, b.high)))

/** An increasing function that is exact. */
export const exactly =
  (compute: (x: number) => number) =>
  (a: Interval): Interval =>
    a && interval(compute(a.low), compute(a.high))
/** An increasing function whose result is rounded. */
export const nearly =
  (compute: (x: number) => number) =>
  (a: Interval): Interval =>
    widened(exactly(compute)(a))

export const neg = (a: Interval): Interval => a && interval(-a.high, -a.low)
export const abs = (a: Interval): Interval =>
  a && (a.low >= 0 ? a : a.high <= 0 ? neg(a) : interval(0, Math.max(-a.low, a.high)))

/** `a − trunc(a / b) · b`, and in float64 the exact remainder. */
export const remainder: Two = (a, b) => sub(a, mul(exactly(Math.trunc)(div(a, b)), b))
/** a · b + c, rounded once. */
export const fma = (a: Interval, b: Interval, c: Interval): Interval => widened(total(product(a, b), c))

export const less = (a: Interval, b: Interval): Possible =>
  a && b ? { yes: a.low < b.high, no: a.high >= b.low } : { yes: true, no: true }
export const equal = (a: Interval, b: Interval): Possible =>
  a && b
    ? { yes: a.low <= b.high && b.low <= a.high, no: !(a.low === b.high && a.high === b.low) }
    : { yes: true, no: true }
export const not = ({ yes, no }: Possible): Possible => ({ yes: no, no: yes })
export const and = (a: Possible, b: Possible): Possible => ({ yes: a.yes && b.yes, no: a.no || b.no })
export const select = (condition: Possible, a: Interval, b: Interval): Interval =>
  condition.yes ? (condition.no ? hull(a, b) : a) : b

export const contains = (one: Interval, x: number): boolean => one === undefined || (x >= one.low && x <= one.high)
