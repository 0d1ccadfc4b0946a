/** What other packages of this workspace use besides the public entry point. It may change with any version. */

export type { RowCheck } from './arrays/row-check.ts'
export { batchSize } from './benchmark.ts'
export { bytesMoved, type Ceiling, ceilingResult, openCeiling } from './ceiling/ceilings.ts'
export { type Mix, mixes, nearestMix } from './ceiling/copy-kernels.ts'
export { type InterleaveListener, runInterleaved } from './timing/interleave.ts'
export { median, quantile } from './timing/quantiles.ts'
