/**
 * The shortest decimal that every correct compiler reads back as the finite binary32 value `value`, with a point or an
 * exponent and without a type suffix: `127.0`, `0.1`, `1e-8`, `-0.0`. The decimal never exceeds the largest binary32 value, because
 * WGSL rejects such a literal even if it would round back.
 */
export function floatDecimal(value: number): string {
  if (!Number.isFinite(value)) throw new RangeError(`${value} has no decimal`)
  if (Object.is(value, -0)) return '-0.0'
  for (let digits = 1; digits <= 9; digits++) {
    const candidate = decimalOf(value, digits)
    if (!readsBackAs(candidate, value)) continue
    const text = String(candidate)
    return /[.e]/.test(text) ? text : `${text}.0`
  }
  throw new RangeError(`${value} is not a binary32 value`)
}

const largest = (2 - 2 ** -23) * 2 ** 127

/** The nearest decimal with this many digits, or the next one toward 0 if that exceeds the largest value, about 3.4 · 10^38. */
function decimalOf(value: number, digits: number): number {
  const nearest = Number(value.toPrecision(digits))
  if (Math.abs(nearest) <= largest) return nearest
  return Number((nearest - Math.sign(value) * 10 ** (39 - digits)).toPrecision(digits))
}

/** Whether the decimal rounds to `value` with a margin on both sides, so that rounding it directly and by way of a double agree. */
const readsBackAs = (decimal: number, value: number): boolean =>
  [decimal, decimal * (1 + Number.EPSILON), decimal * (1 - Number.EPSILON)].every(x => Math.fround(x) === value)
