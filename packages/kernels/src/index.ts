export { attention, attentionVarlen } from './decode/attention.ts'
export type {
  CacheBuilder,
  CacheFormat,
  CacheSizes,
  Counted,
  KeyReader,
  Query,
  TokenAxes,
  ValueSums,
  Weight,
} from './decode/cache-format.ts'
export { sumsOfProducts } from './decode/cache-format.ts'
export { asymmetricGroupsCache, f16Cache, int8PerTokenCache, symmetricGroupsCache } from './decode/formats.ts'
export { innerqAsymmetricValues, innerqCache, innerqHybridKeys, innerqValues } from './decode/innerq-caches.ts'
export { int8PerChannelCache } from './decode/int8-per-channel-cache.ts'
export { integerScores } from './decode/integer-scores.ts'
export { kiviCache } from './decode/kivi-cache.ts'
export { q4_0Cache, q8_0Cache } from './decode/llama-cpp-caches.ts'
export { scores } from './decode/scores.ts'
export { values } from './decode/values.ts'
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
export { innerqNormalize } from './groups/innerq-normalize.ts'
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
export { formatKernels, kernelLibrary } from './library/library.ts'
export { decodeKernels } from './library/library-decode.ts'
export { type ErrorBound, type LibraryKernel, largestBound, type RoundTrip } from './library/library-kernel.ts'
export { findKernel, type LibraryKernelParts, libraryKernel, listKernels, registerKernel } from './library/registry.ts'
export { columnGroupPass, elementwise, groupPass, rowPass } from './schedules/schedules.ts'
export { attentionSchedules, type RowLayout, scoreSchedules, valueSchedules } from './schedules/schedules-decode.ts'
export {
  blockScoreSchedules,
  type GroupLayout,
  groupAttentionSchedules,
  groupScoreSchedules,
  groupValueSchedules,
} from './schedules/schedules-decode-groups.ts'
