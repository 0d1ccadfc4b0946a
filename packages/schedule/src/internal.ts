/** What other packages of this workspace use besides the public entry point. It may change with any version. */
export type { AccessShape, LanePattern, WidestAccess } from './cost/cost-access.ts'
export {
  type AccessFacts,
  type NestFacts,
  nestFacts,
  type PicturedAccess,
  pictured,
  type SharedFacts,
} from './cost/nest-facts.ts'
export {
  bankConflicts,
  type ThreadMap,
  type Touch,
  threadMap,
  type WarpTransactions,
  warpThreads,
  warpTransactions,
} from './cost/thread-map.ts'
export { usualSizes } from './cost/usual-sizes.ts'
export { isInBounds, mayBeEmpty } from './legality/bounds.ts'
export { type OutOfBoundsLoads, outOfBoundsLoads } from './legality/out-of-bounds-loads.ts'
export { ownPart, privateDims } from './legality/private-buffers.ts'
export { listAlternatives } from './legality/refusal.ts'
export { type DeviceLimits, findUnrunnable } from './legality/unrunnable.ts'
export { storeUnit } from './legality/whole-words.ts'
export { anySizeSteps } from './named/any-size.ts'
export { plainSteps } from './named/forms.ts'
export { type ChangedLine, changes, type Stage, stageHeads, stageLines, stagesOf } from './nest/changed-lines.ts'
export { defaultNest } from './nest/default-nest.ts'
export { type Dispatch, dispatchesOf, runningThreads, type SharedBuffer } from './nest/dispatches.ts'
export { constantExtent, isMultiple, knownMultiple, largestValue, neededGuards } from './nest/guards.ts'
export { accessesOf, type NestAccess } from './nest/nest-accesses.ts'
export { buffersOf, stageNames } from './nest/statements.ts'
export { storesApart } from './nest/unordered-values.ts'
export { nearestFirst } from './rewrites/loop-selection.ts'
export { scheduling } from './steps/apply-schedule.ts'
export { canBegin, type LaterStep } from './steps/can-begin.ts'
export { tryVariations } from './steps/variations.ts'
