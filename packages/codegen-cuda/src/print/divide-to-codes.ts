/**
 * Quotients as codes of 8 bits, four at a time and without the quotients. A division and a conversion of each element are three operations of the
 * special function units, which take 16 a cycle: f16 was bound by them on an H200 (0.87 of memory). Here an element takes none, and a
 * kernel 12.5 instructions per element in place of 16.5 (f16, 4096 channels, four rows per thread, as counted by ncu).
 *
 * A sum of a · (1 / b) with 1.5 · 2^23 is rounded to an integer, the guess c, which stands in its low bits. The remainder a − c · b proves it.
 *
 * - **The remainder is exact where it decides.** If c is a nearest integer of a / b, then a − c · b is at most |b| / 2 and a multiple of the smaller
 *   last place of a and b: binary32 holds it (the remainder of IEEE 754 is exact for the same reason), and `fma` rounds once, to it.
 *   If c is not, |a − c · b| is at least |b| / 2, and so is what it is rounded to. So |rest| < |b| / 2 exactly where |a / b − c| < 1 / 2.
 * - **A code needs a little more,** since it is the nearest integer of the *rounded* quotient: for |c| ≤ 255 rounding moves a / b by at most 2^-17, half a
 *   last place below 256. |rest| < h, with h = |b| · (1/2 − 2^-16) rounded, keeps |a / b − c| below 1/2 − 2^-17: rounding adds at most 2^-24 of |b| to h.
 *   Where b is a denormal number, rest and h are multiples of 2^-149, and a rest below h is one less than h, which rounding raised by half of one.
 *   Then a / b, rounded, lies within 1/2 of c, and rounds to c.
 * - **Beyond 255** the sum may be no integer, or c = sum − shift not exact, but |rest| < |b| / 2 still says that a / b and c are less than 1/2
 *   apart: both lie beyond the bounds of the code, on the same side.
 * - **Nothing else passes.** A NaN or an infinity in a, b or the sum makes the rest NaN or infinite, or h NaN; h is 0 where b is 0. Nothing is asked of the
 *   reciprocal: a worse one only fails more often. One that fails, 1 of 2^15 at random, sends the four to a division.
 *
 * The reciprocal and h depend on b alone and have no branches, so that the compiler computes them once where rows share their divisors.
 */
const inline = '__device__ __forceinline__'

export const divideToCodes = `// a / b to the nearest integer, ties to even, from low to high; NaN gives 0.
${inline} unsigned divide_to_code(float a, float b, int low, int high) {
  return max(low, min(high, __float2int_rn(__fdiv_rn(a, b))));
}

// A guess at the nearest integer to a / b, in the low bits of a float. It is proven where less than half of b is left of a; for codes
// of 8 bits, with the error of a rounded quotient kept clear.
${inline} float guess_code(float a, float b, bool& is_proven) {
  const float shift = 12582912.0f;  // 1.5 * 2^23
  const float sum = __fmaf_rn(a, __fdividef(1.0f, b), shift);
  const float rest = __fmaf_rn(__fsub_rn(shift, sum), b, a);
  is_proven &= fabsf(rest) < __fmul_rn(fabsf(b), 0.49998474f);
  return sum;
}

// The low byte of each guess, kept from low to high, the first in the lowest bits.
${inline} unsigned pack_guesses(float x, float y, float z, float w, int low, int high) {
  const float lowest = 12582912.0f + low;
  const float highest = 12582912.0f + high;
  const unsigned first = __float_as_uint(fminf(fmaxf(x, lowest), highest));
  const unsigned second = __float_as_uint(fminf(fmaxf(y, lowest), highest));
  const unsigned third = __float_as_uint(fminf(fmaxf(z, lowest), highest));
  const unsigned fourth = __float_as_uint(fminf(fmaxf(w, lowest), highest));
  return __byte_perm(__byte_perm(first, second, 0x0040), __byte_perm(third, fourth, 0x0040), 0x5410);
}

// Four of divide_to_code as the bytes of a word, the first in the lowest bits. Only guesses that are not proven are divided.
${inline} unsigned divide_to_codes(float4 a, float4 b, int low, int high) {
  bool is_proven = true;
  const float x = guess_code(a.x, b.x, is_proven);
  const float y = guess_code(a.y, b.y, is_proven);
  const float z = guess_code(a.z, b.z, is_proven);
  const float w = guess_code(a.w, b.w, is_proven);
  if (is_proven) return pack_guesses(x, y, z, w, low, high);
  return (divide_to_code(a.x, b.x, low, high) & 0xff) | (divide_to_code(a.y, b.y, low, high) & 0xff) << 8 |
         (divide_to_code(a.z, b.z, low, high) & 0xff) << 16 | divide_to_code(a.w, b.w, low, high) << 24;
}
${inline} unsigned divide_to_codes(float4 a, float b, int low, int high) {
  return divide_to_codes(a, make_float4(b, b, b, b), low, high);
}`
