/** What is known while a program, and one of its functions, is lowered. */
import type { Buffer, LoopId, Nest } from '@qernel/dsl'
import type { Leaf, LeavingLoads } from '@qernel/schedule'
import type { DeviceExpr, DeviceType } from './device-program.ts'
import type { IndexArithmetic, LoopValues } from './index-arithmetic.ts'
import type { Access } from './memory-layout.ts'
import type { Namer } from './namer.ts'
import type { Target } from './target.ts'

/** What the lowering of one function has to know of the whole. */
export interface ProgramLayout {
  readonly nest: Nest
  readonly target: Target
  /** Declared lanes by buffer. */
  readonly lanes: ReadonlyMap<string, 1 | 2 | 4>
  readonly accesses: readonly Access[]
  /** Loads that the definition itself lets leave their array. */
  readonly leaving: LeavingLoads
  /** Whether grids whose length only the launch knows are folded: see `fold-grid.ts`. */
  readonly folds: boolean
  /** Names of arrays that entry points declare for themselves, which share one scope with all others. */
  readonly sharedNames: Namer
}

/** A test that a leaf needs. */
export interface Condition {
  /** The same for the same test, whichever leaf asks for it. */
  readonly key: string
  /** Loops whose values the test needs. */
  readonly needs: readonly LoopId[]
  readonly make: (values: LoopValues) => DeviceExpr
}

/** What all statements of a function share. */
export interface FunctionContext extends ProgramLayout {
  readonly indices: IndexArithmetic
  readonly namer: Namer
  readonly workgroup: readonly [number, number, number]
  /** Private buffers: in single variables by their position, or in one array. */
  readonly registers: ReadonlyMap<string, 'variables' | 'array'>
  /** What private buffers are called where lowering stands: a name a position, or the name of the array. */
  readonly registerNames: Map<string, readonly string[]>
  /** The target may contract a product with a sum, and the function has sums of floats. */
  readonly isolatesProducts: boolean
  /** The conditions of each leaf, once they are known. */
  readonly conditions: Map<Leaf, readonly Condition[]>
  /** How many elements of a private buffer one thread holds, along each dimension. */
  readonly privateShape: (buffer: Buffer) => readonly number[]
  /** A shared array with an element a thread, for lanes that meet. */
  readonly scratch: (type: DeviceType) => string
  usesZero: boolean
}
