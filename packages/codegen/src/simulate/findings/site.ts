import type { DeviceStatement } from '../../program/device-program.ts'
import type { ThreadAccess } from './finding.ts'
import { statementText } from './statement-text.ts'

/** The parts of the running function that messages need. */
export interface RunningFunction {
  readonly entry: string
  readonly workgroup: readonly [number, number, number]
  readonly grid: readonly [number, number, number]
  /** Local values of the threads. */
  readonly frame: Float64Array
}

/** One kind of access by a statement in its place. */
export interface Site {
  /** Unique in a run. */
  readonly id: number
  readonly kind: ThreadAccess['kind']
  readonly running: RunningFunction
  readonly statement: DeviceStatement | undefined
  readonly around: readonly DeviceStatement[]
  /** The frame slots of the loops around the statement. */
  readonly loops: readonly { readonly name: string; readonly slot: number }[]
}

/** The access of a thread at a site. `thread` is its number in the whole dispatch; `at` is the start of its frame. */
export function accessAt({ kind, running, statement, around, loops }: Site, thread: number, at: number): ThreadAccess {
  const { entry, workgroup, grid, frame } = running
  const [x, y, z] = workgroup
  const threads = x * y * z
  return {
    kind,
    entry,
    group: coordinates(Math.floor(thread / threads), grid),
    local: coordinates(thread % threads, workgroup),
    statement: statement === undefined ? 'end' : statementText(statement),
    inside: around.map(statementText),
    loops: Object.fromEntries(loops.map(({ name, slot }) => [name, frame[at + slot] as number])),
  }
}

/** A linear index as coordinates, x fastest. */
export const coordinates = (linear: number, [x, y]: readonly [number, number, number]): [number, number, number] => [
  linear % x,
  Math.floor(linear / x) % y,
  Math.floor(linear / (x * y)),
]
