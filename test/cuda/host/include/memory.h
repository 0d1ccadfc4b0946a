// Memory operations: atomics (threads take turns, so any operation is one), and loads and stores with cache hints.
#pragma once

template <class T>
inline T atomicMax(T* place, T value) {
  const T before = *place;
  if (value > before) *place = value;
  return before;
}
template <class T>
inline T atomicMin(T* place, T value) {
  const T before = *place;
  if (value < before) *place = value;
  return before;
}
template <class T>
inline T atomicAdd(T* place, T value) {
  const T before = *place;
  *place = before + value;
  return before;
}

// The pointer alone says which overload is meant, as on the device: a value converts to what it points to.
template <class T>
struct CudaHostSame {
  using type = T;
};
#define CUDA_HOST_LOAD(name) \
  template <class T>         \
  inline T name(const T* place) { return *place; }
#define CUDA_HOST_STORE(name) \
  template <class T>          \
  inline void name(T* place, typename CudaHostSame<T>::type value) { *place = value; }
CUDA_HOST_LOAD(__ldg)
CUDA_HOST_LOAD(__ldca)
CUDA_HOST_LOAD(__ldcg)
CUDA_HOST_LOAD(__ldcs)
CUDA_HOST_LOAD(__ldlu)
CUDA_HOST_LOAD(__ldcv)
CUDA_HOST_STORE(__stwb)
CUDA_HOST_STORE(__stcg)
CUDA_HOST_STORE(__stcs)
CUDA_HOST_STORE(__stwt)
