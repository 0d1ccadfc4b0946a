import {
  type Affine,
  affine,
  dimensionOf,
  type Extent,
  isBlock,
  isBound,
  isGrid,
  type Loop,
  type LoopId,
  type Nest,
} from '@qernel/dsl'
import type { UniqueNames } from '@qernel/dsl/internal'
import { flatMap } from '@qernel/dsl/internal'
import { constantExtent, isMultiple } from '@qernel/schedule/internal'
import type { DeviceExpr, DeviceStatement, Dimension } from '../program/device-program.ts'
import { boolType, u32Type } from '../program/device-type.ts'
import { difference, literal, op, product, quotient, sum, variable } from '../program/expressions.ts'
import type { LoopValues } from './loop-values.ts'

/** An affine index split by the origin of its terms. The split is the same everywhere in the function. */
interface IndexParts {
  /** The sum of the terms that depend on the place of the thread. */
  readonly coordinate: DeviceExpr
  readonly coefficients: readonly number[]
  /** The loops that the code counts, each with its coefficient. */
  readonly counted: readonly (readonly [LoopId, number])[]
}

/**
 * Affine indices as u32 expressions. The part that depends only on the thread (its place in the grid and the block) is computed once
 * at the start of the function and named after the axis: `let t = group.y * 16 + local.y`.
 */
export class IndexArithmetic {
  /** The statements that name positions of the thread. Each belongs to the loops whose indices it adds, in all parts of the function. */
  readonly coordinates: DeviceStatement[] = []
  readonly #names = new Map<string, { readonly value: DeviceExpr; readonly loops: LoopId[] }>()
  readonly #parts = new Map<Affine, IndexParts>()
  readonly #own = new Map<Affine, Affine>()
  readonly #nest: Nest
  readonly #loops: ReadonlyMap<LoopId, Loop>
  readonly #namer: UniqueNames

  /** The position of the workgroup by dimension, if it differs from the one that the device gives. */
  readonly #group: Map<Dimension, DeviceExpr> = new Map()

  constructor(nest: Nest, loops: ReadonlyMap<LoopId, Loop>, namer: UniqueNames) {
    this.#nest = nest
    this.#loops = loops
    this.#namer = namer
  }

  /** The value of an affine index for the given values of its loops. */
  affine(a: Affine, values: LoopValues): DeviceExpr {
    return this.divided(a, values, 1)
  }

  /** floor(a / by). */
  divided(a: Affine, values: LoopValues, by: number): DeviceExpr {
    const { coordinate, coefficients, counted } = this.#partsOf(a, values)
    if (counted.length === 0 && a.constant === 0 && by === 1) return coordinate
    const rest: [DeviceExpr, number][] = []
    let constant = a.constant
    for (const [id, c] of counted) {
      const value = values.get(id)
      if (typeof value === 'number') constant += c * value
      else if (value !== undefined) rest.push([value.value, c])
    }
    const exact =
      by === 1 || (constant % by === 0 && rest.every(([, c]) => c % by === 0) && coefficients.every(c => c % by === 0))
    if (!exact) return quotient(this.divided(a, values, 1), by)
    // Subtractions come last, so that no intermediate value is below 0 unless the index itself is.
    let result = quotient(coordinate, by)
    for (const [value, c] of rest) if (c > 0) result = sum(result, product(value, literal(c / by)))
    if (constant > 0) result = sum(result, literal((constant / by) % 2 ** 32))
    for (const [value, c] of rest) if (c < 0) result = difference(result, product(value, literal(-c / by)))
    return constant < 0 ? difference(result, literal((-constant / by) % 2 ** 32)) : result
  }

  /** The part of an index that comes from loops within the thread: the position in the thread's private part of a buffer. */
  own(a: Affine): Affine {
    const known = this.#own.get(a)
    if (known !== undefined) return known
    const isThread = (id: LoopId): boolean => isBound(this.#loops.get(id)?.mode ?? 'serial')
    const own = [...a.terms.keys()].some(isThread)
      ? { constant: a.constant, terms: affine.part(a, id => !isThread(id)).terms }
      : a
    this.#own.set(a, own)
    return own
  }

  /** Makes later indices use the positions of workgroups in a folded grid. */
  placeGroups(place: ReadonlyMap<Dimension, DeviceExpr>): void {
    for (const [dimension, value] of place) this.#group.set(dimension, value)
  }

  /** The value of a grid or block loop, which is the position of the thread. */
  thread({ mode }: Loop): DeviceExpr {
    const dimension = dimensionOf(mode) as Dimension
    const placed = isGrid(mode) ? this.#group.get(dimension) : undefined
    return placed ?? { kind: 'thread', type: u32Type, of: isGrid(mode) ? 'group' : 'local', dimension }
  }

  extent(e: Extent): DeviceExpr {
    const known = constantExtent(this.#nest, e)
    if (known !== undefined) return literal(known)
    const { size, dividedBy, times = 1, plus } = e as Exclude<Extent, number>
    const divides = isMultiple(this.#nest, { size, dividedBy: 1 }, dividedBy)
    const whole = quotient(divides ? this.size(size) : sum(this.size(size), literal(dividedBy - 1)), dividedBy)
    const several = times === 1 ? whole : product(whole, literal(times))
    return plus === undefined ? several : sum(several, literal(plus))
  }

  size(name: string): DeviceExpr {
    const fixed = this.#nest.fixed.get(name)
    if (fixed !== undefined) return literal(fixed)
    return { kind: 'size', type: u32Type, size: name }
  }

  #partsOf(a: Affine, values: LoopValues): IndexParts {
    const known = this.#parts.get(a)
    if (known !== undefined) return known
    const threads = new Map<LoopId, number>()
    const counted: [LoopId, number][] = []
    for (const [id, c] of a.terms) {
      const value = values.get(id)
      if (value === undefined) throw new Error(`loop ${id} has no value here`)
      if (typeof value !== 'number' && value.thread && c > 0) threads.set(id, c)
      else counted.push([id, c])
    }
    const parts = { coordinate: this.#coordinate(threads), coefficients: [...threads.values()], counted }
    this.#parts.set(a, parts)
    return parts
  }

  /** The named value of a sum of thread indices. */
  #coordinate(thread: ReadonlyMap<LoopId, number>): DeviceExpr {
    if (thread.size === 0) return literal(0)
    const terms = [...thread]
      .map(([id, c]) => ({ loop: this.#loops.get(id) as Loop, c }))
      .sort((x, y) => y.c - x.c || (x.loop.mode < y.loop.mode ? 1 : -1))
    const [only] = terms
    if (terms.length === 1 && only?.c === 1 && isBlock(only.loop.mode)) return this.thread(only.loop)
    const key = terms.map(({ loop, c }) => `${c}*${loop.mode}`).join('+')
    const known = this.#names.get(key)
    if (known !== undefined) {
      for (const { loop } of terms) if (!known.loops.includes(loop.id)) known.loops.push(loop.id)
      return known.value
    }
    const value = terms.map(({ loop, c }) => product(this.thread(loop), literal(c))).reduce(sum)
    const axes = [...new Set(terms.map(({ loop }) => loop.axis))]
    const name = this.#namer.fresh(axes.length === 1 ? (axes[0] as string) : 'position')
    const made = [...new Set(flatMap(terms, ({ loop }) => (loop.madeBy === undefined ? [] : [loop.madeBy])))]
    const comment = made.length > 0 ? { comment: made.join(' ') } : {}
    const loops = terms.map(({ loop }) => loop.id)
    this.coordinates.push({ kind: 'let', name, value, origin: { loops, threads: [] }, ...comment })
    const named = variable(name, u32Type)
    this.#names.set(key, { value: named, loops })
    return named
  }
}

/** Whether all conditions hold. */
export const conjunction = (conditions: readonly DeviceExpr[]): DeviceExpr =>
  conditions.length === 1 ? (conditions[0] as DeviceExpr) : op('all', boolType, ...conditions)
