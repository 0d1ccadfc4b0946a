/**
 * The values that a device may give for one element: a single number if there is no choice, otherwise a set or an
 * interval with the reasons for it. Operations on numbers alone always give a number.
 */
import { type ApproximateOperation, approximateOperations } from '@qernel/dsl/internal'

/** Why a value may differ from the definition. */
export type Reason = 'flushed denormals' | ApproximateOperation | 'order of a sum' | 'unknown'
/** Why a result may be another number than the interpreter's. */
export const reasons: readonly Reason[] = ['flushed denormals', ...approximateOperations, 'order of a sum', 'unknown']
/** A set of reasons: bit i is reason i. */
export type ReasonBits = number

export const bitOf = (reason: Reason): ReasonBits => 1 << reasons.indexOf(reason)
export const reasonsOf = (bits: ReasonBits): Reason[] => reasons.filter((_, i) => (bits >> i) & 1)

export interface Several {
  /** The values if they are few, without NaN. Otherwise every value of the type from `low` to `high`. */
  readonly values?: readonly number[]
  /** −0 is below +0. `low` is above `high` if NaN is the only value. */
  readonly low: number
  readonly high: number
  readonly hasNaN: boolean
  readonly because: ReasonBits
}

export type Possible = number | Several

/** A set with more values becomes an interval. */
const mostValues = 24

export function severalOf(values: Iterable<number>, because: ReasonBits): Possible {
  const distinct = new Set<number>()
  let [hasNaN, hasMinusZero, low, high] = [false, false, Infinity, -Infinity]
  for (const value of values) {
    if (Number.isNaN(value)) hasNaN = true
    else {
      // A Set treats −0 as 0.
      if (Object.is(value, -0)) hasMinusZero = true
      else distinct.add(value)
      low = Math.min(low, value)
      high = Math.max(high, value)
    }
  }
  const all = hasMinusZero ? [-0, ...distinct] : [...distinct]
  if (all.length === 0) return Number.NaN
  if (all.length === 1 && !hasNaN) return all[0] as number
  return all.length > mostValues ? { low, high, hasNaN, because } : { values: all, low, high, hasNaN, because }
}

/** All values from `low` to `high`, and NaN if `hasNaN`. */
export function rangeOf(low: number, high: number, hasNaN: boolean, because: ReasonBits): Possible {
  if (!hasNaN && Object.is(low, high)) return low
  return { low, high, hasNaN, because }
}

export const asSeveral = (p: Possible): Several =>
  typeof p !== 'number'
    ? p
    : Number.isNaN(p)
      ? { values: [], low: Infinity, high: -Infinity, hasNaN: true, because: 0 }
      : { values: [p], low: p, high: p, hasNaN: false, because: 0 }

export const becauseOf = (p: Possible): ReasonBits => (typeof p === 'number' ? 0 : p.because)

/** Every value of a set, NaN included; undefined for an interval. */
export function valuesOf(p: Possible): readonly number[] | undefined {
  if (typeof p === 'number') return [p]
  return p.values && p.hasNaN ? [...p.values, Number.NaN] : p.values
}

/** The union of several cases. */
export function anyOf(cases: readonly Possible[], because: ReasonBits = 0): Possible {
  const bits = cases.reduce<number>((all, each) => all | becauseOf(each), because)
  const sets = cases.map(valuesOf)
  if (sets.every(each => each !== undefined)) return severalOf(sets.flat(), bits)
  const parts = cases.map(asSeveral)
  return rangeOf(
    Math.min(...parts.map(({ low }) => low)),
    Math.max(...parts.map(({ high }) => high)),
    parts.some(({ hasNaN }) => hasNaN),
    bits,
  )
}

/** a ≤ b, where −0 is below +0. */
export const atMost = (a: number, b: number): boolean => a < b || (a === b && !(Object.is(a, 0) && Object.is(b, -0)))

export function allows(p: Possible, found: number): boolean {
  if (typeof p === 'number') return Object.is(p, found)
  if (Number.isNaN(found)) return p.hasNaN
  if (p.values !== undefined) return p.values.some(value => Object.is(value, found))
  return atMost(p.low, found) && atMost(found, p.high)
}

export const holdsZero = ({ low, high }: Several): boolean => low <= 0 && high >= 0
export const holdsInfinity = ({ low, high }: Several): boolean => high === Infinity || low === -Infinity
