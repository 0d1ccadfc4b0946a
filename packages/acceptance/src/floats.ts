/** Neighbours and units of binary32, in binary64. */
export const largestFloat = 2 ** 128 - 2 ** 104
export const smallestNormal = 2 ** -126

const value = new Float32Array(1)
const word = new Int32Array(value.buffer)

/** Maps floats to whole numbers in the same order; +0 and −0 are neighbours. */
function rank(x: number): number {
  value[0] = x
  const bits = word[0] as number
  return bits < 0 ? -(bits & 0x7fffffff) - 1 : bits
}

/** Steps from one float to another: 0 if they are equal, NaN if either is NaN. */
export const ulpDistance = (a: number, b: number): number =>
  Number.isNaN(a) || Number.isNaN(b) ? (Object.is(a, b) ? 0 : Number.NaN) : Math.abs(rank(a) - rank(b))

function neighbour(x: number, up: boolean): number {
  if (x === 0) return up ? 2 ** -149 : -(2 ** -149)
  value[0] = x
  word[0] = (word[0] as number) + (x > 0 === up ? 1 : -1)
  return value[0] as number
}

/** The largest float that is not above `x`. Beyond the finite floats it is an infinity wherever rounding to nearest gives one. */
export function roundedDown(x: number): number {
  const rounded = Math.fround(x)
  return rounded > x && rounded !== Infinity ? neighbour(rounded, false) : rounded
}

/** The smallest float that is not below `x`. */
export const roundedUp = (x: number): number => -roundedDown(-x)

/** The distance between neighbouring floats at a real number. */
export function ulpAt(x: number): number {
  const exponent = Math.max(-126, Math.floor(Math.log2(Math.abs(x))))
  return Math.abs(x) < smallestNormal ? 2 ** -149 : 2 ** (exponent - 23)
}

/** Whether `x` is a denormal binary32: neither 0 nor normal. */
export const isDenormal = (x: number): boolean => x !== 0 && Math.abs(x) < smallestNormal
