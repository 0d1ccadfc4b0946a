/** The format of every quantizer of the library by its name. The library names its dequantizer. */
import type { Format } from './format.ts'
import { fp8E4m3PerToken } from './fp8.ts'
import { asymmetric, type Direction, innerq, kivi, symmetric } from './groups.ts'
import { int8PerChannel, int8PerTensor, int8PerToken } from './int8.ts'
import { q4Apart, q4Blocks, q8Apart, q8Blocks } from './llama-cpp.ts'
import { lmdeployU4, lmdeployU8 } from './lmdeploy.ts'
import { onnxRuntimeApart, onnxRuntimeRecords, vllm } from './token-head.ts'

const directions: readonly Direction[] = ['inner', 'outer']
const widths = [8, 4, 3, 2]

const groups = directions.flatMap(direction =>
  [32, 64, 128].flatMap(size =>
    widths.flatMap((bits): readonly [string, Format][] => [
      [`group_symmetric_i${bits}_g${size}_${direction}`, symmetric(bits, size, direction)],
      [`group_asymmetric_u${bits}_g${size}_${direction}`, asymmetric(bits, size, direction)],
    ]),
  ),
)

export const formats: ReadonlyMap<string, Format> = new Map([
  ['int8_per_channel', int8PerChannel],
  // The scales alone, and the codes for given scales.
  ['int8_per_channel_scale', int8PerChannel],
  ['int8_per_channel_quantize', int8PerChannel],
  ['int8_per_token', int8PerToken],
  ['int8_per_tensor', int8PerTensor],
  ['fp8_e4m3_per_token', fp8E4m3PerToken],
  ...groups,
  ...[4, 3, 2].map((bits): [string, Format] => [`innerq_hybrid_u${bits}`, innerq(bits)]),
  ...[4, 2].flatMap((bits): [string, Format][] => [
    [`kivi_key_u${bits}`, kivi(bits, 'outer')],
    [`kivi_value_u${bits}`, kivi(bits, 'inner')],
  ]),
  ['vllm_int8_per_token_head', vllm],
  ['onnx_runtime_int8', onnxRuntimeApart],
  ['onnx_runtime_int8_records', onnxRuntimeRecords],
  ['lmdeploy_u8', lmdeployU8],
  ['lmdeploy_u4', lmdeployU4],
  ['llama_cpp_q8_0', q8Apart],
  ['llama_cpp_q4_0', q4Apart],
  ['llama_cpp_q8_0_blocks', q8Blocks],
  ['llama_cpp_q4_0_blocks', q4Blocks],
])
