/** Reductions over axes, in float64 and in row-major order. */
import { type Axis, axesIn, eachPoint, type Indices, type Several } from './axes.ts'

/** One axis, several in order, or several by name. */
type Over = Axis | Several<Axis>
type IndicesOver<Axes extends Over> = Axes extends Axis ? readonly [number] : Indices<Axes>
type Body<Axes extends Over> = (...index: IndicesOver<Axes>) => number

function fold(
  over: Over,
  body: (...index: readonly number[]) => number,
  start: number,
  step: (a: number, b: number) => number,
) {
  let result = start
  eachPoint(axesIn(over), (...index) => {
    result = step(result, body(...index))
  })
  return result
}

/** A NaN loses against a number. */
const larger = (a: number, b: number): number => (Number.isNaN(a) ? b : Number.isNaN(b) ? a : Math.max(a, b))
const smaller = (a: number, b: number): number => (Number.isNaN(a) ? b : Number.isNaN(b) ? a : Math.min(a, b))

/** `max(a, b)`: the larger of two values. `max(T, t => …)`: the largest over an axis. A NaN loses. */
export function max(a: number, b: number): number
export function max<const Axes extends Over>(over: Axes, body: Body<Axes>): number
export function max(a: Over, b: number | ((...index: readonly number[]) => number)): number {
  return typeof b === 'function' ? fold(a, b, Number.NEGATIVE_INFINITY, larger) : larger(Number(a), Number(b))
}

/** `min(a, b)`: the smaller of two values. `min(T, t => …)`: the smallest over an axis. A NaN loses. */
export function min(a: number, b: number): number
export function min<const Axes extends Over>(over: Axes, body: Body<Axes>): number
export function min(a: Over, b: number | ((...index: readonly number[]) => number)): number {
  return typeof b === 'function' ? fold(a, b, Number.POSITIVE_INFINITY, smaller) : smaller(Number(a), Number(b))
}

/** The sum over one or several axes, in row-major order. */
export function sum<const Axes extends Over>(over: Axes, body: Body<Axes>): number {
  return fold(over, body as (...index: readonly number[]) => number, 0, (a, b) => a + b)
}

/** The sum of products `[a, b]` over one or several axes, in row-major order; no product is rounded by itself. */
export function dot<const Axes extends Over>(
  over: Axes,
  factors: (...index: IndicesOver<Axes>) => readonly [number, number],
): number {
  const product = (...index: readonly number[]): number => {
    const [a, b] = factors(...(index as unknown as IndicesOver<Axes>))
    return a * b
  }
  return fold(over, product, 0, (a, b) => a + b)
}

/** The lowest index at which the body is largest (NaN ignored); 0 if there is none. */
export const argmax = (axis: Axis, body: (index: number) => number): number => firstOf(axis, body, larger)
/** The lowest index at which the body is smallest (NaN ignored); 0 if there is none. */
export const argmin = (axis: Axis, body: (index: number) => number): number => firstOf(axis, body, smaller)

function firstOf(axis: Axis, body: (index: number) => number, better: (a: number, b: number) => number): number {
  let best = Number.NaN
  let at = 0
  eachPoint([axis], index => {
    const value = body(index as number)
    if (Number.isNaN(value) || better(best, value) === best) return
    best = value
    at = index as number
  })
  return at
}
