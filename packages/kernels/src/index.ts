export { groupAsymmetric, groupAsymmetricDequantize } from './group-asymmetric.ts'
export { groupSymmetric, groupSymmetricDequantize } from './group-symmetric.ts'
export type { Bits, GroupAxis, GroupOptions } from './groups.ts'
export { innerqHybrid, innerqHybridDequantize } from './innerq-hybrid.ts'
export {
  int8PerChannel,
  int8PerChannelDequantize,
  int8PerChannelQuantize,
  int8PerChannelScale,
} from './int8-per-channel.ts'
export { int8PerTensor, int8PerTensorDequantize } from './int8-per-tensor.ts'
export { int8PerToken, int8PerTokenDequantize } from './int8-per-token.ts'
export { kiviKey, kiviKeyDequantize, kiviValue, kiviValueDequantize } from './kivi.ts'
export { kernelLibrary } from './library.ts'
export { type ErrorBound, type LibraryKernel, largestBound, type RoundTrip } from './library-kernel.ts'
export { q4_0, q4_0Dequantize, q8_0, q8_0Dequantize } from './llama-cpp.ts'
export { q4_0Blocks, q4_0BlocksDequantize, q8_0Blocks, q8_0BlocksDequantize } from './llama-cpp-blocks.ts'
export { lmdeployU4, lmdeployU4Dequantize, lmdeployU8, lmdeployU8Dequantize } from './lmdeploy.ts'
export { onnxRuntimeInt8, onnxRuntimeInt8Dequantize } from './onnx-runtime-int8.ts'
export { onnxRuntimeInt8Records, onnxRuntimeInt8RecordsDequantize } from './onnx-runtime-records.ts'
export { findKernel, type LibraryKernelParts, libraryKernel, listKernels, registerKernel } from './registry.ts'
export {
  columnGroupPass,
  elementwise,
  groupPass,
  type KernelSchedule,
  rowPass,
  type ScheduleTarget,
} from './schedules.ts'
export { vllmInt8PerTokenHead, vllmInt8PerTokenHeadDequantize } from './vllm-int8-per-token-head.ts'
