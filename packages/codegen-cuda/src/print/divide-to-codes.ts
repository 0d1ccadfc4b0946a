/**
 * Computes quotients rounded to 8-bit codes, four at a time, without dividing. Dividing and converting one element takes three operations of the
 * special function units, which execute 16 per cycle, and limited f16 on an H200 to 0.87 of the memory bandwidth. This takes none per element, no
 * branch, and five operations, four of which run on the widest units: with r = 1 / b correctly rounded, q = a · r, and the remainder a − q · b times r
 * corrects q (Markstein, *Computation of elementary functions on the IBM RISC System/6000 processor*, 1990). Adding 1.5 · 2^23 rounds to an integer,
 * whose low bits are the code.
 *
 * - **Why the code is exact.** The code is the integer nearest to the *rounded* quotient Q. So the corrected q must be on the side of each
 *   half-integer h on which Q is, or equal h if Q does; it fails only if a midpoint m between h and a neighbouring float lies between a / b and
 *   v = q + (a − q · b) · r, which one fma rounds. Take 1 ≤ b < 2, and let u be the last place of h. Since m · b is no float,
 *   |a / b − m| ≥ u · 2^-24 / b. Since r is within 2^-25 of 1 / b, and h below 256 is not within 2^-9 of the next power of two, q is h or the other
 *   neighbour of m, at a distance of u / 2. So a − q · b is exact, and |v − a / b| ≤ b · (u / 2 + |a / b − m|) · 2^-25, which is less than
 *   |a / b − m| for all b < 2. (Below h = 1 / 2 floats are twice as dense, but both sides of that midpoint have the code 0.) Beyond 256, q is beyond
 *   the bounds if Q is. A program compared the codes of all 2^23 significands of b, all h below 256, both midpoints beside each, and the floats on
 *   either side of m · b with those of divisions: 8.6 billion quotients, 0 differences.
 * - **Where it holds.** Exponents do not matter while nothing overflows and the remainder is no denormal: for 2^-100 < |b| < 2^126.
 *   `largest_dividend` returns a limit that no |a| is below for any other b, so that one comparison per element covers this, |a / b| itself, NaN and infinities.
 * - **Codes that need no clamping.** Four elements below |b| · (bound + 1/2) are packed as they are; the limit is 2^-10 less, so that rounding does
 *   not matter, and divisors that are the maximum / 127 stay below it. If one element is not below, each is clamped by itself, and divided
 *   only if it is NaN, infinite, more than 2^20 times b, or b is out of range.
 *
 * The reciprocal and the limit depend only on b and have no other conditions, so the compiler computes them once if rows share their divisors.
 *
 * Before, the remainder was compared with half of b, which proved a guess, except next to ties. If elements are bf16 and the divisor is their maximum / 127,
 * half the maximum is (nearly) a tie: up to 1 of 250 elements was divided, and most warps waited for one.
 */
const inline = '__device__ __forceinline__'

/** What both functions below need. */
export const nearestCode = `// a / b rounded to the nearest integer, ties to even, and clamped to low and high; NaN gives 0.
${inline} unsigned divide_to_code(float a, float b, int low, int high) {
  return max(low, min(high, __float2int_rn(__fdiv_rn(a, b))));
}

// a / b rounded to the nearest integer, ties to even, plus 1.5 * 2^23: the low bits of the float are the code.
// Exact where a is below largest_dividend(b, bound), for bounds up to 2^20.
${inline} float nearest_code(float a, float b) {
  const float reciprocal = __frcp_rn(b);
  const float quotient = __fmul_rn(a, reciprocal);
  const float rest = __fmaf_rn(-quotient, b, a);
  return __fadd_rn(__fmaf_rn(rest, reciprocal, quotient), 12582912.0f);
}

// Slightly less than |b| * (bound + 0.5). Negative or NaN unless 2^-100 < |b| < 2^126.
${inline} float largest_dividend(float b, int bound) {
  const float product = __fmul_rn(__fsub_rn(fabsf(b), 7.888609e-31f), 4.0f * bound + 2.0f);
  return __fmaf_rn(product, -0.75024414f, product);  // inf - inf if it overflows
}

// The code, given the result of nearest_code. Divides only for special values.
${inline} int clamp_code(float a, float b, float code, int low, int high) {
  if (!(fabsf(a) < largest_dividend(b, 1 << 20))) return divide_to_code(a, b, low, high);
  return __float_as_int(fminf(fmaxf(code, 12582912.0f + low), 12582912.0f + high)) - 0x4b400000;
}`

/** One at a time: where rows have no words of codes. */
export const divideOne = `// The same result as divide_to_code, nearly always without a division, and without clamping if it is surely not out of bounds.
${inline} int divide_one(float a, float b, int low, int high) {
  const float code = nearest_code(a, b);
  if (low < 0 && fabsf(a) < largest_dividend(b, min(-low, high))) return __float_as_int(code) - 0x4b400000;
  return clamp_code(a, b, code, low, high);
}`

/** Four at a time. */
export const divideToCodes = `// Packs the low byte of each code, the first in the lowest bits. Codes are from -bound to bound.
${inline} unsigned pack_codes(float4 codes, int bound, int low, int high) {
  if (low > -bound) {
    const float lowest = 12582912.0f + low;
    codes = make_float4(fmaxf(codes.x, lowest), fmaxf(codes.y, lowest), fmaxf(codes.z, lowest), fmaxf(codes.w, lowest));
  }
  if (high < bound) {
    const float highest = 12582912.0f + high;
    codes = make_float4(fminf(codes.x, highest), fminf(codes.y, highest), fminf(codes.z, highest), fminf(codes.w, highest));
  }
  return __byte_perm(__byte_perm(__float_as_uint(codes.x), __float_as_uint(codes.y), 0x0040),
                     __byte_perm(__float_as_uint(codes.z), __float_as_uint(codes.w), 0x0040), 0x5410);
}

// Four results of divide_to_code as the bytes of a word, the first in the lowest bits. Looks at each alone only if one may be out of bounds.
${inline} unsigned divide_to_codes(float4 a, float4 b, int low, int high) {
  const int bound = low < 0 && high > 0 ? min(-low, high) : max(-low, high);
  const float4 codes = make_float4(
      nearest_code(a.x, b.x), nearest_code(a.y, b.y), nearest_code(a.z, b.z), nearest_code(a.w, b.w));
  const bool are_inside =
      (fabsf(a.x) < largest_dividend(b.x, bound)) & (fabsf(a.y) < largest_dividend(b.y, bound)) &
      (fabsf(a.z) < largest_dividend(b.z, bound)) & (fabsf(a.w) < largest_dividend(b.w, bound));
  if (are_inside) return pack_codes(codes, bound, low, high);
  return (clamp_code(a.x, b.x, codes.x, low, high) & 0xff) | (clamp_code(a.y, b.y, codes.y, low, high) & 0xff) << 8 |
         (clamp_code(a.z, b.z, codes.z, low, high) & 0xff) << 16 | unsigned(clamp_code(a.w, b.w, codes.w, low, high)) << 24;
}
${inline} unsigned divide_to_codes(float4 a, float b, int low, int high) {
  return divide_to_codes(a, make_float4(b, b, b, b), low, high);
}`
