// CUDA C++ for a host compiler: what generated files use, computed on the CPU with the results that CUDA defines.
#pragma once
#include <stddef.h>
#include <stdint.h>
#include <type_traits>
#include <utility>

#include "arithmetic.h"
#include "memory.h"
#include "threads.h"
#include "vectors.h"

#define __global__ __attribute__((noinline))
#define __device__
#define __host__
#define __forceinline__ inline __attribute__((always_inline))
#define __launch_bounds__(...)

using cudaStream_t = struct cuda_host_stream*;
enum cudaError_t { cudaSuccess = 0, cudaErrorInvalidValue = 1, cudaErrorInvalidConfiguration = 9 };
inline cudaError_t cuda_host_error = cudaSuccess;
inline cudaError_t cudaGetLastError() { return std::exchange(cuda_host_error, cudaSuccess); }

/// One function of a file, callable through the addresses of its arguments, as cuLaunchKernel hands them over. Kernels return 0.
struct cuda_host_entry {
  const char* name;
  int (*call)(void** arguments);
};

/// One generated file, compiled.
struct cuda_host_module {
  /// The last has no name.
  const cuda_host_entry* entries;
  /// Its static shared memory.
  char* shared_begin;
  char* shared_end;
  /// Whether threads wait for each other anywhere in it.
  bool meets;
};

extern "C" int cuda_host_run(const cuda_host_module*, int (*call)(void**), void** arguments, dim3 blocks, dim3 threads);

template <class R, class... A, size_t... I>
inline int cuda_host_apply(R (*f)(A...), void** arguments, std::index_sequence<I...>) {
  if constexpr (std::is_void_v<R>) {
    f(*static_cast<std::remove_const_t<A>*>(arguments[I])...);
    return 0;
  } else {
    return int(f(*static_cast<std::remove_const_t<A>*>(arguments[I])...));
  }
}
template <class R, class... A>
inline int cuda_host_call(R (*f)(A...), void** arguments) {
  return cuda_host_apply(f, arguments, std::index_sequence_for<A...>());
}

/// kernel<<<blocks, threads, shared, stream>>>(values…): the first of `arguments` is the kernel itself.
template <class... A>
inline void cuda_host_launch(const cuda_host_module& module, void (*kernel)(A...), dim3 blocks, dim3 threads, size_t,
                             cudaStream_t, typename CudaHostSame<A>::type... values) {
  void* arguments[] = {&kernel, const_cast<void*>(static_cast<const void*>(&values))...};
  const auto call = [](void** given) { return cuda_host_call(*static_cast<void (**)(A...)>(given[0]), given + 1); };
  const auto error = cudaError_t(cuda_host_run(&module, call, arguments, blocks, threads));
  // A launch that succeeds leaves an earlier error.
  if (error != cudaSuccess) cuda_host_error = error;
}
