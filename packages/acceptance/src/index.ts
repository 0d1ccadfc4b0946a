export { isDenormal, ulpDistance } from './floats.ts'
export {
  type Disagreement,
  disagreements,
  disagreementText,
  distanceToDefinition,
  exact,
  expectedResults,
  freedomOf,
  judge,
  type OrderDistance,
  type OutputVerdict,
  positionIn,
  type Run,
  type Verdict,
} from './judge.ts'
export type { Freedom } from './operate.ts'
export type { Reason } from './possible.ts'
export { nodesOf, reordersSums } from './sums.ts'
