/**
 * WGSL functions for correct IEEE-754 binary32 division (to nearest, ties to even) on devices whose own `/` is not exact. WGSL allows
 * `a / b` to be 2.5 ULP off, and some drivers make use of that, so codes would differ between devices. Either text defines
 * `fn div_f32(a: f32, b: f32) -> f32`, correct for every pair of inputs, including NaN, infinities, zeros, denormals and overflow. A NaN
 * result may be any quiet NaN.
 *
 * Special values are detected by their bits, since WGSL lets compilers assume that there are no NaNs and infinities.
 */

const digitsFunction = (
  name: string,
) => /* wgsl */ `// a / b in binary32, to nearest, ties to even, by long division on the bits.
fn ${name}(a: f32, b: f32) -> f32 {
  let sign = (bitcast<u32>(a) ^ bitcast<u32>(b)) & 0x80000000u;
  let a_bits = bitcast<u32>(a) & 0x7fffffffu;
  let b_bits = bitcast<u32>(b) & 0x7fffffffu;
  let infinity = 0x7f800000u;
  if (a_bits > infinity || b_bits > infinity || (a_bits == infinity && b_bits == infinity) || (a_bits | b_bits) == 0u) {
    return bitcast<f32>(sign | 0x7fc00000u);
  }
  if (a_bits == infinity || b_bits == 0u) {
    return bitcast<f32>(sign | infinity);
  }
  if (a_bits == 0u || b_bits == infinity) {
    return bitcast<f32>(sign);
  }

  // The significands, with the leading one at bit 23, and their exponents; denormals are shifted up.
  let a_shift = max(countLeadingZeros(a_bits), 8u) - 8u;
  let b_shift = max(countLeadingZeros(b_bits), 8u) - 8u;
  var remainder = select((a_bits & 0x007fffffu) | 0x00800000u, a_bits << a_shift, a_bits < 0x00800000u);
  let divisor = select((b_bits & 0x007fffffu) | 0x00800000u, b_bits << b_shift, b_bits < 0x00800000u);
  let a_exponent = select(i32(a_bits >> 23u), 1 - i32(a_shift), a_bits < 0x00800000u);
  let b_exponent = select(i32(b_bits >> 23u), 1 - i32(b_shift), b_bits < 0x00800000u);
  var exponent = a_exponent - b_exponent + 127;
  if (remainder < divisor) {
    remainder <<= 1u;
    exponent -= 1;
  }

  // The quotient is now in [1, 2): a one, then 24 fractional bits in three 8-bit digits. The remainder is below 2^24, so a digit fits above it.
  remainder -= divisor;
  var quotient = 1u;
  for (var digit = 0; digit < 3; digit++) {
    remainder <<= 8u;
    quotient = (quotient << 8u) | (remainder / divisor);
    remainder %= divisor;
  }
  if (exponent >= 255) {
    return bitcast<f32>(sign | infinity);
  }

  // The quotient has one bit more than a normal result; a denormal result drops one further bit per exponent step below 1.
  let dropped = u32(clamp(2 - exponent, 1, 26));
  let half = 1u << (dropped - 1u);
  let rest = quotient & ((half << 1u) - 1u);
  var kept = quotient >> dropped;
  if (rest > half || (rest == half && (remainder != 0u || (kept & 1u) == 1u))) {
    kept += 1u;
  }
  // Adding kept completes the exponent: the leading one of a normal result adds 1, and a carry out of the significand adds 1 more.
  return bitcast<f32>(sign | ((u32(max(exponent, 1) - 1) << 23u) + kept));
}
`

/**
 * Correct on every device, because it uses only integer operations; an order of magnitude slower than a division. Defines `div_f32`.
 */
export const integerDivision = digitsFunction('div_f32')

/**
 * For devices with a fused `fma` and with reciprocals within 2.5 ULP, which WGSL requires. Two Newton steps round the reciprocal correctly
 * (except for the largest significand); one correction brings the quotient within 1 ULP, and a second one rounds it. Source: Markstein,
 * "Computation of elementary functions on the IBM RISC System/6000 processor" (1990). If many dividends share a divisor, the compiler computes
 * its reciprocal once, so memory remains the bottleneck: 2.98 TB/s, compared with 3.03 for the inexact `/`, on an H100. Operands that could
 * make a step underflow or overflow take the integer path. Defines `div_f32` and `div_f32_by_digits`.
 */
export const refinedDivision = `${digitsFunction('div_f32_by_digits')}
// Whether the magnitude of x is from 2^-61 to below 2^62, so that no step of a division leaves the normal range.
fn is_moderate(x: f32) -> bool {
  return (bitcast<u32>(x) & 0x7fffffffu) - 0x21000000u < 0x3d800000u;
}

// a / b in binary32, to nearest, ties to even. Needs a fused fma.
fn div_f32(a: f32, b: f32) -> f32 {
  // The reciprocal of the largest significand is almost a tie, which the steps below would round wrongly.
  let is_reciprocal_exact = is_moderate(b) && (bitcast<u32>(b) & 0x007fffffu) != 0x007fffffu;
  if (!(is_moderate(a) && is_reciprocal_exact)) {
    if (bitcast<u32>(a) << 1u == 0u && is_moderate(b)) {
      return bitcast<f32>((bitcast<u32>(a) ^ bitcast<u32>(b)) & 0x80000000u);
    }
    return div_f32_by_digits(a, b);
  }
  let estimate = 1.0 / b;
  let better = fma(fma(-b, estimate, 1.0), estimate, estimate);
  let reciprocal = fma(fma(-b, better, 1.0), better, better);
  let quotient = a * reciprocal;
  let corrected = fma(fma(-quotient, b, a), reciprocal, quotient);
  return fma(fma(-corrected, b, a), reciprocal, corrected);
}
`

/** The comment above the vector form of `refinedDivision`. */
export const refinedVectorNote = `// Divides all lanes by the steps of div_f32, or calls div_f32 if a lane needs its other paths. The steps that depend only on b precede
// the test, so that all divisions by b share one reciprocal.`

/**
 * The body of the vector form of `refinedDivision`. It makes one test for all lanes, which is half the work of one test per lane.
 * @param vector the type of the operands
 * @param each the quotients lane by lane, for operands that need other paths
 */
export const refinedVectorBody = (vector: string, each: string): string => {
  const words = vector.replace('f', 'u')
  return `  let low = ${vector}(bitcast<f32>(0x21000000u));
  let high = ${vector}(bitcast<f32>(0x5e800000u));
  let estimate = 1.0 / b;
  let better = fma(fma(-b, estimate, ${vector}(1.0)), estimate, estimate);
  let reciprocal = fma(fma(-b, better, ${vector}(1.0)), better, better);
  let is_exact = (abs(b) >= low) & (abs(b) < high) & ((bitcast<${words}>(b) & ${words}(0x007fffffu)) != ${words}(0x007fffffu));
  if (!all(is_exact & (abs(a) >= low) & (abs(a) < high))) {
    return ${each};
  }
  let quotient = a * reciprocal;
  let corrected = fma(fma(-quotient, b, a), reciprocal, quotient);
  return fma(fma(-corrected, b, a), reciprocal, corrected);
`
}

/**
 * Computes a quotient rounded to an integer code without the quotient, for devices with a fused `fma` and sums to nearest. The sum of the dividend
 * times an approximate reciprocal and 1.5 · 2^23 gives a guess c for the code, and the remainder of the dividend proves it. If |a − c · b| < 0.4999 · |b|,
 * a / b is less than 0.49991 from c (the products, each rounded once, add at most 2^-23 of that). For |c| ≤ 2^10, half an ULP is at most 2^-14, so the
 * binary32 value of a / b is less than half from c, and its nearest integer is c. Beyond 2^10, both are outside the bounds, on the same side. All other
 * operands are divided, including ties, NaN, infinities and extreme divisors. This takes six operations per element instead of fifteen.
 *
 * Remainders are compared as integers, in which a NaN is larger than any number, because WGSL lets compilers invert comparisons of floats. The step that
 * improves the reciprocal keeps the compiler from turning a · (1 / b) into one division per element.
 */
export function dividedToCode({
  own,
  slow,
  floats,
  words,
  integers,
}: {
  readonly own: string
  /** The code computed from the quotient. */
  readonly slow: string
  readonly floats: string
  readonly words: string
  readonly integers: string
}): string {
  const splat = (type: string, value: string): string => (type.startsWith('vec') ? `${type}(${value})` : value)
  return `// The nearest integer to a / b, ties to even, clamped to low and high (at most 2^10); NaN gives 0. A reciprocal gives a guess, which is right if
// the remainder is less than 0.4999 of b; otherwise a division decides.
fn ${own}(a: ${floats}, b: ${floats}, low: f32, high: f32) -> ${integers} {
  // 1.5 * 2^23 in two forms, so that the compiler does not cancel them.
  let shift = bitcast<f32>(0x4b400000u + sizes.zero);
  let shift_back = bitcast<f32>(0x4b400000u - sizes.zero);
  let estimate = 1.0 / b;
  let reciprocal = fma(fma(-b, estimate, ${splat(floats, '1.0')}), estimate, estimate);
  let half = bitcast<${words}>(abs(b) * 0.4999);
  // half is from 2^-61 to below 2^62.
  let is_moderate = half - ${splat(words, '0x21000000u')} < ${splat(words, '0x3d800000u')};
  let sum = fma(a, reciprocal, ${splat(floats, 'shift')});
  let rest = bitcast<${words}>(abs(fma(shift_back - sum, b, a)));
  if (!all(is_moderate & (rest < half))) {
    return ${slow};
  }
  return bitcast<${integers}>(clamp(sum, ${splat(floats, 'low + shift')}, ${splat(floats, 'high + shift')})) - ${splat(integers, '0x4b400000')};
}`
}
