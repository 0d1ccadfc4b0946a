/** Limits of the whole numbers in definitions and schedules, since generated code counts in 32 bits. */
import type { Affine, Extent } from '../ir/ir.ts'

/** The largest size, factor, coefficient or constant. Indices have type i32, and code counts slightly past a size in 32 bits. */
export const largestSize = 2 ** 31 - 1

const fitsCode = (number: number): boolean => Math.abs(number) <= largestSize

/** A number in an index or a length that does not fit; undefined if all fit. */
export function tooLargeIn(of: Affine | Extent): number | undefined {
  if (typeof of === 'number') return fitsCode(of) ? undefined : of
  if (!('terms' in of)) {
    const { dividedBy, times = 1, plus = 0 } = of
    return fitsCode(dividedBy) && fitsCode(times) && fitsCode(plus)
      ? undefined
      : [dividedBy, times, plus].find(number => !fitsCode(number))
  }
  if (!fitsCode(of.constant)) return of.constant
  // Asked for each index of each nest: no lists are made.
  for (const number of of.terms.values()) if (!fitsCode(number)) return number
  return undefined
}
