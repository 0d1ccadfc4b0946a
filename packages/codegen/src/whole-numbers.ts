/** Arithmetic on whole numbers above 0. */
export const greatestCommonDivisor = (a: number, b: number): number => (b === 0 ? a : greatestCommonDivisor(b, a % b))
export const leastCommonMultiple = (a: number, b: number): number => (a / greatestCommonDivisor(a, b)) * b
export const roundUpTo = (value: number, multiple: number): number => Math.ceil(value / multiple) * multiple
