/** Divisors and multiples of whole numbers. */
export const greatestCommonDivisor = (a: number, b: number): number => (b === 0 ? a : greatestCommonDivisor(b, a % b))
/** 0 is a multiple of everything. */
export const leastCommonMultiple = (a: number, b: number): number => (a / greatestCommonDivisor(a, b)) * b
/** The smallest multiple that is not below the value. */
export const roundUpTo = (value: number, multiple: number): number => Math.ceil(value / multiple) * multiple
