export { acceptResult, type Disagreement, disagreements, flushDenormals, isDenormal } from './acceptance.ts'
export {
  type AttentionError,
  attentionError,
  l2SummedInBinary32,
  type UniformChannelError,
  uniformChannelError,
  uniformNumbers,
} from './accuracy.ts'
export {
  type AttentionScoreError,
  attentionScoreError,
  type BoundCheck,
  type CodeAgreement,
  checkRoundTrip,
  compareCodes,
  payloadBytes,
  type ReconstructionError,
  reconstructionError,
  roundTripBound,
} from './metrics.ts'
