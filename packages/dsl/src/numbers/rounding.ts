/** Exact binary32 operations that JavaScript lacks. */

/** Nearest integer, ties to even. Keeps −0, NaN and infinities. */
export function roundHalfEven(x: number): number {
  if (!(Math.abs(x) < 8388608)) return x
  const floor = Math.floor(x)
  const fraction = x - floor
  const up = fraction > 0.5 || (fraction === 0.5 && floor % 2 !== 0)
  const rounded = up ? floor + 1 : floor
  return rounded === 0 && (x < 0 || Object.is(x, -0)) ? -0 : rounded
}

/** Nearest integer, ties away from zero. Keeps −0, NaN and infinities. */
export function roundHalfAway(x: number): number {
  const whole = Math.trunc(x)
  return Math.abs(x - whole) >= 0.5 ? whole + Math.sign(x) : whole
}

const wide = new DataView(new ArrayBuffer(8))

/**
 * a × b + c rounded once to binary32, for binary32 operands. The product is exact in binary64; the sum is rounded to odd
 * there (Boldo and Melquiond, 2008), so that the last rounding to binary32 is the only one that counts.
 */
export function fusedMultiplyAdd(a: number, b: number, c: number): number {
  const product = a * b
  const sum = product + c
  if (!Number.isFinite(sum)) return Math.fround(sum)
  const back = sum - product
  const error = product - (sum - back) + (c - back)
  if (error === 0) return Math.fround(sum)
  wide.setFloat64(0, sum)
  const bits = wide.getBigInt64(0)
  if ((bits & 1n) === 1n) return Math.fround(sum)
  // The exact value lies strictly between `sum` and its neighbour in the direction of the error; that neighbour is odd.
  wide.setBigInt64(0, error > 0 === sum > 0 ? bits + 1n : bits - 1n)
  return Math.fround(wide.getFloat64(0))
}
