/**
 * The device program, the form that every back end prints. Threads, barriers and memory are explicit, packed elements are already
 * words, and vectors have at most 4 lanes.
 */

import type { ElementName, LoopId } from '@qernel/dsl'
import type { DeviceOperation } from '../operations/device-operations.ts'
import type { DeviceType } from './device-type.ts'

/** The element type with which an array is declared or accessed on the target. */
export interface ElementType {
  /** A scalar, or a narrower type that the target addresses natively (CUDA: bytes and halves). */
  readonly storage: ElementName | 'bool'
  readonly lanes: 1 | 2 | 4
}

export type Dimension = 'x' | 'y' | 'z'

export type DeviceExpr =
  | { readonly kind: 'literal'; readonly type: DeviceType; readonly value: number }
  | { readonly kind: 'variable'; readonly type: DeviceType; readonly name: string }
  /** The launch-time value of a size. The size `zero` is always 0, but no compiler can know that. */
  | { readonly kind: 'size'; readonly type: DeviceType; readonly size: string }
  | {
      readonly kind: 'thread'
      readonly type: DeviceType
      readonly of: 'group' | 'local'
      readonly dimension: Dimension
    }
  | {
      readonly kind: 'op'
      readonly type: DeviceType
      readonly op: DeviceOperation
      readonly args: readonly DeviceExpr[]
    }
  | { readonly kind: 'component'; readonly type: DeviceType; readonly of: DeviceExpr; readonly lane: number }
  /** The lane that an index selects. */
  | { readonly kind: 'dynamicComponent'; readonly type: DeviceType; readonly of: DeviceExpr; readonly lane: DeviceExpr }
  /** A vector of scalars, or one scalar for all lanes. */
  | { readonly kind: 'construct'; readonly type: DeviceType; readonly args: readonly DeviceExpr[] }
  /** `lanes` neighbouring elements from `index`, counted in declared elements (so a vec4 array counts vectors). */
  | {
      readonly kind: 'load'
      readonly type: DeviceType
      readonly array: string
      readonly index: DeviceExpr
      readonly access: ElementType
    }

/** The loops of the nest that a statement was lowered in. The same object for all statements of one body. */
export interface Origin {
  /** Loops inside the thread: counted, copied out, or lanes of a vector. */
  readonly loops: readonly LoopId[]
  /** Loops that workgroups or threads run, each with the position that is its index. */
  readonly threads: readonly { readonly loop: LoopId; readonly of: 'group' | 'local'; readonly dimension: Dimension }[]
}

/** A statement, and where it comes from: absent for what belongs to the whole function. */
export type DeviceStatement = StatementForm & { readonly origin?: Origin }

type StatementForm =
  | { readonly kind: 'let'; readonly name: string; readonly value: DeviceExpr; readonly comment?: string }
  | { readonly kind: 'var'; readonly name: string; readonly type: DeviceType; readonly value?: DeviceExpr }
  /** An array that is private to each thread. */
  | { readonly kind: 'array'; readonly name: string; readonly type: DeviceType; readonly length: number }
  /** Assigns a variable, one of its components, or an element of a private array. */
  | {
      readonly kind: 'assign'
      readonly name: string
      readonly lane?: number
      readonly index?: DeviceExpr
      readonly value: DeviceExpr
    }
  /** Stores to global or shared memory; `index` counts elements of `access`. */
  | {
      readonly kind: 'store'
      readonly array: string
      readonly index: DeviceExpr
      readonly access: ElementType
      readonly value: DeviceExpr
    }
  | { readonly kind: 'if'; readonly condition: DeviceExpr; readonly body: readonly DeviceStatement[] }
  | {
      readonly kind: 'for'
      readonly name: string
      readonly extent: DeviceExpr
      readonly unroll: boolean
      readonly body: readonly DeviceStatement[]
      readonly comment?: string
    }
  /** All threads of the workgroup wait here; afterwards each sees what the others wrote to shared memory before. */
  | { readonly kind: 'barrier' }
  /** Atomically: array[index] = max(array[index], value), on u32 words of global memory. */
  | { readonly kind: 'atomicMax'; readonly array: string; readonly index: DeviceExpr; readonly value: DeviceExpr }
  | { readonly kind: 'comment'; readonly text: string }

export interface SharedArray {
  readonly name: string
  readonly type: DeviceType
  /** Elements of `type`. */
  readonly length: number
}

/** An array argument as it is declared. */
export interface GlobalArray {
  readonly name: string
  readonly element: ElementType
  readonly access: 'read' | 'read_write' | 'atomic'
  /** The cache hint for its accesses, on targets that have such hints. */
  readonly hint?: 'streaming' | 'readonly'
}

/** One entry point. */
export interface DeviceFunction {
  readonly entry: string
  readonly workgroup: readonly [number, number, number]
  /** The threads that a multiprocessor should hold at a time, at least. */
  readonly residentThreads?: number
  readonly shared: readonly SharedArray[]
  readonly body: readonly DeviceStatement[]
  /** Names of the global arrays that the function accesses. */
  readonly arrays: readonly string[]
}

/** A nest lowered to threads, barriers, words and vectors, ready for the passes and the printers. */
export interface DeviceProgram {
  readonly arrays: readonly GlobalArray[]
  /** Launch-time sizes, in the order of the uniform buffer or of the arguments. */
  readonly sizes: readonly string[]
  /** Whether a launch must pass the value `zero`. */
  readonly usesZero: boolean
  readonly functions: readonly DeviceFunction[]
}
