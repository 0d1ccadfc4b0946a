/** Which whole numbers definitions and schedules may contain, since generated code counts in 32 bits. */
import type { Affine, Extent } from '../ir/ir.ts'

/** The largest size, factor, coefficient or constant. Indices are values of type i32, and code counts a little past a size in 32 bits. */
export const largestSize = 2 ** 31 - 1

const fitsCode = (number: number): boolean => Math.abs(number) <= largestSize

/** A number of an index or a length that does not fit; undefined where all do. */
export function tooLargeIn(of: Affine | Extent): number | undefined {
  if (typeof of === 'number') return fitsCode(of) ? undefined : of
  const numbers = 'terms' in of ? [of.constant, ...of.terms.values()] : [of.dividedBy, of.times ?? 1, of.plus ?? 0]
  return numbers.find(number => !fitsCode(number))
}
