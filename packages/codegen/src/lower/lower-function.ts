/** Lowers one top-level statement of a nest to one entry point: threads, barriers, private storage and control flow. */
import {
  affine,
  type Buffer,
  dimensionOf,
  isBlock,
  isBound,
  isGrid,
  type Loop,
  type LoopId,
  loadsOf,
  type Statement,
} from '@qernel/dsl'
import { flatMap, UniqueNames } from '@qernel/dsl/internal'
import { type Leaf, leavesOf, loopsOf } from '@qernel/schedule'
import { buffersOf, constantExtent, privateDims } from '@qernel/schedule/internal'
import { LoweringError } from '../compile/back-end.ts'
import type { DeviceFunction, DeviceStatement, Dimension, Origin, SharedArray } from '../program/device-program.ts'
import { u32Type } from '../program/device-type.ts'
import { typeOf, variable } from '../program/expressions.ts'
import { commonConditions, conditionsOf } from './conditions.ts'
import { foldGrid, needsFolding } from './fold-grid.ts'
import type { Condition, FunctionContext, ProgramLayout } from './function-context.ts'
import { conjunction, IndexArithmetic } from './index-arithmetic.ts'
import type { LeafShape } from './leaf-shape.ts'
import { type LoopValue, LoopValues } from './loop-values.ts'
import { lowerLeaf } from './lower-leaf.ts'
import { conflict, conflictsWithNext, type Footprint, footprint } from './shared-hazards.ts'

const dimensions: readonly Dimension[] = ['x', 'y', 'z']

/** Names that generated code uses for itself. */
const reservedNames = ['group', 'local', 'sizes', 'zero', 'params']

export function lowerFunction(
  statement: Statement,
  entry: string,
  layout: ProgramLayout,
  shapes: ReadonlyMap<Leaf, LeafShape>,
): { function: DeviceFunction; usesZero: boolean; gridWidth: number | undefined } {
  const { nest } = layout
  const loops = statement.kind === 'loop' ? [statement, ...loopsOf(statement.body).map(({ loop }) => loop)] : []
  const leaves = leavesOf([statement])
  const touched = buffersOf(leaves)
  const buffers = [...touched].map(name => nest.buffers.get(name) as Buffer)
  const registers = buffers.filter(b => b.memory === 'register')
  checkGrid(loops, entry)
  const namer = new UniqueNames([
    ...nest.buffers.keys(),
    ...reservedNames,
    ...nest.kernel.sizes.map(s => s.name),
    entry,
  ])
  const privateShapes = new Map<string, readonly number[]>()
  const scratch = new Map<string, SharedArray>()
  const context: FunctionContext = {
    namer,
    indices: new IndexArithmetic(nest, new Map(loops.map(l => [l.id, l])), namer),
    workgroup: dimensions.map(d =>
      Math.max(1, ...loops.filter(l => l.mode === `block.${d}`).map(l => constantExtent(nest, l.extent) as number)),
    ) as [number, number, number],
    registers: new Map(registers.map(b => [b.name, registerForm(b, leaves, layout)])),
    registersOf: byScope(registers),
    sharesMemory: buffers.some(b => b.memory === 'shared'),
    shapes,
    registerNames: new Map(),
    conditions: new Map(),
    privateShape: buffer => {
      const known = privateShapes.get(buffer.name) ?? privateDims(nest, buffer)
      privateShapes.set(buffer.name, known)
      return known
    },
    scratch: type => {
      const key = `${type.scalar}${type.lanes}`
      const known = scratch.get(key)
      if (known !== undefined) return known.name
      const length = context.workgroup.reduce((a, b) => a * b, 1)
      const made: SharedArray = { name: namer.fresh(layout.sharedNames.fresh('lanes')), type, length }
      scratch.set(key, made)
      return made.name
    },
    tests: [],
    usesZero: false,
    // Last, because V8 adds properties to a spread object slowly.
    ...layout,
  }
  const folded = needsFolding(loops, layout)
    ? foldGrid(loops, layout, namer, extent => context.indices.extent(extent))
    : undefined
  if (folded !== undefined) context.indices.placeGroups(folded.place)
  const inside = lowerBody([statement], {
    context,
    values: LoopValues.none,
    around: [],
    active: new Set(),
    origin: nowhere,
  })
  // All threads of a workgroup agree on this condition, so barriers may stand under it.
  const body: DeviceStatement[] =
    folded?.isInside === undefined ? inside : [{ kind: 'if', condition: folded.isInside, body: inside }]
  const shared = buffers
    .filter(b => b.memory === 'shared')
    .map((b): SharedArray => {
      const lanes = layout.lanes.get(b.name) as 1 | 2 | 4
      return {
        name: b.name,
        type: { scalar: typeOf(b.type.compute).scalar, lanes },
        length: elements(b, layout) / lanes,
      }
    })
  const arrays = [...nest.buffers.values()].filter(b => b.memory === 'global' && touched.has(b.name)).map(b => b.name)
  const residentThreads = loops.find(loop => loop.residentThreads !== undefined)?.residentThreads
  return {
    function: {
      entry,
      workgroup: context.workgroup,
      ...(residentThreads !== undefined && { residentThreads }),
      shared: [...shared, ...scratch.values()],
      body: [...(folded?.statements ?? []), ...context.indices.coordinates, ...context.tests, ...body],
      arrays,
    },
    gridWidth: folded?.width,
    usesZero: context.usesZero,
  }
}

const elements = (buffer: Buffer, { nest }: ProgramLayout): number =>
  buffer.dims.reduce<number>((n, d) => n * (constantExtent(nest, d) as number), 1)

/** Sibling loops on one grid dimension must agree on the number of workgroups. */
function checkGrid(loops: readonly Loop[], entry: string): void {
  for (const dimension of dimensions) {
    const along = loops.filter(l => l.mode === `grid.${dimension}`)
    if (along.some(l => !affine.sameExtent(l.extent, (along[0] as Loop).extent)))
      throw new LoweringError(
        `${entry}: loops on grid.${dimension} have different extents: ${along.map(l => affine.printExtent(l.extent)).join(', ')}`,
      )
  }
}

function byScope(buffers: readonly Buffer[]): ReadonlyMap<LoopId | undefined, readonly Buffer[]> {
  const groups = new Map<LoopId | undefined, Buffer[]>()
  for (const buffer of buffers) groups.set(buffer.scope, [...(groups.get(buffer.scope) ?? []), buffer])
  return groups
}

/** Variables if every position is known at compile time, that is, if all loops in its indices are copied out; otherwise an array. */
function registerForm(
  buffer: Buffer,
  leaves: readonly { leaf: Leaf; around: readonly Loop[] }[],
  { target }: ProgramLayout,
): 'variables' | 'array' {
  if (buffer.dims.length === 0) return 'variables'
  const indices = flatMap(leaves, ({ leaf, around }) =>
    [
      ...(leaf.buffer === buffer.name ? [leaf.index] : []),
      ...flatMap(loadsOf(leaf.value), load => (load.buffer === buffer.name ? [load.index] : [])),
    ].map(index => ({ index, around })),
  )
  const counted = (id: LoopId, around: readonly Loop[]): boolean => {
    const mode = around.find(l => l.id === id)?.mode
    return (
      mode === undefined || mode === 'vector' || isBound(mode) || (mode === 'unroll' && target.unrollLoops === 'copies')
    )
  }
  const known = indices.every(({ index, around }) =>
    index.every(s => 'terms' in s && [...s.terms.keys()].every(id => counted(id, around))),
  )
  return known ? 'variables' : 'array'
}

interface Place {
  readonly context: FunctionContext
  readonly values: LoopValues
  readonly around: readonly Loop[]
  /** Keys of the conditions that hold here. */
  readonly active: ReadonlySet<string>
  readonly origin: Origin
}

const nowhere: Origin = { loops: [], threads: [] }

/** The origin of what stands inside a loop. */
function inLoop({ loops, threads }: Origin, { id, mode }: Loop): Origin {
  const dimension = dimensionOf(mode)
  return isBound(mode) && dimension !== undefined
    ? { loops, threads: [...threads, { loop: id, of: isGrid(mode) ? 'group' : 'local', dimension }] }
    : { loops: [...loops, id], threads }
}

/** Says of statements that were just made where they come from. Statements that others changed are copies; nobody else has these yet. */
function setOrigin(statements: readonly DeviceStatement[], origin: Origin): void {
  for (const statement of statements) {
    ;(statement as { origin?: Origin }).origin = origin
    if ('body' in statement) setOrigin(statement.body, origin)
  }
}

/** Lowers the statements of one loop body in order, after the declarations of buffers that are private to an iteration. */
function lowerBody(body: readonly Statement[], place: Place): DeviceStatement[] {
  const declarations = declare(place)
  const needsBarriers = place.context.sharesMemory && isOutsideThreads(place.around) && touchesShared(body, place)
  // A body that only holds another grid or block loop tests no conditions yet: its inner body does.
  const [only] = body
  const onTheWay = body.length === 1 && only?.kind === 'loop' && isBound(only.mode)
  const isCollective = needsBarriers || containsCombine(body)
  const lower = (inner: Place): DeviceStatement[] =>
    needsBarriers ? [...declarations, ...lowerWithBarriers(body, inner)] : lowerEach(body, inner, declarations)
  const common = onTheWay
    ? []
    : commonConditions(body, place.around.at(-1)?.id, place.values, place.context).filter(
        c => !place.active.has(c.key) && (c.isUniform || !isCollective),
      )
  return common.length === 0 ? lower(place) : under(common, place, lower)
}

/** What `lower` makes, under conditions that hold for all of it. */
function under(
  conditions: readonly Condition[],
  place: Place,
  lower: (inner: Place) => DeviceStatement[],
): DeviceStatement[] {
  const active = new Set([...place.active, ...conditions.map(c => c.key)])
  const condition = conjunction(conditions.map(c => c.make(place.values)))
  return [{ kind: 'if', condition, body: lower({ ...place, active }), origin: place.origin }]
}

/** Appends the lowered statements to `into`. */
function lowerEach(body: readonly Statement[], place: Place, into: DeviceStatement[]): DeviceStatement[] {
  for (const statement of body) into.push(...lowerStatement(statement, place))
  return into
}

function declare({ context, around, origin }: Place): DeviceStatement[] {
  const owned = context.registersOf.get(around.at(-1)?.id)
  if (owned === undefined) return []
  return flatMap(owned, (buffer): DeviceStatement[] => {
    const { name } = buffer
    const form = context.registers.get(name)
    const lanes = context.lanes.get(name) as 1 | 2 | 4
    const type = { scalar: typeOf(buffer.type.compute).scalar, lanes }
    const length = context.privateShape(buffer).reduce((a, b) => a * b, 1) / lanes
    const positions = form === 'array' ? 1 : length
    // Copies of an unrolled body share one scope, so each needs new names; the first copy takes the buffer's name.
    const names = Array.from({ length: positions }, (_, i) =>
      positions > 1
        ? context.namer.fresh(`${name}_${i}`)
        : context.registerNames.has(name)
          ? context.namer.fresh(name)
          : name,
    )
    context.registerNames.set(name, names)
    if (form === 'array') return [{ kind: 'array', name: names[0] as string, type, length, origin }]
    return names.map(own => ({ kind: 'var', name: own, type, origin }))
  })
}

function lowerStatement(s: Statement, place: Place): DeviceStatement[] {
  const { context, values, around } = place
  if (s.kind !== 'loop') return lowerGuarded(s, place)
  const common = conditionsOfLoop(s, place)
  if (common.length > 0) return under(common, place, inner => lowerStatement(s, inner))
  const origin = inLoop(place.origin, s)
  const inside = (value: LoopValue, active = place.active): DeviceStatement[] =>
    lowerBody(s.body, { context, around: [...around, s], values: values.with(s.id, value), active, origin })
  if (isBound(s.mode)) return inside({ value: context.indices.thread(s), thread: true })
  if (s.mode === 'vector') return inside(0)
  const extent = constantExtent(context.nest, s.extent)
  if (s.mode === 'unroll' && context.target.unrollLoops === 'copies')
    return Array.from({ length: extent as number }, (_, i) => inside(i)).flat()
  if (extent === 1) return inside(0)
  const name = context.namer.fresh(s.name)
  const body = inside({ value: variable(name, u32Type), thread: false })
  return [
    {
      kind: 'for',
      name,
      extent: context.indices.extent(s.extent),
      unroll: s.mode === 'unroll',
      body,
      origin,
      ...(s.madeBy === undefined ? {} : { comment: s.madeBy }),
    },
  ]
}

/** The conditions of all iterations of a loop that do not depend on it. They are tested before the loop rather than in it, unless threads meet in it. */
function conditionsOfLoop(s: Loop, { context, values, around, active }: Place): readonly Condition[] {
  const isCounted = s.mode === 'serial' || s.mode === 'unroll'
  const meets = containsCombine([s]) || (context.sharesMemory && isOutsideThreads(around))
  return isCounted && !meets ? commonConditions([s], undefined, values, context).filter(c => !active.has(c.key)) : []
}

/** Lowers a leaf under those of its conditions that have not been tested yet. */
function lowerGuarded(leaf: Leaf, place: Place): DeviceStatement[] {
  const conditions = conditionsOf(leaf, place.context).filter(c => !place.active.has(c.key))
  const body = lowerLeaf(leaf, place.values, place.context)
  setOrigin(body, place.origin)
  return conditions.length === 0
    ? body
    : [{ kind: 'if', condition: conjunction(conditions.map(c => c.make(place.values))), body, origin: place.origin }]
}

/** Whether a body contains a combine. All its lanes must run, so no condition may enclose it on which they do not agree. */
const containsCombine = (body: readonly Statement[]): boolean =>
  body.some(s => s.kind === 'loop' && (s.combine !== undefined || containsCombine(s.body)))

const isOutsideThreads = (around: readonly Loop[]): boolean => !around.some(l => isBlock(l.mode))

function touchesShared(body: readonly Statement[], { context }: Place): boolean {
  const { reads, writes } = footprint(body, context.nest)
  return writes.size > 0 || reads.size > 0
}

/**
 * Lowers statements outside block loops, with a barrier before each one that accesses shared memory that an earlier one wrote, or writes memory
 * that it read.
 */
function lowerWithBarriers(body: readonly Statement[], place: Place): DeviceStatement[] {
  const { context, around } = place
  const result: DeviceStatement[] = []
  let since: Footprint = { reads: new Set(), writes: new Set() }
  for (const s of body) {
    const own = footprint([s], context.nest)
    if (conflict(since, own)) {
      result.push({ kind: 'barrier', origin: place.origin })
      since = { reads: new Set(), writes: new Set() }
    }
    result.push(...lowerStatement(s, place))
    since = { reads: new Set([...since.reads, ...own.reads]), writes: new Set([...since.writes, ...own.writes]) }
  }
  const loop = around.at(-1)
  const repeats = loop !== undefined && (loop.mode === 'serial' || loop.mode === 'unroll')
  if (repeats && conflictsWithNext(since, body, around, context.nest))
    result.push({ kind: 'barrier', origin: place.origin })
  return result
}
