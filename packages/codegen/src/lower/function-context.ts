/** The state while a program, and one of its functions, is lowered. */
import type { Buffer, LoopId, Nest } from '@qernel/dsl'
import type { UniqueNames } from '@qernel/dsl/internal'
import type { Leaf } from '@qernel/schedule'
import type { OutOfBoundsLoads } from '@qernel/schedule/internal'
import type { Target } from '../compile/target.ts'
import type { DeviceExpr, DeviceStatement } from '../program/device-program.ts'
import type { DeviceType } from '../program/device-type.ts'
import type { IndexArithmetic } from './index-arithmetic.ts'
import type { LeafShape } from './leaf-shape.ts'
import type { LoopValues } from './loop-values.ts'

/** What lowering one function must know about the whole program. */
export interface ProgramLayout {
  readonly nest: Nest
  readonly target: Target
  /** Declared lanes by buffer. */
  readonly lanes: ReadonlyMap<string, 1 | 2 | 4>
  /** Loads that the definition itself lets leave their array. */
  readonly leaving: OutOfBoundsLoads
  /** Whether grids whose length is known only at launch are folded: see `fold-grid.ts`. */
  readonly folds: boolean
  /** Names of arrays that entry points declare for themselves, which share one scope with all others. */
  readonly sharedNames: UniqueNames
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
  readonly namer: UniqueNames
  readonly workgroup: readonly [number, number, number]
  /** Private buffers: in single variables by their position, or in one array. */
  readonly registers: ReadonlyMap<string, 'variables' | 'array'>
  /** The private buffers that are fresh in each iteration of a loop; those of the whole function under undefined. */
  readonly registersOf: ReadonlyMap<LoopId | undefined, readonly Buffer[]>
  /** Whether threads share memory here, so that barriers may be needed. */
  readonly sharesMemory: boolean
  /** What private buffers are called where lowering stands: one name per position, or the name of the array. */
  readonly registerNames: Map<string, readonly string[]>
  readonly shapes: ReadonlyMap<Leaf, LeafShape>
  /** The conditions of each leaf, once they are known. */
  readonly conditions: Map<Leaf, readonly Condition[]>
  /** How many elements of a private buffer one thread holds, along each dimension. */
  readonly privateShape: (buffer: Buffer) => readonly number[]
  /** A shared array with an element a thread, for lanes that meet. */
  readonly scratch: (type: DeviceType) => string
  /** Tests of lanes that the function begins with, behind the coordinates. */
  readonly tests: (DeviceStatement & { readonly kind: 'let' })[]
  usesZero: boolean
}
