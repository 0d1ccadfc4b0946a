import { bind, cache, reorder, sequence, split, splitReduction, tile, vectorize } from '@qernel/schedule'
import { q4_0, q4_0Dequantize, q8_0, q8_0Dequantize } from '../formats/llama-cpp.ts'
import {
  q4_0Blocks,
  q4_0BlocksDequantize,
  q4_0Scales,
  q8_0Blocks,
  q8_0BlocksDequantize,
  q8_0Scales,
} from '../formats/llama-cpp-blocks.ts'
import { lmdeployU4, lmdeployU4Dequantize, lmdeployU8, lmdeployU8Dequantize } from '../formats/lmdeploy.ts'
import { onnxRuntimeInt8, onnxRuntimeInt8Dequantize } from '../formats/onnx-runtime-int8.ts'
import {
  onnxRuntimeInt8Records,
  onnxRuntimeInt8RecordsDequantize,
  recordScales,
} from '../formats/onnx-runtime-records.ts'
import { vllmInt8PerTokenHead, vllmInt8PerTokenHeadDequantize } from '../formats/vllm-int8-per-token-head.ts'
import {
  best,
  blockPass,
  combine,
  elementwise,
  fuseAll,
  groupPass,
  perTarget,
  rowPass,
} from '../schedules/schedules.ts'
import { entry, type LibraryKernel, roundingOfHalf } from './library-kernel.ts'

/** For codes computed by a product with the rounded reciprocal of the scale: at 128 this is off by 128 · 2^-23. */
const reciprocalBound = {
  formula: 'scale·(1/2 + 2^-16)',
  scale: 'scale',
  largest: (scale: number) => scale * (0.5 + 2 ** -16),
}
/** The smallest scale that binary32 represents with full precision and whose reciprocal is finite. */
const smallestNormal = 2 ** -126
/** The same for formats whose scales may be denormal: codes may then saturate, and the scale is off by half a denormal step. */
const reciprocalBoundOfAny = {
  ...reciprocalBound,
  formula: `${reciprocalBound.formula}, or 128·scale + 2^-143 where the scale is below 2^-126`,
  largest: (scale: number) => (scale < smallestNormal ? 128 * scale + 2 ** -143 : reciprocalBound.largest(scale)),
}

const q8Bound = {
  formula: `d/2 + 127·${roundingOfHalf.formula('d')}`,
  scale: 'd',
  largest: (d: number) => d / 2 + 127 * roundingOfHalf.largest(d),
}
const q4Bound = {
  formula: `|d| + 8·${roundingOfHalf.formula('|d|')}`,
  scale: 'd',
  largest: (d: number) => Math.abs(d) + 8 * roundingOfHalf.largest(d),
}

const vectors = [tile({ t: 4, d: 128 }), vectorize({ d: 4 })]
const vectorsOfAnyRow = elementwise(vectors, { axis: 'd', lanes: 4 })
/** ONNX Runtime declares rows to be whole words of codes. */
const vectorsOfWholeRow = elementwise(vectors)

/** x/scale and zero are rounded to f32 before they are added, and so is their sum; a denormal scale is off by half a denormal step. */
const floatZero = {
  formula: 'scale·(1/2 + (|zero| + 256)·2^-22) + 2^-142',
  scale: 'scale',
  zero: 'zero',
  largest: (scale: number, zero: number) => scale * (0.5 + (Math.abs(zero) + 256) * 2 ** -22) + 2 ** -142,
}

/** The formats of serving systems and files. */
export const formatEntries: readonly LibraryKernel[] = [
  entry(vllmInt8PerTokenHead, rowPass(['scale', 'q'], 2), {
    dequantize: 'vllm_int8_per_token_head_dequantize',
    stored: ['q', 'scale'],
    bound: reciprocalBound,
  }),
  entry(vllmInt8PerTokenHeadDequantize, vectorsOfAnyRow),
  entry(onnxRuntimeInt8, rowPass(['scale', 'q'], 2, { declares: true }), {
    dequantize: 'onnx_runtime_int8_dequantize',
    stored: ['q', 'scale'],
    bound: reciprocalBoundOfAny,
  }),
  entry(onnxRuntimeInt8Dequantize, vectorsOfWholeRow),
  entry(lmdeployU8, rowPass(['scale', 'zero', 'q'], 2), {
    dequantize: 'lmdeploy_u8_dequantize',
    stored: ['q', 'scale', 'zero'],
    bound: floatZero,
  }),
  entry(lmdeployU8Dequantize, vectorsOfAnyRow),
  entry(lmdeployU4, rowPass(['scale', 'zero', 'q'], 2, { axis: 'c' }), {
    dequantize: 'lmdeploy_u4_dequantize',
    stored: ['q', 'scale', 'zero'],
    bound: floatZero,
  }),
  entry(
    lmdeployU4Dequantize,
    elementwise(
      [
        split({ loop: 'c', by: 64 }),
        vectorize({ c: 4 }),
        reorder({ order: 't.h.c.half.c_in' }),
        bind({ t: 'grid.z', h: 'grid.y', c: 'grid.x', half: 'block.y', c_in: 'block.x' }),
      ],
      { axis: 'c', lanes: 4 },
    ),
  ),
  entry(q8_0, groupPass(['step', 'd', 'q'], { bits: 8, length: 32, group: 'b' }), {
    dequantize: 'llama_cpp_q8_0_dequantize',
    stored: ['q', 'd'],
    bound: q8Bound,
  }),
  entry(q8_0Dequantize, elementwise([tile({ t: 8, e_group: 4, e: 32 }), vectorize({ e: 4 })])),
  entry(
    q4_0,
    best('one dispatch: 4 lanes per block, 8 elements per lane, kept in registers; every input is read once', request =>
      sequence(
        fuseAll(['step', 'd', 'q'], 2),
        tile({ t: 8, b: 4 }),
        perTarget(request, { wgsl: [vectorize({ b: 2 })], cuda: [] }),
        splitReduction({ j: 16, combine: combine(request) }),
        split({ loop: 'j', by: 16, stage: 'q' }),
        vectorize({ j: 4 }),
        bind({ t_in: 'block.z', b_in: 'block.y', j_in: 'block.x' }),
        cache({ buffer: 'x', memory: 'register', at: 'b_in' }),
      ),
    ),
    {
      dequantize: 'llama_cpp_q4_0_dequantize',
      stored: ['q', 'd'],
      bound: q4Bound,
    },
  ),
  entry(
    q4_0Dequantize,
    elementwise([
      vectorize({ j: 4 }),
      split({ loop: 'b', by: 16 }),
      bind({ t: 'grid.y', b: 'grid.x', b_in: 'block.z', half: 'block.y', j: 'block.x' }),
    ]),
  ),
  entry(q8_0Blocks, blockPass({ axis: 'e', pairs: 4, lanes: 8 }), {
    dequantize: 'llama_cpp_q8_0_blocks_dequantize',
    stored: ['blocks'],
    bound: { ...q8Bound, scale: 'blocks', scalesIn: q8_0Scales },
  }),
  entry(
    q8_0BlocksDequantize,
    elementwise([
      vectorize({ e: 4 }),
      split({ loop: 'b', by: 32 }),
      bind({ t: 'grid.y', b: 'grid.x', b_in: 'block.y', e: 'block.x' }),
    ]),
  ),
  entry(q4_0Blocks, blockPass({ axis: 'j', pairs: 8, lanes: 4 }), {
    dequantize: 'llama_cpp_q4_0_blocks_dequantize',
    stored: ['blocks'],
    bound: { ...q4Bound, scale: 'blocks', scalesIn: q4_0Scales },
  }),
  entry(
    q4_0BlocksDequantize,
    elementwise([
      vectorize({ j: 4 }),
      split({ loop: 'b', by: 16 }),
      reorder({ order: 'b.b_in.nibble.j' }),
      bind({ t: 'grid.y', b: 'grid.x', b_in: 'block.y', j: 'block.x' }),
    ]),
  ),
  entry(onnxRuntimeInt8Records, rowPass(['step', 'rows_scale', 'rows_q'], 2, { declares: true }), {
    dequantize: 'onnx_runtime_int8_records_dequantize',
    stored: ['rows'],
    bound: { ...reciprocalBoundOfAny, scale: 'rows', scalesIn: recordScales },
  }),
  entry(onnxRuntimeInt8RecordsDequantize, vectorsOfWholeRow),
]
