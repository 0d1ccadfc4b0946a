import { sequence, tile, vectorize } from '@qernel/schedule'
import {
  int8PerChannel,
  int8PerChannelDequantize,
  int8PerChannelQuantize,
  int8PerChannelScale,
} from '../int8/int8-per-channel.ts'
import { int8PerTensor, int8PerTensorDequantize } from '../int8/int8-per-tensor.ts'
import { int8PerToken, int8PerTokenDequantize } from '../int8/int8-per-token.ts'
import { best, elementwise, inStage, rowPass } from '../schedules/schedules.ts'
import { columnMaxima, dequantizeRows, quantizeRows, tensorMaximum } from '../schedules/schedules-int8.ts'
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
    best('the schedules of the scales and of the codes alone, one after the other; the data is read twice', request =>
      sequence(inStage('scale', columnMaxima, request), inStage('q', quantizeRows, request)),
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
      'each workgroup reduces 16 tokens, an atomic maximum combines workgroups, then the schedule of codes alone; the data is read twice',
      request => sequence(inStage('scale', tensorMaximum, request), inStage('q', quantizeRows, request)),
    ),
    { dequantize: 'int8_per_tensor_dequantize', stored: ['q', 'scale'], bound: halfScale() },
  ),
  entry(int8PerTensorDequantize, wide),
]
