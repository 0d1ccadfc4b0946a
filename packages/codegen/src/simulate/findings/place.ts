import type { DeviceStatement } from '../../program/device-program.ts'
import type { Scope } from '../compile/scope.ts'
import type { AccessTracker } from '../memory/access-tracker.ts'
import type { ArrayMemory } from '../memory/array-memory.ts'
import type { RunningFunction, Site } from './site.ts'

/** The state that all compiled code of a function shares while it runs. */
export interface FunctionState extends RunningFunction {
  readonly memories: ReadonlyMap<string, ArrayMemory>
  readonly sizes: ReadonlyMap<string, number>
  readonly tracker: AccessTracker
  /** Whether threads wait for each other anywhere in the function. */
  readonly waits: boolean
  /** Arrays that the function changes. Accesses to all others cannot conflict. */
  readonly changed: ReadonlySet<string>
  /** The coordinates of the current group. */
  readonly group: Int32Array
  /** Returns a new site number, unique in a run. */
  readonly nextSite: () => number
}

/** The surroundings of a statement. */
export interface Place {
  readonly state: FunctionState
  readonly scope: Scope
  readonly around: readonly DeviceStatement[]
  readonly loops: Site['loops']
  readonly statement?: DeviceStatement
}

export const siteAt = ({ state, statement, around, loops }: Place, kind: Site['kind']): Site => ({
  id: state.nextSite(),
  kind,
  running: state,
  statement,
  around,
  loops,
})
