// binary16 as CUDA stores and converts it: to nearest, ties to even; overflow gives an infinity.
#pragma once
#include "arithmetic.h"

struct __half {
  unsigned short bits;
};
struct alignas(4) __half2 {
  __half x, y;
};

inline __half __float2half_rn(float value) {
  const unsigned word = __float_as_uint(value);
  const unsigned sign = (word >> 16) & 0x8000u;
  const unsigned magnitude = word & 0x7fffffffu;
  if (magnitude > 0x7f800000u) return {0x7fff};
  // 65520 is the midpoint of the largest number and infinity.
  if (magnitude >= 0x477ff000u) return {static_cast<unsigned short>(sign | 0x7c00u)};
  if (magnitude < 0x38800000u) {
    // Denormals of binary16 are multiples of 2^-24: adding 0.5 rounds to them in the last bit of the sum.
    const float sum = cuda_host_rounded(__uint_as_float(magnitude) + 0.5f);
    return {static_cast<unsigned short>(sign | (__float_as_uint(sum) - 0x3f000000u))};
  }
  const unsigned odd = (magnitude >> 13) & 1u;
  return {static_cast<unsigned short>(sign | ((magnitude - 0x38000000u + 0xfffu + odd) >> 13))};
}
inline float __half2float(__half half) {
  const unsigned sign = unsigned(half.bits & 0x8000u) << 16;
  const unsigned magnitude = half.bits & 0x7fffu;
  if (magnitude >= 0x7c00u) return __uint_as_float(sign | 0x7f800000u | ((magnitude & 0x3ffu) << 13));
  if (magnitude < 0x400u) {
    const float small = float(magnitude) * 0x1p-24f;
    return sign ? -small : small;
  }
  return __uint_as_float(sign | ((magnitude << 13) + 0x38000000u));
}
inline __half2 __halves2half2(__half x, __half y) { return {x, y}; }
inline unsigned short __half_as_ushort(__half half) { return half.bits; }
inline __half __ushort_as_half(unsigned short bits) { return {bits}; }
