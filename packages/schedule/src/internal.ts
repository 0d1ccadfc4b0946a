/** What other packages of this workspace use beside the public entry point. It may change with any version. */
export type { AccessShape, LanePattern, WidestAccess } from './cost-access.ts'
export { defaultNest } from './default-nest.ts'
export { type Dispatch, dispatchesOf, runningThreads, type SharedBuffer } from './dispatches.ts'
export { constantExtent, isMultiple, knownMultiple, largestValue, neededGuards } from './guards.ts'
export { type LeavingLoads, leavingLoads } from './leaving-loads.ts'
export { nearestFirst } from './loop-selection.ts'
export { accessesOf, type NestAccess } from './nest-accesses.ts'
export { storeUnit } from './ownership.ts'
export { ownPart, privateDims } from './private-buffers.ts'
export { listAlternatives } from './refusal.ts'
export { mayBeEmpty, staysInside } from './stays-inside.ts'
export {
  bankConflicts,
  type ThreadMap,
  type Touch,
  threadMap,
  type WarpTransactions,
  warpThreads,
  warpTransactions,
} from './thread-map.ts'
export { type DeviceLimits, findUnfinished } from './unfinished.ts'
