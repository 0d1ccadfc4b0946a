// Vector types, as wide and as aligned as CUDA's.
#pragma once

#define CUDA_HOST_VECTORS(name, scalar, align2, align4)                                       \
  struct alignas(align2) name##2 {                                                            \
    scalar x, y;                                                                              \
  };                                                                                          \
  struct name##3 {                                                                            \
    scalar x, y, z;                                                                           \
  };                                                                                          \
  struct alignas(align4) name##4 {                                                            \
    scalar x, y, z, w;                                                                        \
  };                                                                                          \
  inline name##2 make_##name##2(scalar x, scalar y) { return {x, y}; }                        \
  inline name##3 make_##name##3(scalar x, scalar y, scalar z) { return {x, y, z}; }           \
  inline name##4 make_##name##4(scalar x, scalar y, scalar z, scalar w) { return {x, y, z, w}; }

CUDA_HOST_VECTORS(float, float, 8, 16)
CUDA_HOST_VECTORS(int, int, 8, 16)
CUDA_HOST_VECTORS(char, signed char, 2, 4)
CUDA_HOST_VECTORS(uchar, unsigned char, 2, 4)
CUDA_HOST_VECTORS(short, short, 4, 8)
CUDA_HOST_VECTORS(ushort, unsigned short, 4, 8)

struct alignas(8) uint2 {
  unsigned x, y;
};
struct alignas(16) uint4 {
  unsigned x, y, z, w;
};
inline uint2 make_uint2(unsigned x, unsigned y) { return {x, y}; }
inline uint4 make_uint4(unsigned x, unsigned y, unsigned z, unsigned w) { return {x, y, z, w}; }
