import { tile, vectorize } from '@qernel/schedule'
import { fp8E4m3PerToken, fp8E4m3PerTokenDequantize } from '../fp8/fp8-e4m3-per-token.ts'
import { elementwise, rowPass } from '../schedules/schedules.ts'
import { entry, type LibraryKernel } from './library-kernel.ts'

/** 8-bit floats with a scale per token. */
export const fp8Entries: readonly LibraryKernel[] = [
  entry(fp8E4m3PerToken, rowPass(['scale', 'q'], 1), {
    dequantize: 'fp8_e4m3_per_token_dequantize',
    stored: ['q', 'scale'],
    // Half the step between the two largest numbers, 416 and 448.
    bound: { formula: '16·scale', scale: 'scale', largest: scale => 16 * Math.abs(scale) },
  }),
  entry(fp8E4m3PerTokenDequantize, elementwise([tile({ t: 8, d: 128 }), vectorize({ d: 4 })], { axis: 'd', lanes: 4 })),
]
