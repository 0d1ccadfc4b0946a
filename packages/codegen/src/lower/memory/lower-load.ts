/** Lowers loads: of one element, a vector of neighbors, whole words, or guarded lanes. */
import { type Affine, type Buffer, type Extent, isAffine, type Subscript } from '@qernel/dsl'
import { elementsPerUnit, flatMap } from '@qernel/dsl/internal'
import { constantExtent, isInBounds, mayBeEmpty } from '@qernel/schedule/internal'
import type { DeviceExpr, DeviceStatement, ElementType } from '../../program/device-program.ts'
import { u32Type, withLanes } from '../../program/device-type.ts'
import {
  component,
  construct,
  difference,
  eachLane,
  lessThan,
  literal,
  op,
  product,
  quotient,
  remainder,
  splat,
  sum,
  typeOf,
  variable,
} from '../../program/expressions.ts'
import { type Chunk, rowOf, walksVector } from '../chunk.ts'
import type { FunctionContext } from '../function-context.ts'
import { conjunction } from '../index-arithmetic.ts'
import type { LoopValues } from '../loop-values.ts'
import { isAlignedRun, isPacked, widestAccess } from './memory-layout.ts'
import { loadWords, wordAt } from './packed-access.ts'
import { extractPacked } from './packed-words.ts'
import { loadRegister } from './private-access.ts'
import { mayBeUnwritten } from './unwritten-lanes.ts'
import { widePosition } from './wide-access.ts'
import { wordsOfAccess } from './word-runs.ts'

/** Lowers a data-dependent subscript for one lane. The dimension is given because two dimensions may have the same subscript. */
type Gathered = (s: Subscript, lane: number, dimension: number) => DeviceExpr

/** Loads one lane or all lanes of a chunk; the statements that this needs are added to the chunk. */
export function lowerLoad(buffer: Buffer, index: readonly Subscript[], gathered: Gathered, chunk: Chunk): DeviceExpr {
  const { context, lanes, around, shape } = chunk
  const type = typeOf(buffer.type.compute)
  const uncertain = uncertainSubscripts(buffer, index, chunk)
  const affines = index.map((s, i) => (isAffine(s) && !uncertain.has(i) ? s : undefined))
  const varies = lanes > 1 && index.some(s => (isAffine(s) ? walksVector(s, around) : true))
  const isLocal = buffer.memory !== 'global'
  const masked =
    chunk.masks.some(mask => mask !== undefined) && (!isLocal || (varies && mayBeUnwritten(buffer, index, chunk)))
  if (buffer.memory === 'register')
    return masked
      ? loadBehindMasks(buffer, lane => loadRegister(buffer, index as readonly Affine[], chunk, lane), chunk)
      : loadRegister(buffer, index as readonly Affine[], chunk, varies ? 'all' : 0)
  const scalarAt = (lane: number): DeviceExpr => loadScalar(buffer, index, uncertain, gathered, lane, chunk)
  const bind = (name: string, value: DeviceExpr): DeviceExpr => {
    const fresh = context.namer.fresh(name)
    chunk.statements.push({ kind: 'let', name: fresh, value })
    return variable(fresh, value.type)
  }
  const emptied = flatMap(uncertain, ([i, { mayBeEmpty: may }]) => (may ? [buffer.dims[i] as Extent] : []))
  if (emptied.some(dimension => constantExtent(context.nest, dimension) === 0)) return literal(0, type)
  if (emptied.length > 0) return loadWherePresent(buffer, index, uncertain, varies ? lanes : 1, scalarAt, chunk)
  if (!varies) return bind(`${buffer.name}_value`, scalarAt(0))
  const declared = context.lanes.get(buffer.name) as 1 | 2 | 4
  const vector = withLanes(type, lanes)
  if (buffer.memory === 'shared' && declared === lanes && !masked)
    return bind(
      `${buffer.name}_vec`,
      wideLoad(buffer, affines as readonly Affine[], vector, { storage: type.scalar, lanes }, chunk),
    )
  const words = wordsOfAccess(buffer, affines, chunk)
  if (words !== undefined) return loadWords(buffer, affines as readonly Affine[], vector, chunk, bind, words)
  if (buffer.memory === 'global' && !masked) {
    const wide = Math.min(lanes, shape.accessLimit, widestAccess(buffer, context.target)) as 1 | 2 | 4
    if (
      wide === lanes &&
      isAlignedRun(context.nest, buffer, affines, shape, lanes) &&
      (declared === lanes || !context.target.vectorArithmetic)
    )
      return bind(
        `${buffer.name}_vec`,
        wideLoad(buffer, affines as readonly Affine[], vector, { storage: buffer.type.element, lanes }, chunk),
      )
    if (
      wide === 2 &&
      lanes === 4 &&
      isAlignedRun(context.nest, buffer, affines, shape, 4) &&
      !context.target.vectorArithmetic
    ) {
      const halves = [0, 2].map(first =>
        bind(
          `${buffer.name}_pair`,
          wideLoad(
            buffer,
            affines as readonly Affine[],
            withLanes(type, 2),
            { storage: buffer.type.element, lanes: 2 },
            chunk,
            first,
          ),
        ),
      )
      return construct(
        vector,
        flatMap(halves, half => [component(half, 0), component(half, 1)]),
      )
    }
  }
  if (
    isPacked(buffer, context.target) &&
    buffer.memory === 'global' &&
    affines.every(a => a !== undefined) &&
    isAlignedRun(context.nest, buffer, affines, shape, elementsPerUnit(buffer.type), elementsPerUnit(buffer.type))
  )
    return loadWords(buffer, affines as readonly Affine[], vector, chunk, bind)
  if (!masked)
    return bind(
      `${buffer.name}_vec`,
      construct(
        vector,
        eachLane(lanes, lane => scalarAt(lane)),
      ),
    )
  return loadBehindMasks(buffer, scalarAt, chunk)
}

/** Loads the lanes one by one, masked ones behind their tests; lanes outside stay 0. */
function loadBehindMasks(
  buffer: Buffer,
  scalarAt: (lane: number) => DeviceExpr,
  { context, lanes, masks, masked, statements }: Chunk,
): DeviceExpr {
  const type = typeOf(buffer.type.compute)
  const vector = withLanes(type, lanes)
  const name = context.namer.fresh(`${buffer.name}_vec`)
  statements.push({ kind: 'var', name, type: vector, value: splat(literal(0, type), lanes) })
  for (let lane = 0; lane < lanes; lane++) {
    const load: DeviceStatement = { kind: 'assign', name, lane, value: scalarAt(lane) }
    if (masks[lane] === undefined) statements.push(load)
    else masked.set(lane, [...(masked.get(lane) ?? []), load])
  }
  return variable(name, vector)
}

/** What is unknown about a subscript at compile time. */
interface Uncertain {
  /** Whether its dimension may be empty while the leaf runs; the load then gives 0. */
  readonly mayBeEmpty: boolean
}

/** The subscripts that may leave their dimension, and the data-dependent ones whose dimension may be empty, by position. */
function uncertainSubscripts(
  buffer: Buffer,
  index: readonly Subscript[],
  { context: { leaving, nest }, leaf, around }: Chunk,
): ReadonlyMap<number, Uncertain> {
  const uncertain = new Map<number, Uncertain>()
  if (buffer.memory !== 'global') return uncertain
  for (const [i, s] of index.entries()) {
    const dimension = buffer.dims[i] as Extent
    const empty = mayBeEmpty(nest, leaf, around, dimension)
    const isUncertain = isAffine(s)
      ? leaving.has(leaf.stage, buffer.name) && !isInBounds(nest, leaf, around, s, dimension)
      : empty
    if (isUncertain) uncertain.set(i, { mayBeEmpty: empty })
  }
  return uncertain
}

/** Loads the lanes whose element exists, each behind a test for that; the others are 0. */
function loadWherePresent(
  buffer: Buffer,
  index: readonly Subscript[],
  uncertain: ReadonlyMap<number, Uncertain>,
  lanes: DeviceExpr['type']['lanes'],
  scalarAt: (lane: number) => DeviceExpr,
  chunk: Chunk,
): DeviceExpr {
  const { context, laneValues, masks, masked, statements } = chunk
  const scalar = typeOf(buffer.type.compute)
  const type = withLanes(scalar, lanes)
  const name = context.namer.fresh(`${buffer.name}_${lanes === 1 ? 'value' : 'vec'}`)
  const loads = eachLane(lanes, (lane): DeviceStatement => {
    const tests = flatMap(uncertain, ([i, { mayBeEmpty: may }]) => {
      const s = index[i] as Subscript
      const at = isAffine(s) ? context.indices.affine(s, laneValues[lane] as LoopValues) : literal(0)
      return may ? [lessThan(at, context.indices.extent(buffer.dims[i] as Extent))] : []
    })
    const load: DeviceStatement = { kind: 'assign', name, ...(lanes === 1 ? {} : { lane }), value: scalarAt(lane) }
    return { kind: 'if', condition: conjunction(tests), body: [load] }
  })
  statements.push({ kind: 'var', name, type, value: splat(literal(0, scalar), lanes) })
  for (const [lane, load] of loads.entries())
    if (lanes === 1 || masks[lane] === undefined) statements.push(load)
    else masked.set(lane, [...(masked.get(lane) ?? []), load])
  return variable(name, type)
}

/** The subscripts of one lane. Those that may leave their dimension are clamped to its last element, because no result uses the value loaded there. */
function subscriptsAt(
  buffer: Buffer,
  index: readonly Subscript[],
  uncertain: ReadonlyMap<number, Uncertain>,
  gathered: Gathered,
  lane: number,
  { context, laneValues }: Chunk,
): DeviceExpr[] {
  return index.map((s, i) => {
    if (!isAffine(s)) return gathered(s, lane, i)
    const value = context.indices.affine(s, laneValues[lane] as LoopValues)
    // If the dimension may also be empty, a test stands around the load.
    if (uncertain.get(i)?.mayBeEmpty ?? true) return value
    return op('min', u32Type, value, difference(context.indices.extent(buffer.dims[i] as Extent), literal(1)))
  })
}

function loadScalar(
  buffer: Buffer,
  index: readonly Subscript[],
  uncertain: ReadonlyMap<number, Uncertain>,
  gathered: Gathered,
  lane: number,
  chunk: Chunk,
): DeviceExpr {
  const { context } = chunk
  const type = typeOf(buffer.type.compute)
  const subscripts = subscriptsAt(buffer, index, uncertain, gathered, lane, chunk)
  const last = subscripts.at(-1)
  // A copy of one element has no dimensions.
  if (last === undefined) return elementAt(buffer, literal(0), type, context)
  const row = rowOf(buffer, subscripts, chunk)
  if (buffer.memory === 'global' && isPacked(buffer, context.target)) {
    const word = (position: DeviceExpr): DeviceExpr => wordAt(buffer, row, position, context)
    return extractPacked(buffer.type, last, word)
  }
  const flat = sum(product(row, context.indices.extent(buffer.dims.at(-1) as Buffer['dims'][number])), last)
  return elementAt(buffer, flat, type, context)
}

/** One scalar at a flat position; if the array is declared as vectors, it is read out of a vector. */
function elementAt(buffer: Buffer, flat: DeviceExpr, type: DeviceExpr['type'], context: FunctionContext): DeviceExpr {
  const lanes = context.lanes.get(buffer.name) as 1 | 2 | 4
  const storage = buffer.memory === 'shared' ? type.scalar : buffer.type.element
  if (lanes === 1) return { kind: 'load', type, array: buffer.name, index: flat, access: { storage, lanes: 1 } }
  const whole: DeviceExpr = {
    kind: 'load',
    type: withLanes(type, lanes),
    array: buffer.name,
    index: quotient(flat, lanes),
    access: { storage, lanes },
  }
  return { kind: 'dynamicComponent', type, of: whole, lane: remainder(flat, lanes) }
}

/** Loads `lanes` neighboring elements; every part of the index must be divisible by that number. */
function wideLoad(
  buffer: Buffer,
  index: readonly Affine[],
  type: DeviceExpr['type'],
  access: ElementType,
  chunk: Chunk,
  first = 0,
): DeviceExpr {
  return {
    kind: 'load',
    type,
    array: buffer.name,
    index: widePosition(buffer, index, access.lanes, chunk, first),
    access,
  }
}
