/** What other packages of this workspace use besides the public entry point. It may change with any version. */

export { Memory, type VerifiedRunner } from './arrays/memory.ts'
export type { RowCheck } from './arrays/row-check.ts'
export { runnerOf, verificationProblem } from './batch.ts'
export { batchSize } from './benchmark.ts'
export { bytesMoved, type Ceiling, ceilingResult, openCeiling, warmUp } from './ceiling/ceilings.ts'
export { type Mix, mixes, nearestMix } from './ceiling/copy-kernels.ts'
export { codeOf, type LoadedKernel, loadCompiled } from './load-kernel.ts'
export { type Prepared, prepare } from './prepare-schedule.ts'
export { ceilingOf, type SubjectArrays, setUpArrays } from './subject-setup.ts'
export { type InterleaveListener, runInterleaved } from './timing/interleave.ts'
export { median, quantile } from './timing/quantiles.ts'
