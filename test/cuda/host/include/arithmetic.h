// Intrinsics by what CUDA's and PTX's manuals say of them. `_rn` operations are never contracted: GCC's own are hidden in calls.
#pragma once
#include <stdint.h>
#include <string.h>

extern "C" {
float rintf(float) noexcept;
float roundf(float) noexcept;
float floorf(float) noexcept;
float ceilf(float) noexcept;
float truncf(float) noexcept;
float fabsf(float) noexcept;
float fmaf(float, float, float) noexcept;
float sqrtf(float) noexcept;
float expf(float) noexcept;
float exp2f(float) noexcept;
float log2f(float) noexcept;
double nearbyint(double) noexcept;
double floor(double) noexcept;
double ceil(double) noexcept;
double trunc(double) noexcept;
}

template <class To, class From>
inline To cuda_host_bits(From from) {
  static_assert(sizeof(To) == sizeof(From), "the same bits");
  To to;
  memcpy(&to, &from, sizeof(To));
  return to;
}
inline float __int_as_float(int x) { return cuda_host_bits<float>(x); }
inline float __uint_as_float(unsigned x) { return cuda_host_bits<float>(x); }
inline int __float_as_int(float x) { return cuda_host_bits<int>(x); }
inline unsigned __float_as_uint(float x) { return cuda_host_bits<unsigned>(x); }

// Bytes of two words, 0 to 3 of the first and 4 to 7 of the second, one a digit of the selector; the sign of a byte is never asked for.
inline unsigned __byte_perm(unsigned x, unsigned y, unsigned selector) {
  const uint64_t bytes = uint64_t(y) << 32 | x;
  unsigned word = 0;
  for (int i = 0; i < 4; ++i) word |= unsigned(bytes >> 8 * (selector >> 4 * i & 7u) & 0xffu) << 8 * i;
  return word;
}

// A result that no optimization sees through, so that -ffp-contract=fast leaves what made it alone.
inline float cuda_host_rounded(float x) {
  __asm__("" : "+m"(x));
  return x;
}
inline float __fmul_rn(float a, float b) { return cuda_host_rounded(a * b); }
inline float __fadd_rn(float a, float b) { return cuda_host_rounded(cuda_host_rounded(a) + cuda_host_rounded(b)); }
inline float __fsub_rn(float a, float b) { return cuda_host_rounded(cuda_host_rounded(a) - cuda_host_rounded(b)); }
inline float __fdiv_rn(float a, float b) { return a / b; }
inline float __frcp_rn(float a) { return 1.0f / a; }
// Within 2 ULP, which generated code must not rely on: one below for odd significands, one above for even ones.
inline float __fdividef(float a, float b) {
  const float quotient = a / b;
  const unsigned word = cuda_host_bits<unsigned>(quotient);
  const unsigned exponent = word & 0x7f800000u;
  if (exponent == 0u || exponent == 0x7f800000u) return quotient;
  return cuda_host_bits<float>(word & 1u ? word - 1u : word + 1u);
}
inline float __fmaf_rn(float a, float b, float c) { return fmaf(a, b, c); }
inline float __fsqrt_rn(float a) { return sqrtf(a); }

// PTX min.f32 and max.f32: a NaN loses, -0 is below +0.
inline float cuda_host_fminf(float a, float b) {
  if (a != a) return b;
  if (b != b) return a;
  if (a == b) return __float_as_int(a) < 0 ? a : b;
  return a < b ? a : b;
}
inline float cuda_host_fmaxf(float a, float b) {
  if (a != a) return b;
  if (b != b) return a;
  if (a == b) return __float_as_int(a) < 0 ? b : a;
  return a > b ? a : b;
}
#define fminf cuda_host_fminf
#define fmaxf cuda_host_fmaxf

inline int min(int a, int b) { return a < b ? a : b; }
inline int max(int a, int b) { return a > b ? a : b; }
inline unsigned min(unsigned a, unsigned b) { return a < b ? a : b; }
inline unsigned max(unsigned a, unsigned b) { return a > b ? a : b; }
inline unsigned min(int a, unsigned b) { return min(unsigned(a), b); }
inline unsigned max(int a, unsigned b) { return max(unsigned(a), b); }
inline unsigned min(unsigned a, int b) { return min(a, unsigned(b)); }
inline unsigned max(unsigned a, int b) { return max(a, unsigned(b)); }

// Conversions to integers saturate; NaN gives 0.
inline int cuda_host_to_int(double x) {
  if (x != x) return 0;
  return x <= -2147483648.0 ? int(-2147483647 - 1) : x >= 2147483647.0 ? 2147483647 : int(x);
}
inline unsigned cuda_host_to_uint(double x) {
  if (x != x || x <= 0.0) return 0u;
  return x >= 4294967295.0 ? 4294967295u : unsigned(x);
}
inline int __float2int_rn(float x) { return cuda_host_to_int(nearbyint(double(x))); }
inline int __float2int_rd(float x) { return cuda_host_to_int(floor(double(x))); }
inline int __float2int_ru(float x) { return cuda_host_to_int(ceil(double(x))); }
inline int __float2int_rz(float x) { return cuda_host_to_int(trunc(double(x))); }
inline unsigned __float2uint_rn(float x) { return cuda_host_to_uint(nearbyint(double(x))); }
inline unsigned __float2uint_rd(float x) { return cuda_host_to_uint(floor(double(x))); }
inline unsigned __float2uint_ru(float x) { return cuda_host_to_uint(ceil(double(x))); }
inline unsigned __float2uint_rz(float x) { return cuda_host_to_uint(trunc(double(x))); }
inline float __int2float_rn(int x) { return float(x); }
inline float __uint2float_rn(unsigned x) { return float(x); }
