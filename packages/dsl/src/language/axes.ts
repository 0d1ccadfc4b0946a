/** Sizes, groups and the axes that stages and reductions open over them. */
import * as affine from '../ir/affine.ts'
import type { Axis, Extent, Guard, LoopId, Size } from '../ir/ir.ts'
import { largestSize } from '../numbers/whole-numbers.ts'
import { DefinitionError, here } from './definition-error.ts'
import { Index, Value } from './value.ts'

/** A symbolic length, bound at launch or fixed at compile time. */
export interface SizeHandle {
  readonly kind: 'size'
  readonly size: Size
  /** The axis in groups of `n`. The index of such a dimension has a `group`; `count` is the number of groups. */
  groups(n: number): Groups
  /** The size as an i32 value. */
  value(): Value
}

/** An axis divided into groups of `length`. The last one may be shorter unless the size is a declared multiple. */
export interface Groups {
  readonly kind: 'groups'
  readonly of: Size
  readonly length: number
  /** The number of groups, as a dimension. */
  readonly count: GroupCount
  /** The elements of one group, as the axis of a reduction. */
  at(group: Index): GroupElements
}
export interface GroupCount {
  readonly kind: 'count'
  readonly extent: Extent
  readonly name: string
}
export interface GroupElements {
  readonly kind: 'elements'
  readonly groups: Groups
  readonly group: Index
}

/** One dimension of a tensor. */
export type DimensionHandle = SizeHandle | Groups | GroupCount | number
/** The axes that a reduction may run over. */
export type ReductionAxis = SizeHandle | Groups | GroupElements | GroupCount | number
/**
 * Several in order, outermost first: `[T, D]`, whose axes are named by the parameters of the function; or by name,
 * `{ t: T, d: D }`, for code whose parameters a minifier renames.
 */
export type Several<Axes> = readonly Axes[] | NamedAxes<Axes>
/** Axes of a stage or a reduction by the names that schedules use: `{ t: T, d: D }`. */
export type NamedAxes<Axes> = Readonly<Record<string, Axes>>

interface Build {
  nextAxis: LoopId
}
let current: Build | undefined

export function sizeHandle(declared: Size): SizeHandle {
  return {
    kind: 'size',
    size: declared,
    groups: n => {
      checkLength(n, `the length of groups of ${declared.name}`)
      const groups: Groups = {
        kind: 'groups',
        of: declared,
        length: n,
        count: { kind: 'count', extent: { size: declared.name, dividedBy: n }, name: `${declared.name}/${n}` },
        at: group => ({ kind: 'elements', groups, group }),
      }
      return groups
    },
    value: () => new Value({ kind: 'size', type: 'i32', size: declared.name }),
  }
}

/** @throws DefinitionError if the number is not a valid length */
export function checkLength(length: number, what: string): void {
  if (!(Number.isInteger(length) && length >= 1 && length <= largestSize))
    throw new DefinitionError(`${here()}: ${what} is ${length}; a whole number from 1 to ${largestSize} is expected`)
}

const dimensionKinds = ['size', 'groups', 'count'] as const
const axisKinds = [...dimensionKinds, 'elements'] as const

/**
 * The kind of a value given as a reduction axis or a tensor dimension.
 * @throws DefinitionError if it is neither a number nor of such a kind
 */
export function checkKind(given: unknown, of: 'axis' | 'dimension', name: string): void {
  if (typeof given === 'number') return
  const kinds: readonly unknown[] = of === 'axis' ? axisKinds : dimensionKinds
  if (kinds.includes((given as { readonly kind?: unknown } | null | undefined)?.kind)) return
  const found =
    given instanceof Value
      ? 'a value'
      : given instanceof Index
        ? 'an index'
        : `of type ${given === null ? 'null' : typeof given}`
  throw new DefinitionError(
    `${here()}: the ${of} ${name} is ${found}; expected a size, a whole number, ${of === 'axis' ? 'groups or the elements of a group' : 'or groups'}`,
  )
}

export function extentOf(dim: DimensionHandle): Extent {
  if (typeof dim === 'number') return dim
  if (dim.kind === 'size') return { size: dim.size.name, dividedBy: 1 }
  return dim.kind === 'groups' ? { size: dim.of.name, dividedBy: 1 } : dim.extent
}

/** Opens the axes of one dimension and returns its index. */
export function openDimension(dim: DimensionHandle, name: string, axes: Axis[], where: Guard[]): Index {
  if (typeof dim !== 'number' && dim.kind === 'groups') return openGroups(dim, name, axes, where)
  const axis: Axis = { id: fresh(), name, extent: extentOf(dim) }
  axes.push(axis)
  const index = affine.variable(axis.id)
  where.push({ axis: name, index, below: axis.extent })
  return new Index(index)
}

function openGroups(dim: Groups, name: string, axes: Axis[], where: Guard[]): Index {
  const group: Axis = { id: fresh(), name: `${name}_group`, extent: dim.count.extent }
  const element: Axis = { id: fresh(), name, extent: dim.length }
  axes.push(group, element)
  const groupIndex = affine.variable(group.id)
  const index = affine.add(affine.scale(groupIndex, dim.length), affine.variable(element.id))
  where.push({ axis: name, index, below: { size: dim.of.name, dividedBy: 1 } })
  return new Index(index, new Index(groupIndex))
}

/** Runs a definition with its own axes, numbered from 0; definitions may nest. */
export function withFreshAxes(define: () => void): void {
  const outer = current
  current = { nextAxis: 0 }
  try {
    define()
  } finally {
    current = outer
  }
}

export const fresh = (): LoopId => {
  if (current === undefined) throw new DefinitionError('indices exist only while a kernel is being defined')
  return current.nextAxis++
}
