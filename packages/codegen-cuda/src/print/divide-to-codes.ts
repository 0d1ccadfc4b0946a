/**
 * Computes quotients rounded to 8-bit codes, four at a time, without computing the quotients. Dividing and converting one element takes three
 * operations of the special function units, which execute 16 per cycle; they limited f16 on an H200 to 0.87 of the memory bandwidth. This method
 * takes none per element, and a kernel needs 12.5 instead of 16.5 instructions per element (f16, 4096 channels, four rows per thread, counted by ncu).
 *
 * The sum of a · (1 / b) and 1.5 · 2^23 rounds to an integer whose low bits are a guess c for the code. The remainder a − c · b proves the guess.
 *
 * - **The remainder is exact where it decides.** If c is a nearest integer to a / b, then a − c · b is at most |b| / 2 and a multiple of the smaller
 *   last place of a and b. Binary32 can represent it (the remainder of IEEE 754 is exact for the same reason), so `fma` returns it exactly.
 *   If c is not a nearest integer, |a − c · b| is at least |b| / 2, and so is its rounded value. So |rest| < |b| / 2 if and only if |a / b − c| < 1 / 2.
 * - **A code needs a little more,** since it is the integer nearest to the *rounded* quotient. For |c| ≤ 255, rounding moves a / b by at most 2^-17, half a
 *   last place below 256. |rest| < h, with h = |b| · (1/2 − 2^-16) rounded, keeps |a / b − c| below 1/2 − 2^-17, since rounding adds at most 2^-24 · |b| to h.
 *   If b is denormal, rest and h are multiples of 2^-149; a rest below h is at least 2^-149 less than h, and rounding raised h by at most half of that.
 *   The rounded a / b is then within 1/2 of c, and rounds to c.
 * - **Beyond 255** the sum may not be an integer, or c = sum − shift may not be exact, but |rest| < |b| / 2 still means that a / b and c are less than
 *   1/2 apart. Both are then beyond the bounds of the code, on the same side.
 * - **Nothing else passes.** A NaN or an infinity in a, b or the sum makes the rest NaN or infinite, or h NaN; h is 0 if b is 0. The accuracy of the
 *   reciprocal does not matter for the result: a worse one only fails more often. Where a guess fails, that element is divided:
 *   1 of 2^15 at random, but up to 1 of 250 if elements are bf16 and the divisor is their maximum / 127, for which half the maximum is (nearly) a tie.
 *   So only that element is divided: dividing all four cost bf16 per token 5% (131072 × 4096 on an H200: 0.914 of the ceiling, 0.965 without). The
 *   usual path must stay one test and one branch, though: four results kept for four branches cost f16 per channel 8% (0.99 → 0.91).
 *
 * The reciprocal and h depend only on b and have no branches, so the compiler computes them once if rows share their divisors.
 */
const inline = '__device__ __forceinline__'

/** What both functions below need. */
export const guessCode = `// a / b rounded to the nearest integer, ties to even, and clamped to low and high; NaN gives 0.
${inline} unsigned divide_to_code(float a, float b, int low, int high) {
  return max(low, min(high, __float2int_rn(__fdiv_rn(a, b))));
}

// Guesses the nearest integer to a / b, in the low bits of a float. The guess is proven if the remainder is less than half of b,
// minus a margin for the rounding of the quotient, which suffices for 8-bit codes.
${inline} float guess_code(float a, float b, bool& is_proven) {
  const float shift = 12582912.0f;  // 1.5 * 2^23
  const float sum = __fmaf_rn(a, __fdividef(1.0f, b), shift);
  const float rest = __fmaf_rn(__fsub_rn(shift, sum), b, a);
  is_proven = fabsf(rest) < __fmul_rn(fabsf(b), 0.49998474f);
  return sum;
}`

/** One at a time: where rows have no words of codes, or a guess of four is not proven. */
export const guessOrDivide = `// The same result as divide_to_code. Divides only if the guess is not proven.
${inline} int guess_or_divide(float a, float b, int low, int high) {
  bool is_proven;
  const float guess = guess_code(a, b, is_proven);
  if (!is_proven) return divide_to_code(a, b, low, high);
  return __float_as_int(fminf(fmaxf(guess, 12582912.0f + low), 12582912.0f + high)) - 0x4b400000;
}`

/** Four at a time. */
export const divideToCodes = `// Packs the low byte of each guess, clamped to low and high, the first in the lowest bits.
${inline} unsigned pack_guesses(float x, float y, float z, float w, int low, int high) {
  const float lowest = 12582912.0f + low;
  const float highest = 12582912.0f + high;
  const unsigned first = __float_as_uint(fminf(fmaxf(x, lowest), highest));
  const unsigned second = __float_as_uint(fminf(fmaxf(y, lowest), highest));
  const unsigned third = __float_as_uint(fminf(fmaxf(z, lowest), highest));
  const unsigned fourth = __float_as_uint(fminf(fmaxf(w, lowest), highest));
  return __byte_perm(__byte_perm(first, second, 0x0040), __byte_perm(third, fourth, 0x0040), 0x5410);
}

// Four results of divide_to_code as the bytes of a word, the first in the lowest bits. Looks at each alone only if a guess is not proven.
${inline} unsigned divide_to_codes(float4 a, float4 b, int low, int high) {
  bool is_proven[4];
  const float x = guess_code(a.x, b.x, is_proven[0]);
  const float y = guess_code(a.y, b.y, is_proven[1]);
  const float z = guess_code(a.z, b.z, is_proven[2]);
  const float w = guess_code(a.w, b.w, is_proven[3]);
  if (is_proven[0] & is_proven[1] & is_proven[2] & is_proven[3]) return pack_guesses(x, y, z, w, low, high);
  return (guess_or_divide(a.x, b.x, low, high) & 0xff) | (guess_or_divide(a.y, b.y, low, high) & 0xff) << 8 |
         (guess_or_divide(a.z, b.z, low, high) & 0xff) << 16 | unsigned(guess_or_divide(a.w, b.w, low, high)) << 24;
}
${inline} unsigned divide_to_codes(float4 a, float b, int low, int high) {
  return divide_to_codes(a, make_float4(b, b, b, b), low, high);
}`
