/** What the engine counts at given sizes: bytes, accesses, and who touches what. */

/** The last stage at given sizes. */
export interface Counted {
  /** The value of every size. */
  readonly sizes: Readonly<Record<string, number>>
  readonly bytes: {
    readonly read: number
    readonly written: number
    readonly repeated: number
    readonly fewest: number
  }
  readonly tensors: readonly TensorTraffic[]
  readonly dispatches: readonly DispatchFacts[]
  readonly accesses: readonly AccessFacts[]
  readonly loops: readonly LoopFacts[]
  /** What must be true at every launch: `D must be a multiple of 4, by step 3: predicate(d=assume)`. */
  readonly assumptions: readonly string[]
}

/** Bytes of one tensor in global memory. */
export interface TensorTraffic {
  readonly tensor: string
  readonly role: 'input' | 'output' | 'temporary'
  readonly moved: number
  /** One read of an input, one write of an output. */
  readonly fewest: number
  /** Loads that some loop repeats and caches serve; not part of `moved`. */
  readonly repeated: number
}

export interface DispatchFacts {
  /** Extents as text; empty if there is one workgroup. */
  readonly grid: readonly string[]
  readonly threads: number
  readonly sharedBytes: number
}

/** One access to global memory. */
export interface AccessFacts {
  readonly buffer: string
  readonly kind: 'load' | 'store' | 'update'
  readonly dispatch: number
  /** Bytes that one access of a thread takes. */
  readonly laneBytes: number
  readonly pattern: 'contiguous' | 'same' | 'strided' | 'single' | 'computed'
  /** Sectors of 32 bytes that the first access of the first 32 threads moves, and the fewest; absent if positions are computed. */
  readonly sectors?: { readonly moved: number; readonly fewest: number }
  /** Ids of the loops that its position depends on. */
  readonly loops: readonly number[]
}

/** A window of a tensor, and the threads of the first workgroup that touch its elements through one access. */
export interface Picture {
  /** Extents of the tensor. */
  readonly dims: readonly number[]
  /** The position along all but the last two axes. */
  readonly plane: readonly number[]
  /** Positions along the axis before the last, in order; `[0]` for a tensor of one axis. */
  readonly rows: readonly number[]
  /** The first position along the last axis, and how many follow. */
  readonly left: number
  readonly columns: number
  /** How many rows and columns the workgroup touches in all. */
  readonly ofRows: number
  readonly ofColumns: number
  /** One per touched element of the window: the first thread that touches it. */
  readonly touches: readonly Touch[]
}

export interface Touch {
  readonly thread: number
  /** Which of its accesses, from 0. */
  readonly moment: number
  /** Position in `rows`. */
  readonly row: number
  /** Position from `left`. */
  readonly column: number
}

export interface LoopFacts {
  readonly id: number
  readonly name: string
  readonly axis: string
  /** `serial`, `unroll`, `vector`, `grid.x`, `block.x`, … */
  readonly mode: string
  /** Its length as text. */
  readonly extent: string
  readonly dispatch: number
  /** The step that made or last changed it. */
  readonly madeBy?: string
}
