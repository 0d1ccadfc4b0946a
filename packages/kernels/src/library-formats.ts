import { entry, type LibraryKernel } from './library-kernel.ts'
import { q4_0, q4_0Dequantize, q8_0, q8_0Dequantize } from './llama-cpp.ts'
import { lmdeployU4, lmdeployU4Dequantize, lmdeployU8, lmdeployU8Dequantize } from './lmdeploy.ts'
import { onnxRuntimeInt8, onnxRuntimeInt8Dequantize } from './onnx-runtime-int8.ts'
import { best, elementwise, groupPass, rowPass } from './schedules.ts'
import { vllmInt8PerTokenHead, vllmInt8PerTokenHeadDequantize } from './vllm-int8-per-token-head.ts'

/** A code formed by a product with the rounded reciprocal of the scale: at 128 that is 128 · 2^-23 off. */
const reciprocalBound = {
  formula: 'scale·(1/2 + 2^-16)',
  scale: 'scale',
  largest: (scale: number) => scale * (0.5 + 2 ** -16),
}

const vectors = elementwise('tile(t=4,d=128) vectorize(d=4)')

/** x/scale and zero are both rounded to f32 before they are added, and so is their sum. */
const floatZero = {
  formula: 'scale·(1/2 + (|zero| + 256)·2^-22)',
  scale: 'scale',
  zero: 'zero',
  largest: (scale: number, zero: number) => scale * (0.5 + (Math.abs(zero) + 256) * 2 ** -22),
}

/** What serving systems and file formats store. */
export const formatEntries: readonly LibraryKernel[] = [
  entry(vllmInt8PerTokenHead, rowPass(['scale', 'q'], 2), {
    dequantize: 'vllm_int8_per_token_head_dequantize',
    stored: ['q', 'scale'],
    bound: reciprocalBound,
  }),
  entry(vllmInt8PerTokenHeadDequantize, vectors),
  entry(onnxRuntimeInt8, rowPass(['scale', 'q'], 2), {
    dequantize: 'onnx_runtime_int8_dequantize',
    stored: ['q', 'scale'],
    bound: reciprocalBound,
  }),
  entry(onnxRuntimeInt8Dequantize, vectors),
  entry(lmdeployU8, rowPass(['scale', 'zero', 'q'], 2), {
    dequantize: 'lmdeploy_u8_dequantize',
    stored: ['q', 'scale', 'zero'],
    bound: floatZero,
  }),
  entry(lmdeployU8Dequantize, vectors),
  entry(lmdeployU4, rowPass(['scale', 'zero', 'q'], 2, 'c'), {
    dequantize: 'lmdeploy_u4_dequantize',
    stored: ['q', 'scale', 'zero'],
    bound: floatZero,
  }),
  entry(
    lmdeployU4Dequantize,
    elementwise(
      'split(loop=c,by=64) vectorize(c=4) reorder(order=t.h.c.half.c_in) bind(t=grid.z,h=grid.y,c=grid.x,half=block.y,c_in=block.x)',
    ),
  ),
  entry(q8_0, groupPass(['step', 'd', 'q'], { bits: 8, length: 32, group: 'b' }), {
    dequantize: 'llama_cpp_q8_0_dequantize',
    stored: ['q', 'd'],
    bound: { formula: 'd·(1/2 + 127·2^-11)', scale: 'd', largest: d => d * (0.5 + 127 * 2 ** -11) },
  }),
  entry(q8_0Dequantize, elementwise('tile(t=8,e_group=4,e=32) vectorize(e=4)')),
  entry(
    q4_0,
    best(
      'one dispatch: 4 lanes a block, 8 elements a lane; the block is read again for its codes',
      ({ name, subgroups }) =>
        `fuse(producer=step,consumer=d,loops=2) fuse(producer=step,consumer=q,loops=2) tile(t=8,b=4)${name === 'wgsl' ? ' vectorize(b=2)' : ''} splitReduction(d=32,combine=${subgroups ? 'subgroup' : 'shared'}) vectorize(d=8) split(loop=j,by=16) vectorize(j=4) bind(t_in=block.z,b_in=block.y,d_in=block.x,j_in=block.x)`,
    ),
    {
      dequantize: 'llama_cpp_q4_0_dequantize',
      stored: ['q', 'd'],
      bound: { formula: '|d|·(1 + 8·2^-11)', scale: 'd', largest: d => Math.abs(d) * (1 + 8 * 2 ** -11) },
    },
  ),
  entry(
    q4_0Dequantize,
    elementwise('vectorize(j=4) split(loop=b,by=16) bind(t=grid.y,b=grid.x,b_in=block.z,half=block.y,j=block.x)'),
  ),
]
