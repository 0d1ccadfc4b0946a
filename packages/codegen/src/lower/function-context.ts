/** The state during the lowering of a program and of one of its functions. */
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

/** The facts about the whole program that the lowering of one function needs. */
export interface ProgramLayout {
  readonly nest: Nest
  readonly target: Target
  /** Declared lanes by buffer. */
  readonly lanes: ReadonlyMap<string, 1 | 2 | 4>
  /** Loads whose subscripts may leave their array according to the definition. */
  readonly leaving: OutOfBoundsLoads
  /** Whether grids are folded if their length is known only at launch; see `fold-grid.ts`. */
  readonly folds: boolean
  /** Names for the shared arrays that single entry points add. All entry points and arrays have one scope. */
  readonly sharedNames: UniqueNames
}

/** A test that a leaf needs. */
export interface Condition {
  /** Equal tests have equal keys, whichever leaf needs them. */
  readonly key: string
  /** Loops whose values the test needs. */
  readonly needs: readonly LoopId[]
  /** Whether all threads of a workgroup agree: the test needs only which workgroup it is. */
  readonly isUniform: boolean
  readonly make: (values: LoopValues) => DeviceExpr
}

/** The state that all statements of a function share. */
export interface FunctionContext extends ProgramLayout {
  readonly indices: IndexArithmetic
  readonly namer: UniqueNames
  readonly workgroup: readonly [number, number, number]
  /** The form of each private buffer: one variable per position, or one array. */
  readonly registers: ReadonlyMap<string, 'variables' | 'array'>
  /** The private buffers that are declared anew in each iteration of a loop; the key undefined has those of the whole function. */
  readonly registersOf: ReadonlyMap<LoopId | undefined, readonly Buffer[]>
  /** Whether threads share memory here, so that barriers may be needed. */
  readonly sharesMemory: boolean
  /** The current names of private buffers: one name per position, or the name of the array. */
  readonly registerNames: Map<string, readonly string[]>
  readonly shapes: ReadonlyMap<Leaf, LeafShape>
  /** The known conditions of leaves, as a cache. */
  readonly conditions: Map<Leaf, readonly Condition[]>
  /** The number of elements of a private buffer that one thread holds, along each dimension. */
  readonly privateShape: (buffer: Buffer) => readonly number[]
  /** The name of a shared array with one element per thread, for combining lanes. */
  readonly scratch: (type: DeviceType) => string
  /** Tests of lanes that stand at the start of the function, after the coordinates. */
  readonly tests: (DeviceStatement & { readonly kind: 'let' })[]
  usesZero: boolean
}
