// Where a thread is, and how the threads of a block wait for each other. The scheduler in ../driver/threads.cpp runs them.
#pragma once
#include <stdint.h>
#include <string.h>

struct uint3 {
  unsigned x, y, z;
};
struct dim3 {
  unsigned x, y, z;
  constexpr dim3(unsigned x_ = 1, unsigned y_ = 1, unsigned z_ = 1) : x(x_), y(y_), z(z_) {}
};

struct cuda_host_thread {
  uint3 thread, block;
  dim3 threads, blocks;
};

extern "C" {
/// The thread that runs now.
extern cuda_host_thread* cuda_host_current;
void cuda_host_barrier();
/// Every lane of the warp gives its word; returns the word of the lane whose number differs in the bits of `offset`.
uint64_t cuda_host_shuffle_xor(unsigned mask, uint64_t word, unsigned offset);
}

#define threadIdx (cuda_host_current->thread)
#define blockIdx (cuda_host_current->block)
#define blockDim (cuda_host_current->threads)
#define gridDim (cuda_host_current->blocks)
#define warpSize 32

inline void __syncthreads() { cuda_host_barrier(); }

template <class T>
inline T __shfl_xor_sync(unsigned mask, T value, unsigned offset) {
  static_assert(sizeof(T) == 4 || sizeof(T) == 8, "a shuffle moves 4 or 8 bytes");
  uint64_t word = 0;
  memcpy(&word, &value, sizeof(T));
  word = cuda_host_shuffle_xor(mask, word, offset);
  memcpy(&value, &word, sizeof(T));
  return value;
}
