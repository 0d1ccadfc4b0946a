/** One store or update: its loads, its value in chunks of at most 4 lanes, and the write. */
import {
  type Affine,
  type Buffer,
  type Extent,
  elementsPerUnit,
  isAffine,
  type Loop,
  type LoopId,
  type Subscript,
} from '@qernel/dsl'
import { constantExtent, type Leaf, ownPart } from '@qernel/schedule'
import {
  boolType,
  type DeviceExpr,
  type DeviceStatement,
  type ElementType,
  f32Type,
  u32Type,
  withLanes,
} from './device-program.ts'
import {
  component,
  construct,
  difference,
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
} from './expressions.ts'
import type { LoopValue, LoopValues } from './index-arithmetic.ts'
import { lowerExpression } from './lower-expression.ts'
import type { FunctionContext } from './lower-function.ts'
import {
  accessLimit,
  isAlignedRun,
  isPacked,
  lanesInnermost,
  maskingGuards,
  rowAlignment,
  vectorLoops,
  widestAccess,
} from './memory-layout.ts'
import { extractPacked, narrowBits, packWords } from './packed-words.ts'
import { staysInside } from './stays-inside.ts'

/** The lanes that one piece of a leaf computes, and where the statements that it needs go. */
export interface Chunk {
  readonly context: FunctionContext
  readonly leaf: Leaf
  readonly around: readonly Loop[]
  readonly lanes: 1 | 2 | 4
  /** Loop values of each lane. */
  readonly laneValues: readonly LoopValues[]
  /** Whether a lane is inside: undefined where it always is. Lane 0 is tested around the leaf. */
  readonly masks: readonly (DeviceExpr | undefined)[]
  readonly statements: DeviceStatement[]
  /** Loads that each masked lane does behind its test. */
  readonly masked: Map<number, DeviceStatement[]>
}

export function lowerLeaf(
  leaf: Leaf,
  outward: readonly Loop[],
  values: LoopValues,
  context: FunctionContext,
): DeviceStatement[] {
  const around = lanesInnermost(leaf, outward)
  const { loops, elements, lanes } = vectorLoops(context.nest, around)
  const innermost = loops.at(-1)
  const target = context.nest.buffers.get(leaf.buffer) as Buffer
  const statements: DeviceStatement[] = []
  // The bits of one run of the innermost vector loop: whole words, written together.
  let run: Run | undefined
  for (let start = 0; start < elements; start += lanes) {
    const laneValues = Array.from({ length: lanes }, (_, lane) => withLane(values, loops, start + lane, context))
    const chunk: Chunk = {
      context,
      leaf,
      around,
      lanes,
      laneValues,
      masks: maskLanes(leaf, around, laneValues, start, context, statements),
      statements,
      masked: new Map(),
    }
    const value = lowerExpression(leaf.value, chunk)
    flushMasked(chunk)
    const kept = value()
    if (leaf.kind === 'update' && leaf.atomic) writeAtomic(target, kept, chunk)
    else if (target.memory !== 'global') writeLocal(target, kept, chunk)
    else if (!isPacked(target, context.target)) writeGlobal(target, kept, chunk)
    else {
      run ??= { first: chunk, pieces: [], masks: [] }
      run.pieces.push(...packedLanes(target, kept, chunk))
      run.masks.push(...chunk.masks)
      const runLength = constantExtent(context.nest, innermost?.extent ?? 1) as number
      if ((start + lanes) % runLength !== 0) continue
      writeWords(target, run)
      run = undefined
    }
  }
  return statements
}

/** The values of the vector loops at one element, the last loop fastest. */
function withLane(values: LoopValues, loops: readonly Loop[], element: number, { nest }: FunctionContext): LoopValues {
  const result = new Map<LoopId, LoopValue>(values)
  let rest = element
  for (const loop of [...loops].reverse()) {
    const extent = constantExtent(nest, loop.extent) as number
    result.set(loop.id, rest % extent)
    rest = Math.floor(rest / extent)
  }
  return result
}

/** The test of each lane after the first, as named booleans; lanes of later chunks are all tested. */
function maskLanes(
  leaf: Leaf,
  around: readonly Loop[],
  laneValues: readonly LoopValues[],
  start: number,
  context: FunctionContext,
  statements: DeviceStatement[],
): (DeviceExpr | undefined)[] {
  const guards = maskingGuards(context.nest, leaf, around)
  return laneValues.map((values, lane) => {
    if (guards.length === 0 || start + lane === 0) return undefined
    const tests = guards.map(g => lessThan(context.indices.affine(g.index, values), context.indices.extent(g.below)))
    const name = context.namer.fresh(`inside_${start + lane}`)
    statements.push({
      kind: 'let',
      name,
      value: tests.length === 1 ? (tests[0] as DeviceExpr) : op('all', boolType, ...tests),
    })
    return variable(name, boolType)
  })
}

/** Writes the loads that masked lanes collected, a test a lane. */
function flushMasked({ masked, masks, statements }: Chunk): void {
  for (const [lane, body] of [...masked].sort(([a], [b]) => a - b)) {
    const mask = masks[lane]
    statements.push(...(mask === undefined ? body : [{ kind: 'if' as const, condition: mask, body }]))
  }
  masked.clear()
}

// ─── Loads ───────────────────────────────────────────────────────────────────────────────────────────────────────────

/** One or all lanes of a buffer; statements that it needs are added to the chunk. */
export function lowerLoad(
  buffer: Buffer,
  index: readonly Subscript[],
  gathered: (s: Subscript, lane: number) => DeviceExpr,
  chunk: Chunk,
): DeviceExpr {
  const { context, lanes, around } = chunk
  const type = typeOf(buffer.type.compute)
  const leaving = buffer.memory === 'global' ? leavingSubscripts(buffer, index, chunk) : undefined
  const affines = index.map((s, i) => (isAffine(s) && !leaving?.has(i) ? s : undefined))
  const varies = lanes > 1 && index.some(s => (isAffine(s) ? walksVector(s, around) : true))
  if (buffer.memory === 'register') return loadRegister(buffer, index as readonly Affine[], chunk, varies)
  const scalarAt = (lane: number): DeviceExpr => loadScalar(buffer, index, leaving, gathered, lane, chunk)
  const bind = (name: string, value: DeviceExpr): DeviceExpr => {
    const fresh = context.namer.fresh(name)
    chunk.statements.push({ kind: 'let', name: fresh, value })
    return variable(fresh, value.type)
  }
  if (!varies) return bind(`${buffer.name}_value`, scalarAt(0))
  const declared = context.lanes.get(buffer.name) as 1 | 2 | 4
  const masked = chunk.masks.some(mask => mask !== undefined)
  const vector = withLanes(type, lanes)
  if (buffer.memory === 'shared' && declared === lanes)
    return bind(
      `${buffer.name}_vec`,
      wideLoad(buffer, affines as readonly Affine[], vector, { storage: type.scalar, lanes }, chunk),
    )
  if (buffer.memory === 'global' && !masked) {
    const wide = Math.min(lanes, accessLimit(around), widestAccess(buffer, context.target)) as 1 | 2 | 4
    if (
      wide === lanes &&
      isAlignedRun(context.nest, buffer, affines, around, lanes) &&
      (declared === lanes || !context.target.vectorArithmetic)
    )
      return bind(
        `${buffer.name}_vec`,
        wideLoad(buffer, affines as readonly Affine[], vector, { storage: buffer.type.name, lanes }, chunk),
      )
    if (
      wide === 2 &&
      lanes === 4 &&
      isAlignedRun(context.nest, buffer, affines, around, 4) &&
      !context.target.vectorArithmetic
    ) {
      const halves = [0, 2].map(first =>
        bind(
          `${buffer.name}_pair`,
          wideLoad(
            buffer,
            affines as readonly Affine[],
            withLanes(type, 2),
            { storage: buffer.type.name, lanes: 2 },
            chunk,
            first,
          ),
        ),
      )
      return construct(
        vector,
        halves.flatMap(half => [component(half, 0), component(half, 1)]),
      )
    }
  }
  if (
    isPacked(buffer, context.target) &&
    buffer.memory === 'global' &&
    affines.every(a => a !== undefined) &&
    isAlignedRun(context.nest, buffer, affines, around, elementsPerUnit(buffer.type))
  )
    return loadWords(buffer, affines as readonly Affine[], vector, chunk, bind)
  if (!masked || buffer.memory !== 'global')
    return bind(
      `${buffer.name}_vec`,
      construct(
        vector,
        Array.from({ length: lanes }, (_, lane) => scalarAt(lane)),
      ),
    )
  // Masked lanes are loaded one by one behind their test; what is outside stays 0.
  const name = context.namer.fresh(`${buffer.name}_vec`)
  chunk.statements.push({ kind: 'var', name, type: vector, value: splat(literal(0, type), lanes) })
  for (let lane = 0; lane < lanes; lane++) {
    const load: DeviceStatement = { kind: 'assign', name, lane, value: scalarAt(lane) }
    if (chunk.masks[lane] === undefined) chunk.statements.push(load)
    else chunk.masked.set(lane, [...(chunk.masked.get(lane) ?? []), load])
  }
  return variable(name, vector)
}

const walksVector = (a: Affine, around: readonly Loop[]): boolean =>
  around.some(l => l.mode === 'vector' && a.terms.has(l.id))

/** The flat element position of row-major subscripts: everything but the last dimension gives the row. */
function rowOf(buffer: Buffer, subscripts: readonly DeviceExpr[], { context }: Chunk): DeviceExpr {
  return subscripts
    .slice(0, -1)
    .reduce<DeviceExpr>(
      (row, s, i) =>
        sum(i === 0 ? literal(0) : product(row, context.indices.extent(buffer.dims[i] as Buffer['dims'][number])), s),
      literal(0),
    )
}

/** Positions of the subscripts that may leave their dimension. */
function leavingSubscripts(
  buffer: Buffer,
  index: readonly Subscript[],
  { context, leaf, around }: Chunk,
): ReadonlySet<number> | undefined {
  if (!context.leaving.has(leaf.stage, buffer.name)) return undefined
  const leaving = index.flatMap((s, i) =>
    isAffine(s) && !staysInside(context.nest, leaf, around, s, buffer.dims[i] as Extent) ? [i] : [],
  )
  return leaving.length === 0 ? undefined : new Set(leaving)
}

/** The subscripts of one lane. Those that may leave their dimension stop at its end: nobody uses what they load there. */
function subscriptsAt(
  buffer: Buffer,
  index: readonly Subscript[],
  leaving: ReadonlySet<number> | undefined,
  gathered: (s: Subscript, lane: number) => DeviceExpr,
  lane: number,
  { context, laneValues }: Chunk,
): DeviceExpr[] {
  return index.map((s, i) => {
    if (!isAffine(s)) return gathered(s, lane)
    const value = context.indices.affine(s, laneValues[lane] as LoopValues)
    if (!leaving?.has(i)) return value
    return op('min', u32Type, value, difference(context.indices.extent(buffer.dims[i] as Extent), literal(1)))
  })
}

function loadScalar(
  buffer: Buffer,
  index: readonly Subscript[],
  leaving: ReadonlySet<number> | undefined,
  gathered: (s: Subscript, lane: number) => DeviceExpr,
  lane: number,
  chunk: Chunk,
): DeviceExpr {
  const { context } = chunk
  const type = typeOf(buffer.type.compute)
  const subscripts = subscriptsAt(buffer, index, leaving, gathered, lane, chunk)
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

/** One scalar at a flat position, read out of a vector where the array is declared as vectors. */
function elementAt(buffer: Buffer, flat: DeviceExpr, type: DeviceExpr['type'], context: FunctionContext): DeviceExpr {
  const lanes = context.lanes.get(buffer.name) as 1 | 2 | 4
  const storage = buffer.memory === 'shared' ? type.scalar : buffer.type.name
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

/** `lanes` neighbouring elements; everything that the index is made of divides. */
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

/** The position of an aligned run, counted in runs. */
function widePosition(
  buffer: Buffer,
  index: readonly Affine[],
  lanes: number,
  { context, laneValues }: Chunk,
  first = 0,
): DeviceExpr {
  const values = laneValues[first] as LoopValues
  const { indices, nest } = context
  const last = indices.divided(index.at(-1) as Affine, values, lanes)
  const outer = index.slice(0, -1).map(a => indices.affine(a, values))
  const row = outer.reduce<DeviceExpr>(
    (r, s, i) => sum(i === 0 ? literal(0) : product(r, indices.extent(buffer.dims[i] as Buffer['dims'][number])), s),
    literal(0),
  )
  const dim = buffer.dims.at(-1) as Buffer['dims'][number]
  const known = constantExtent(nest, dim)
  const pitch = known === undefined ? quotient(indices.extent(dim), lanes) : literal(known / lanes)
  return sum(product(row, pitch), last)
}

// ─── Private and shared buffers ──────────────────────────────────────────────────────────────────────────────────────

/** Which position of a private or shared buffer an index is, in declared elements; a thread does not count its own part. */
function registerPosition(
  buffer: Buffer,
  index: readonly Affine[],
  lane: number,
  { context, laneValues, around }: Chunk,
): DeviceExpr {
  const isPrivate = buffer.memory === 'register'
  const shape = isPrivate
    ? context.privateShape(buffer)
    : buffer.dims.map(d => constantExtent(context.nest, d) as number)
  const subscripts = index.map(a =>
    context.indices.affine(isPrivate ? ownPart(a, around) : a, laneValues[lane] as LoopValues),
  )
  return subscripts.reduce<DeviceExpr>((flat, s, i) => sum(product(flat, literal(shape[i] as number)), s), literal(0))
}

function registerElement(
  buffer: Buffer,
  index: readonly Affine[],
  lane: number,
  chunk: Chunk,
): { name: string; index?: DeviceExpr; lane?: DeviceExpr; whole: DeviceExpr } {
  const { context } = chunk
  const declared = context.lanes.get(buffer.name) as 1 | 2 | 4
  const type = withLanes(typeOf(buffer.type.compute), declared)
  const flat = registerPosition(buffer, index, lane, chunk)
  const position = quotient(flat, declared)
  const inLane = declared === 1 ? {} : { lane: remainder(flat, declared) }
  const names = context.registerNames.get(buffer.name) as readonly string[]
  if (context.registers.get(buffer.name) === 'variables' && position.kind === 'literal') {
    const name = names[position.value] as string
    return { name, ...inLane, whole: variable(name, type) }
  }
  const name = names[0] as string
  return {
    name,
    index: position,
    ...inLane,
    whole: {
      kind: 'load',
      type,
      array: name,
      index: position,
      access: { storage: type.scalar, lanes: declared },
    },
  }
}

function loadRegister(buffer: Buffer, index: readonly Affine[], chunk: Chunk, varies: boolean): DeviceExpr {
  const { lanes, context } = chunk
  const declared = context.lanes.get(buffer.name) as 1 | 2 | 4
  const scalarAt = (lane: number): DeviceExpr => {
    const element = registerElement(buffer, index, lane, chunk)
    if (element.lane === undefined) return element.whole
    return element.lane.kind === 'literal'
      ? component(element.whole, element.lane.value)
      : { kind: 'dynamicComponent', type: typeOf(buffer.type.compute), of: element.whole, lane: element.lane }
  }
  if (!varies) return scalarAt(0)
  if (declared === lanes) return registerElement(buffer, index, 0, chunk).whole
  return construct(
    withLanes(typeOf(buffer.type.compute), lanes),
    Array.from({ length: lanes }, (_, lane) => scalarAt(lane)),
  )
}

function writeLocal(buffer: Buffer, value: DeviceExpr, chunk: Chunk): void {
  const { leaf, lanes, context, statements } = chunk
  const declared = context.lanes.get(buffer.name) as 1 | 2 | 4
  const runs = declared === lanes ? [0] : Array.from({ length: lanes }, (_, lane) => lane)
  const whole = declared === lanes
  const fitted = whole ? splat(value, lanes) : value
  // A value that is used lane by lane is computed once.
  const named =
    whole || runs.length === 1 || fitted.kind === 'variable' || fitted.type.lanes === 1
      ? fitted
      : bindValue(fitted, chunk)
  for (const lane of runs) {
    const own = whole ? named : component(named, lane)
    if (buffer.memory === 'shared') {
      const flat = registerPosition(buffer, leaf.index, lane, chunk)
      statements.push({
        kind: 'store',
        array: buffer.name,
        index: quotient(flat, declared),
        access: { storage: typeOf(buffer.type.compute).scalar, lanes: declared },
        value: own,
      })
      continue
    }
    const element = registerElement(buffer, leaf.index, lane, chunk)
    const at = {
      ...(element.index === undefined ? {} : { index: element.index }),
      ...(whole || element.lane === undefined ? {} : { lane: (element.lane as { value: number }).value }),
    }
    statements.push({ kind: 'assign', name: element.name, ...at, value: own })
  }
}

function bindValue(value: DeviceExpr, { context, statements }: Chunk): DeviceExpr {
  const name = context.namer.fresh('value')
  statements.push({ kind: 'let', name, value })
  return variable(name, value.type)
}

/** The current value of the element that an update changes. */
export function accumulator(chunk: Chunk): DeviceExpr {
  const { leaf, lanes, context } = chunk
  const buffer = context.nest.buffers.get(leaf.buffer) as Buffer
  return loadRegister(buffer, leaf.index, chunk, lanes > 1)
}

// ─── Global stores ───────────────────────────────────────────────────────────────────────────────────────────────────

function writeGlobal(buffer: Buffer, value: DeviceExpr, chunk: Chunk): void {
  const { leaf, lanes, context, around, statements, masks } = chunk
  const declared = context.lanes.get(buffer.name) as 1 | 2 | 4
  const masked = masks.some(mask => mask !== undefined)
  const wide = Math.min(lanes, accessLimit(around), widestAccess(buffer, context.target)) as 1 | 2 | 4
  const aligned = lanes > 1 && !masked && isAlignedRun(context.nest, buffer, leaf.index, around, lanes)
  if (aligned && wide === lanes && (declared === lanes || !context.target.vectorArithmetic)) {
    statements.push({
      kind: 'store',
      array: buffer.name,
      index: widePosition(buffer, leaf.index, lanes, chunk),
      access: { storage: buffer.type.name, lanes },
      value: splat(value, lanes),
    })
    return
  }
  const named = lanes === 1 || value.type.lanes === 1 || value.kind === 'variable' ? value : bindValue(value, chunk)
  if (aligned && wide === 2 && lanes === 4 && !context.target.vectorArithmetic) {
    for (const first of [0, 2])
      statements.push({
        kind: 'store',
        array: buffer.name,
        index: widePosition(buffer, leaf.index, 2, chunk, first),
        access: { storage: buffer.type.name, lanes: 2 },
        value: construct(withLanes(named.type, 2), [component(named, first), component(named, first + 1)]),
      })
    return
  }
  const distinct = lanes === 1 || !leaf.index.some(a => walksVector(a, around)) ? 1 : lanes
  for (let lane = 0; lane < distinct; lane++) {
    const subscripts = leaf.index.map(a => context.indices.affine(a, chunk.laneValues[lane] as LoopValues))
    const flat = sum(
      product(rowOf(buffer, subscripts, chunk), context.indices.extent(buffer.dims.at(-1) as Buffer['dims'][number])),
      subscripts.at(-1) as DeviceExpr,
    )
    const store: DeviceStatement = {
      kind: 'store',
      array: buffer.name,
      index: flat,
      access: { storage: buffer.type.name, lanes: 1 },
      value: component(named, lane),
    }
    const mask = masks[lane]
    statements.push(mask === undefined ? store : { kind: 'if', condition: mask, body: [store] })
  }
}

function writeAtomic(buffer: Buffer, value: DeviceExpr, chunk: Chunk): void {
  const { leaf, lanes, context, statements, masks } = chunk
  const named = lanes === 1 || value.type.lanes === 1 || value.kind === 'variable' ? value : bindValue(value, chunk)
  for (let lane = 0; lane < lanes; lane++) {
    const subscripts = leaf.index.map(a => context.indices.affine(a, chunk.laneValues[lane] as LoopValues))
    const pitch = context.indices.extent(buffer.dims.at(-1) as Buffer['dims'][number])
    const index = sum(product(rowOf(buffer, subscripts, chunk), pitch), subscripts.at(-1) as DeviceExpr)
    const update: DeviceStatement = { kind: 'atomicMax', array: buffer.name, index, value: component(named, lane) }
    const mask = masks[lane]
    statements.push(mask === undefined ? update : { kind: 'if', condition: mask, body: [update] })
  }
}

// ─── Packed words ────────────────────────────────────────────────────────────────────────────────────────────────────

/** Words of one packed row. */
function rowWords(buffer: Buffer, { indices, target }: FunctionContext): DeviceExpr {
  const unit = elementsPerUnit(buffer.type)
  const units = quotient(sum(indices.extent(buffer.dims.at(-1) as Buffer['dims'][number]), literal(unit - 1)), unit)
  return product(units, literal(rowAlignment(buffer, target) / 4))
}

function wordAt(buffer: Buffer, row: DeviceExpr, position: DeviceExpr, context: FunctionContext): DeviceExpr {
  const index = sum(product(row, rowWords(buffer, context)), position)
  return { kind: 'load', type: u32Type, array: buffer.name, index, access: { storage: 'u32', lanes: 1 } }
}

/** The word of a row that lane 0 of a whole unit starts in. */
function firstWord(buffer: Buffer, index: readonly Affine[], { context, laneValues }: Chunk): DeviceExpr {
  const values = laneValues[0] as LoopValues
  const unit = elementsPerUnit(buffer.type)
  const last = index.at(-1) as Affine
  if (buffer.type.bits === 3) return product(context.indices.divided(last, values, unit), literal(3))
  return context.indices.divided(last, values, unit)
}

/** All lanes of a chunk out of the words that hold them: whole words, each loaded once. */
function loadWords(
  buffer: Buffer,
  index: readonly Affine[],
  type: DeviceExpr['type'],
  chunk: Chunk,
  bind: (name: string, value: DeviceExpr) => DeviceExpr,
): DeviceExpr {
  const { context, lanes, laneValues } = chunk
  const rows = rowOf(
    buffer,
    index.map(a => context.indices.affine(a, laneValues[0] as LoopValues)),
    chunk,
  )
  const { bits } = buffer.type
  const unit = elementsPerUnit(buffer.type)
  // Where in its unit the chunk starts: known, because chunks are counted out.
  const innermost = chunk.around.findLast(l => l.mode === 'vector') as Loop
  const start = laneValues[0]?.get(innermost.id) as number
  const offset = (start % unit) * bits
  const unitStart = new Map(laneValues[0])
  unitStart.set(innermost.id, start - (start % unit))
  const base = firstWord(buffer, index, { ...chunk, laneValues: [unitStart] })
  const words = new Map<number, DeviceExpr>()
  const word = (at: number): DeviceExpr => {
    const known = words.get(at) ?? bind(`${buffer.name}_word`, wordAt(buffer, rows, sum(base, literal(at)), context))
    words.set(at, known)
    return known
  }
  if (bits === 8 && lanes === 4)
    return bind(
      `${buffer.name}_vec`,
      op(buffer.type.kind === 'signed' ? 'unpackI8' : 'unpackU8', type, word(offset / 32)),
    )
  if (buffer.type.name === 'f16' && lanes === 2)
    return bind(`${buffer.name}_vec`, op('unpackF16', type, word(offset / 32)))
  if (buffer.type.name === 'f16') {
    const pairs = [0, 1].map(i =>
      bind(`${buffer.name}_pair`, op('unpackF16', withLanes(f32Type, 2), word(offset / 32 + i))),
    )
    return bind(
      `${buffer.name}_vec`,
      construct(
        type,
        pairs.flatMap(pair => [component(pair, 0), component(pair, 1)]),
      ),
    )
  }
  const lane = (i: number): DeviceExpr =>
    extractPacked(buffer.type, literal((start % unit) + i), at => word((at as { value: number }).value))
  return bind(
    `${buffer.name}_vec`,
    construct(
      type,
      Array.from({ length: lanes }, (_, i) => lane(i)),
    ),
  )
}

/** The bits of each lane of a chunk, 0 for lanes outside; whole words of 8-bit codes as one. */
function packedLanes(buffer: Buffer, value: DeviceExpr, chunk: Chunk): DeviceExpr[] {
  const { lanes, masks } = chunk
  const whole = splat(value, lanes)
  const masked = masks.some(mask => mask !== undefined)
  const kept = !masked
    ? whole
    : op(
        'select',
        whole.type,
        construct(
          withLanes(boolType, lanes),
          masks.map(mask => mask ?? literal(1, boolType)),
        ),
        whole,
        splat(literal(0, typeOf(buffer.type.compute)), lanes),
      )
  if (buffer.type.bits === 8 && lanes === 4)
    return [op(buffer.type.kind === 'signed' ? 'packI8' : 'packU8', u32Type, kept)]
  if (buffer.type.name === 'f16' && lanes === 2) return [op('packF16', u32Type, kept)]
  const named = kept.kind === 'variable' || lanes === 1 ? kept : bindValue(kept, chunk)
  if (buffer.type.name === 'f16')
    return [0, 2].map(i =>
      op('packF16', u32Type, construct(withLanes(f32Type, 2), [component(named, i), component(named, i + 1)])),
    )
  return Array.from({ length: lanes }, (_, lane) => narrowBits(buffer.type, component(named, lane)))
}

/** Neighbouring packed elements on their way to their words. */
interface Run {
  readonly first: Chunk
  readonly pieces: DeviceExpr[]
  readonly masks: (DeviceExpr | undefined)[]
}

function writeWords(buffer: Buffer, { first: chunk, pieces, masks }: Run): void {
  const { context, leaf, laneValues, statements } = chunk
  const row = rowOf(
    buffer,
    leaf.index.map(a => context.indices.affine(a, laneValues[0] as LoopValues)),
    chunk,
  )
  const base = firstWord(buffer, leaf.index, chunk)
  const elements = elementsPerUnit(buffer.type)
  const unit = { elements, bits: elements * buffer.type.bits }
  for (const [position, word] of packWords(buffer.type, pieces).entries()) {
    const index = sum(product(row, rowWords(buffer, context)), sum(base, literal(position)))
    const store: DeviceStatement = {
      kind: 'store',
      array: buffer.name,
      index,
      access: { storage: 'u32', lanes: 1 },
      value: word,
    }
    // Rows are whole units: the words of one exist as soon as its first element does.
    const mask = masks[Math.floor((position * 32) / unit.bits) * unit.elements]
    statements.push(mask === undefined ? store : { kind: 'if', condition: mask, body: [store] })
  }
}
