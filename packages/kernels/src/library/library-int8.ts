import { bind, sequence, splitReduction, tile, vectorize } from '@qernel/schedule'
import {
  int8PerChannel,
  int8PerChannelDequantize,
  int8PerChannelQuantize,
  int8PerChannelScale,
} from '../int8/int8-per-channel.ts'
import { int8PerTensor, int8PerTensorDequantize } from '../int8/int8-per-tensor.ts'
import { int8PerToken, int8PerTokenDequantize } from '../int8/int8-per-token.ts'
import { best, combine, elementwise, rowPass, wholeVectors } from '../schedules/schedules.ts'
import { columnMaxima, dequantizeRows, quantizeRows } from '../schedules/schedules-int8.ts'
import { entry, halfScale, type LibraryKernel } from './library-kernel.ts'

const wide = elementwise([tile({ t: 8, d: 128 }), vectorize({ d: 4 })], { axis: 'd', lanes: 4 })
const perChannel = {
  dequantize: 'int8_per_channel_dequantize',
  stored: ['q', 'scale'],
  channelScales: 'scale',
  bound: halfScale(),
}

/** INT8 with one scale per channel, per token or per tensor. */
export const int8Entries: readonly LibraryKernel[] = [
  entry(
    int8PerChannel,
    best(
      'maxima over 256 tokens, combined by an atomic maximum, then 16 bytes per lane; the data is read twice',
      request =>
        sequence(
          splitReduction({ t: 256, combine: 'atomic' }),
          tile({ d: 64, stage: 'scale' }),
          tile({ t: 8, d: 128, stage: 'q' }),
          vectorize({ d: 4 }),
          wholeVectors(request, 'd', 4),
        ),
    ),
    perChannel,
  ),
  entry(int8PerChannelScale, columnMaxima),
  entry(int8PerChannelQuantize, quantizeRows, perChannel),
  entry(int8PerChannelDequantize, dequantizeRows),
  entry(int8PerToken, rowPass(['scale', 'q'], 1), {
    dequantize: 'int8_per_token_dequantize',
    stored: ['q', 'scale'],
    bound: halfScale(),
  }),
  entry(int8PerTokenDequantize, wide),
  entry(
    int8PerTensor,
    best(
      'each workgroup reduces 16 tokens, an atomic maximum combines workgroups, then 16 bytes per lane; the data is read twice',
      request =>
        sequence(
          splitReduction({ t: 16, combine: 'atomic' }),
          splitReduction({ d: 128, combine: combine(request) }),
          tile({ t: 8, d: 128, stage: 'q' }),
          vectorize({ d: 4 }),
          bind({ i0: 'grid.y', t_part: 'grid.x', d_in: 'block.x', stage: 'scale' }),
          wholeVectors(request, 'd', 4),
        ),
    ),
    { dequantize: 'int8_per_tensor_dequantize', stored: ['q', 'scale'], bound: halfScale() },
  ),
  entry(int8PerTensorDequantize, wide),
]
