/** What other packages of this workspace use besides the public entry point. It may change with any version. */

export { Evaluator } from './measure/evaluator.ts'
export { measureCeiling } from './measure/finalists.ts'
export { type CostParts, costOfParts, costParts } from './space/predicted-cost.ts'
export { type ForestSettings, forestSettings, forestWith } from './strategy/forest.ts'
