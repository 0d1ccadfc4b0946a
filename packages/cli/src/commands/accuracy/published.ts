import { l2SummedInBinary32, type UniformChannelError, uniformChannelError } from '@qernel/testing/internal'

/** The workloads of arXiv 2601.04719 with its mean attention error, and the one entry of its L2 column that we know. */
const published: readonly {
  readonly T: number
  readonly D: number
  readonly attention: number
  readonly l2?: number
}[] = [
  { T: 2048, D: 128, attention: 0.0121 },
  { T: 16384, D: 256, attention: 0.0166 },
  { T: 65536, D: 256, attention: 0.0169 },
  { T: 131072, D: 256, attention: 0.0171 },
  { T: 131072, D: 1024, attention: 0.0336 },
  { T: 131072, D: 2048, attention: 0.0479 },
  { T: 131072, D: 4096, attention: 0.0669 },
  { T: 131072, D: 8192, attention: 0.0949, l2: 22.33 },
]

export const SAMPLED_TOKENS = 256
export const SAMPLED_QUERIES = 64

export interface PublishedSize {
  readonly T: number
  readonly D: number
  readonly published: { readonly attention: number; readonly l2?: number }
  readonly measured: UniformChannelError
  /** The L2 error if the sum is kept in binary32. */
  readonly l2InBinary32: number
}

export function* publishedSizes(): Generator<PublishedSize> {
  for (const [index, { T, D, ...columns }] of published.entries()) {
    const measured = uniformChannelError(T, D, SAMPLED_TOKENS, SAMPLED_QUERIES, index + 1)
    yield { T, D, published: columns, measured, l2InBinary32: l2SummedInBinary32(T * D, index + 1) }
  }
}
