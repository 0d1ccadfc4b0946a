/** A number with 7 digits, which keeps the sign of zero. */
export function numberText(x: number): string {
  if (Object.is(x, -0)) return '−0'
  if (Number.isNaN(x)) return 'NaN'
  const sign = x < 0 ? '−' : ''
  const size = Math.abs(x)
  return sign + (size === Number.POSITIVE_INFINITY ? '∞' : String(Number(size.toPrecision(7))))
}
