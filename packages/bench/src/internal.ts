/** What other packages of this workspace use beside the public entry point. It may change with any version. */
export { batchSize } from './benchmark.ts'
export { bytesMoved, type Ceiling, ceilingResult, openCeiling } from './ceilings.ts'
export { type Mix, mixes, nearestMix } from './movers.ts'
export { median, quantile } from './quantiles.ts'
export { type TurnListener, takeTurns } from './turns.ts'
export type { RowCheck } from './verify-rows.ts'
