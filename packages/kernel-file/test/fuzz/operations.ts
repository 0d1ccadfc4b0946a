/** The operations of random expressions: as they are written, in the kernel language, and on intervals. */
import * as k from '@qernel/dsl'
import * as i from './interval.ts'

export const binaries = [
  { sign: '+', strength: 12, op: 'add', result: i.add },
  { sign: '-', strength: 12, op: 'sub', result: i.sub },
  { sign: '*', strength: 13, op: 'mul', result: i.mul },
  { sign: '/', strength: 13, op: 'div', result: i.div },
] as const
export const unaries = [
  { name: 'Math.abs', op: 'abs', result: i.abs },
  { name: 'k.abs', op: 'abs', result: i.abs },
  { name: 'k.round', op: 'round', result: i.exactly(nearestEven) },
  { name: 'Math.floor', op: 'floor', result: i.exactly(Math.floor) },
  { name: 'k.ceil', op: 'ceil', result: i.exactly(Math.ceil) },
  { name: 'Math.trunc', op: 'trunc', result: i.exactly(Math.trunc) },
  { name: 'Math.sqrt', op: 'sqrt', result: (a: i.Interval) => (a && a.low < 0 ? undefined : i.nearly(Math.sqrt)(a)) },
  { name: 'Math.exp', op: 'exp', result: i.nearly(Math.exp) },
  { name: 'k.log2', op: 'log2', result: (a: i.Interval) => (a && a.low <= 0 ? undefined : i.nearly(Math.log2)(a)) },
] as const
export const comparisons = [
  { sign: '<', op: 'lt', result: i.less },
  { sign: '>', op: 'gt', result: (a: i.Interval, b: i.Interval) => i.less(b, a) },
  { sign: '<=', op: 'le', result: (a: i.Interval, b: i.Interval) => i.not(i.less(b, a)) },
  { sign: '>=', op: 'ge', result: (a: i.Interval, b: i.Interval) => i.not(i.less(a, b)) },
  { sign: '===', op: 'eq', result: i.equal },
  { sign: '!==', op: 'ne', result: (a: i.Interval, b: i.Interval) => i.not(i.equal(a, b)) },
] as const
export const reductions = { sum: k.sum, max: k.max, min: k.min }
export const extremes = { max: i.max, min: i.min }
export const constants = [0.5, 1, 2.5, 3, 0.1, 127, 1e-3, 7] as const

/** Ties to even, written again. */
export function nearestEven(x: number): number {
  const near = Math.floor(x + 0.5)
  return near - x === 0.5 && near % 2 !== 0 ? near - 1 : near
}
