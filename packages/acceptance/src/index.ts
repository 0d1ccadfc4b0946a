export { isDenormal, ulpDistance } from './floats.ts'
export { type Interval, intervalsOf } from './intervals.ts'
export {
  type Disagreement,
  disagreements,
  disagreementText,
  exact,
  expectedResults,
  freedomOf,
  judge,
  type OutputVerdict,
  positionIn,
  type Run,
  type Verdict,
} from './judge.ts'
export type { Freedom } from './operate.ts'
export { beyondAnyOrder, distanceOfElements, distanceToDefinition, type OrderDistance } from './order-of-sums.ts'
export type { Reason } from './possible.ts'
export { nodesOf, reordersSums } from './sums.ts'
