/**
 * The whole intermediate representation on one page. A kernel (stages over axes) is what an author writes; a nest (loops,
 * stores, buffers) is what schedules rewrite and back ends lower. Both share one expression language. Everything is plain
 * immutable data. `interpret-kernel.ts` and `interpret-nest.ts` define what it means; `validate-kernel.ts` and `validate-nest.ts` define which
 * values are well formed.
 */
import type { OperationName } from './operations.ts'
import type { ComputeType, StorageType } from './types.ts'

/** Identity of a loop or of a stage's axis. Unique in its kernel or nest; names are for people and may repeat. */
export type LoopId = number

/** `constant + Σ coefficient · loop`, integer coefficients only. */
export interface Affine {
  readonly constant: number
  readonly terms: ReadonlyMap<LoopId, number>
}

/**
 * A length: a number, or `times · ceil(size / dividedBy) + plus`. Without `times` and `plus`, which only the dimensions of records have,
 * it is closed under splitting: ceil(ceil(n/a)/b) = ceil(n/(a·b)).
 */
export type Extent =
  | number
  | { readonly size: string; readonly dividedBy: number; readonly times?: number; readonly plus?: number }

/** An expression of a definition or of a nest. A value that is used twice is one object. */
export type Expr =
  | { readonly kind: 'const'; readonly type: ComputeType; readonly value: number }
  /** The launch-time value of a size. */
  | { readonly kind: 'size'; readonly type: 'i32'; readonly size: string }
  /** The value of an index. */
  | { readonly kind: 'index'; readonly type: 'i32'; readonly index: Affine }
  /** One element, widened to its compute type. A subscript that is an expression is a gather, clamped to the dimension; 0 where that is empty. */
  | { readonly kind: 'load'; readonly type: ComputeType; readonly buffer: string; readonly index: readonly Subscript[] }
  | {
      readonly kind: 'op'
      readonly type: ComputeType
      readonly op: OperationName
      readonly args: readonly Expr[]
      readonly to?: StorageType
      /** The name that the author gave it, for people. It is no part of its meaning and of the hash. */
      readonly name?: string
    }
  /** In definitions only: a fold over `axes` in row-major order, starting at `identity`. Never in a nest. */
  | {
      readonly kind: 'reduce'
      readonly type: ComputeType
      readonly op: ReduceOperation
      /** A sum of products: the body is a product, and each step is `fma(a, b, accumulator)`, so the product itself is not rounded. */
      readonly fused?: true
      readonly axes: readonly Axis[]
      readonly identity: number
      /** Points where a guard fails do not take part (a ragged last group). */
      readonly where: readonly Guard[]
      readonly body: Expr
      /** As for an operation. */
      readonly name?: string
    }

/** One index of a load: a sum of loops, or a value (a gather). */
export type Subscript = Affine | Expr
/** How a reduction folds. */
export type ReduceOperation = 'sum' | 'max' | 'min'

/** A fact about a size that holds at every launch. */
export interface SizeFact {
  readonly multipleOf?: number
  readonly atMost?: number
}
/** A length that is bound at launch or fixed at compile time. */
export interface Size {
  readonly name: string
  readonly facts: SizeFact
}

/** One axis of a stage or of a reduction: 0 ≤ id < extent. */
export interface Axis {
  readonly id: LoopId
  readonly name: string
  readonly extent: Extent
}

/**
 * `tensor[index] = value` for every point of `axes` where all guards hold. Each element is stored once: if a tensor has
 * several stages (the fields of a record), they write different elements.
 */
export interface Stage {
  /** Its name in schedules, if a tensor has several stages; otherwise the name of the tensor. */
  readonly name?: string
  readonly tensor: string
  readonly axes: readonly Axis[]
  readonly index: readonly Affine[]
  readonly where: readonly Guard[]
  readonly value: Expr
}

/** A definition: stages over axes, without a schedule. `kernel()` makes one. */
export interface Kernel {
  readonly name: string
  readonly summary: string
  readonly sizes: readonly Size[]
  /** Inputs, outputs and temporaries, in declaration order; all in global memory. */
  readonly tensors: readonly Buffer[]
  readonly stages: readonly Stage[]
}

// ─── Loop nests ──────────────────────────────────────────────────────────────────────────────────────────────────────

/** A dimension of the grid or of a workgroup. */
export type Dimension = 'x' | 'y' | 'z'
/** How a loop runs. Grid and block loops are the threads of a dispatch; the others run inside one thread. */
export type LoopMode = 'serial' | 'unroll' | 'vector' | `grid.${Dimension}` | `block.${Dimension}`

/** `index < below`. Guards stand on leaves, never around statements, so barriers stay in uniform control flow. */
export interface Guard {
  /** The axis that it bounds, for names and messages. */
  readonly axis: string
  readonly index: Affine
  readonly below: Extent
  /**
   * The version of a peeled statement that this guard selects: `whole` like any guard, `tail` where that guard fails,
   * so `index ≥ below`. Its index contains no vector loop.
   */
  readonly peeled?: 'whole' | 'tail'
}

/** One statement of a nest. */
export type Statement = Loop | Store | Update

/** A loop of a nest, with its mode and whether its iterations are ordered. */
export interface Loop {
  readonly kind: 'loop'
  readonly id: LoopId
  readonly name: string
  /** The axis of the definition that this loop belongs to. */
  readonly axis: string
  readonly mode: LoopMode
  /** Its iterations feed one accumulator. */
  readonly reduce: boolean
  /**
   * An iteration may read what an earlier one stored, so they run one after another, from first to last, each once. A
   * reduce loop may also be ordered.
   */
  readonly ordered: boolean
  /**
   * A reduce loop over the lanes of a workgroup, by the same fixed tree on every target: neighbours first, (0,1) (2,3)
   * …, then neighbouring pairs. Every lane gets the result. `subgroup` uses subgroup operations as far as they reach.
   */
  readonly combine?: 'shared' | 'subgroup'
  readonly extent: Extent
  /** Vector loops: the most elements of one memory access; 1 keeps every load scalar. */
  readonly accessWidth?: number
  /** Grid loops: the threads that a multiprocessor should hold at a time, at least. A hint to the compiler of the device. */
  readonly residentThreads?: number
  /** The schedule step that made or last changed the loop, as text. */
  readonly madeBy?: string
  readonly body: readonly Statement[]
}

/** `buffer[index] = value`, where every guard holds. */
export interface Store {
  readonly kind: 'store'
  readonly stage: string
  /** Its name in steps, if its stage has several kinds of statements: one of several passes, or a copy that the schedule made. */
  readonly part?: string
  readonly buffer: string
  readonly index: readonly Affine[]
  readonly value: Expr
  readonly where: readonly Guard[]
}

/** `buffer[index] = op(buffer[index], value)`: the step of a reduction. If fused, the value is a product a · b: `buffer[index] = fma(a, b, buffer[index])`. */
export interface Update {
  readonly kind: 'update'
  readonly stage: string
  /** As for a store. */
  readonly part?: string
  readonly op: ReduceOperation
  /** As in the reduction that it is a step of. */
  readonly fused?: true
  readonly buffer: string
  readonly index: readonly Affine[]
  readonly value: Expr
  readonly where: readonly Guard[]
  /** Atomic, on a global u32 buffer: several workgroups may update the same element. */
  readonly atomic?: true
}

/** An array: of the kernel in global memory, or local to a schedule in shared memory or registers. */
export interface Buffer {
  readonly name: string
  readonly memory: 'global' | 'shared' | 'register'
  readonly role: 'input' | 'output' | 'temporary' | 'local'
  readonly type: StorageType
  /** Copies: the narrower type of the tensor whose values it holds. */
  readonly holds?: StorageType
  readonly dims: readonly Extent[]
  /** Local buffers: fresh storage in each iteration of this loop. */
  readonly scope?: LoopId
  /** A cache hint for global memory, for targets that support it. Results never depend on it. */
  readonly hint?: 'streaming' | 'readonly'
}

/** A fact that a schedule step relies on; checked at every launch. */
export interface Assumption {
  readonly size: string
  readonly multipleOf: number
  readonly because: string
}

/** Every top-level statement is one dispatch; they run in order. */
export interface Nest {
  readonly kernel: Kernel
  /** Sizes fixed at compile time. */
  readonly fixed: ReadonlyMap<string, number>
  readonly assumptions: readonly Assumption[]
  readonly buffers: ReadonlyMap<string, Buffer>
  readonly body: readonly Statement[]
  /** The next unused loop id. */
  readonly nextLoop: LoopId
}
