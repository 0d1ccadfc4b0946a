export { q4_0, q4_0Dequantize, q8_0, q8_0Dequantize } from './formats/llama-cpp.ts'
export { q4_0Blocks, q4_0BlocksDequantize, q8_0Blocks, q8_0BlocksDequantize } from './formats/llama-cpp-blocks.ts'
export { lmdeployU4, lmdeployU4Dequantize, lmdeployU8, lmdeployU8Dequantize } from './formats/lmdeploy.ts'
export { onnxRuntimeInt8, onnxRuntimeInt8Dequantize } from './formats/onnx-runtime-int8.ts'
export { onnxRuntimeInt8Records, onnxRuntimeInt8RecordsDequantize } from './formats/onnx-runtime-records.ts'
export { vllmInt8PerTokenHead, vllmInt8PerTokenHeadDequantize } from './formats/vllm-int8-per-token-head.ts'
export { fp8E4m3PerToken, fp8E4m3PerTokenDequantize } from './fp8/fp8-e4m3-per-token.ts'
export { groupAsymmetric, groupAsymmetricDequantize } from './groups/group-asymmetric.ts'
export { groupSymmetric, groupSymmetricDequantize } from './groups/group-symmetric.ts'
export type { Bits, GroupAxis, GroupOptions } from './groups/groups.ts'
export { innerqHybrid, innerqHybridDequantize } from './groups/innerq-hybrid.ts'
export { kiviKey, kiviKeyDequantize, kiviValue, kiviValueDequantize } from './groups/kivi.ts'
export {
  int8PerChannel,
  int8PerChannelDequantize,
  int8PerChannelQuantize,
  int8PerChannelScale,
} from './int8/int8-per-channel.ts'
export { int8PerTensor, int8PerTensorDequantize } from './int8/int8-per-tensor.ts'
export { int8PerToken, int8PerTokenDequantize } from './int8/int8-per-token.ts'
export { elementBounds } from './library/element-bounds.ts'
export { kernelLibrary } from './library/library.ts'
export { type ErrorBound, type LibraryKernel, largestBound, type RoundTrip } from './library/library-kernel.ts'
export { findKernel, type LibraryKernelParts, libraryKernel, listKernels, registerKernel } from './library/registry.ts'
export { columnGroupPass, elementwise, groupPass, rowPass } from './schedules/schedules.ts'
