/**
 * Sizes, groups and indices of a kernel that is written with ordinary operators. To TypeScript a size and an index are numbers; while the kernel
 * runs on arrays, an index is one and a size is an object with that value.
 */
import type { SizeFact } from '../ir/ir.ts'

/** A symbolic length, read as a number. */
export type Size = number & SizeMethods
/** What a size has besides its value. */
export interface SizeMethods {
  /** The axis in groups of `length`; the last one is shorter unless the size is a declared multiple. */
  groups(length: number): Groups
}

/** An axis divided into groups of neighbours. As a dimension, it is the whole axis. */
export interface Groups {
  readonly kind: 'groups'
  /** The number of groups, as a dimension. */
  readonly count: number
  /** The elements of one group, as the axis of a reduction. */
  at(group: number): GroupElements
  /** The group of an index of an axis that was opened as these groups. */
  of(index: number): number
}

/** The elements of one group. */
export interface GroupElements {
  readonly kind: 'elements'
  readonly first: number
  readonly end: number
}

/** A dimension of a tensor: a size, groups of one, their number, or a whole number. */
export type Dimension = number | Groups
/** What a reduction may run over. */
export type Axis = number | Groups | GroupElements
/** Several in order, `[T, D]`, named by the parameters of the function, or by name, `{ t: T, d: D }`. */
export type Several<One> = readonly One[] | Readonly<Record<string, One>>
/** The indices of a list of dimensions: as many as it has. */
export type Indices<Dimensions> = Dimensions extends readonly unknown[]
  ? { readonly [Position in keyof Dimensions]: number }
  : readonly number[]

/** Thrown when a kernel cannot run on the arrays given. */
export class RunError extends Error {
  override readonly name = 'RunError'
}

/** A size while a kernel runs: its value is known once an input or the caller has given it. */
export class BoundSize {
  readonly name: string
  readonly facts: SizeFact
  #length: number | undefined
  constructor(name: string, facts: SizeFact, length: number | undefined) {
    this.name = name
    this.facts = facts
    this.#length = length
    this.#check()
  }
  bind(length: number, from: string): void {
    if (this.#length !== undefined && this.#length !== length)
      throw new RunError(`size ${this.name} is ${this.#length}, but ${length} by ${from}`)
    this.#length = length
    this.#check()
  }
  valueOf(): number {
    if (this.#length === undefined)
      throw new RunError(`size ${this.name} has no value yet: no input before this line has it as a dimension`)
    return this.#length
  }
  groups(length: number): Groups {
    const { name } = this
    const total = () => this.valueOf()
    return {
      kind: 'groups',
      get count() {
        return new GroupCount(name, length, total) as unknown as number
      },
      at: group => ({ kind: 'elements', first: group * length, end: Math.min((group + 1) * length, total()) }),
      of: index => Math.floor(index / length),
      ...{ total },
    }
  }
  #check(): void {
    const { multipleOf = 1, atMost = Number.POSITIVE_INFINITY } = this.facts
    const length = this.#length
    if (length === undefined) return
    if (!Number.isInteger(length) || length < 0) throw new RunError(`size ${this.name} is ${length}`)
    if (length % multipleOf !== 0) throw new RunError(`size ${this.name} is ${length}, no multiple of ${multipleOf}`)
    if (length > atMost) throw new RunError(`size ${this.name} is ${length}; at most ${atMost} is allowed`)
  }
}

/** The number of groups of a size. */
class GroupCount {
  readonly of: string
  readonly length: number
  readonly total: () => number
  constructor(of: string, length: number, total: () => number) {
    this.of = of
    this.length = length
    this.total = total
  }
  valueOf(): number {
    return Math.ceil(this.total() / this.length)
  }
}

/** Binds a size that a dimension of an input consists of. */
export function bindDimension(dimension: Dimension, extent: number, from: string): void {
  const given: unknown = dimension
  if (given instanceof BoundSize) given.bind(extent, from)
}

const isGroups = (axis: unknown): axis is Groups | GroupElements =>
  typeof axis === 'object' &&
  axis !== null &&
  ['groups', 'elements'].includes((axis as { kind?: unknown }).kind as string)
const isAxis = (over: unknown): over is Axis =>
  typeof over === 'number' || over instanceof BoundSize || over instanceof GroupCount || isGroups(over)

/** The first index of an axis, and the one after its last. */
export function rangeOf(axis: Axis): { readonly first: number; readonly end: number } {
  if (!isGroups(axis)) return { first: 0, end: Number(axis) }
  return axis.kind === 'elements' ? axis : { first: 0, end: (axis as Groups & { total(): number }).total() }
}

/** Calls `visit` with every combination of indices, the last axis fastest. */
export function eachPoint(axes: readonly Axis[], visit: (...index: number[]) => void): void {
  const index: number[] = []
  const open = (depth: number): void => {
    const axis = axes[depth]
    if (axis === undefined) {
      visit(...index)
      return
    }
    const { first, end } = rangeOf(axis)
    for (let i = first; i < end; i++) {
      index[depth] = i
      open(depth + 1)
    }
  }
  open(0)
}

/** The axes of `[T, D]`, `{ t: T, d: D }` or a single axis. */
export const axesIn = (over: Axis | Several<Axis>): readonly Axis[] =>
  isAxis(over) ? [over] : Object.values<Axis>(over)
