/** Finds stores to local buffers whose masked lanes must not write. */
import {
  type Affine,
  affine,
  type Buffer,
  type Guard,
  isAffine,
  isBound,
  isGrid,
  type Loop,
  type LoopId,
  loadsOf,
  type Nest,
  type Subscript,
} from '@qernel/dsl'
import type { Leaf } from '@qernel/schedule'
import { neededGuards } from '@qernel/schedule/internal'

/** The facts about a statement that are needed here; see its `LeafShape`. */
interface Shape {
  readonly around: readonly Loop[]
  readonly vectors: readonly Loop[]
  readonly masks: readonly Guard[]
}

type Shapes = ReadonlyMap<Leaf, Shape>

/**
 * Whether a masked lane of a statement could overwrite an element of a local buffer that matters, as a field of a record could overwrite the
 * next one. It matters to nobody if the mask depends only on the element, and either all statements that read the buffer or all that write it
 * are guarded alike: then nobody reads, or nobody has written, what the mask excludes.
 *
 *     vector v in 4: tile[4·j + v] = x[64·d + 4·j + v]   if 64·d + 4·j + v < D       its reader: q[64·d + i] = tile[i]   if 64·d + i < D
 */
export function masksOwnedElements(nest: Nest, leaf: Leaf, shapes: Shapes): boolean {
  const { masks, vectors, around } = shapes.get(leaf) as Shape
  const buffer = nest.buffers.get(leaf.buffer) as Buffer
  // A masked lane of an update stores the value that it had; only another thread could have changed it meanwhile.
  if (masks.length === 0 || buffer.memory === 'global' || (leaf.kind === 'update' && buffer.memory === 'register'))
    return false
  return leaf.where.some(guard => {
    if (!vectors.some(({ id }) => guard.index.terms.has(id)) || !canFail(nest, guard, around)) return false
    const excluded = byElement(guard, leaf.index, around, buffer)
    return (
      excluded === undefined ||
      !(readsAlike(nest, buffer, excluded, shapes) || writesAlike(nest, buffer, excluded, shapes))
    )
  })
}

const canFail = (nest: Nest, guard: Guard, around: readonly Loop[]): boolean =>
  neededGuards(nest, { where: [guard] }, around).length > 0

/** A guard as a function of an element: it holds where `factors · subscripts + rest < below`. */
interface ElementGuard {
  readonly factors: readonly number[]
  readonly rest: Affine
  readonly guard: Guard
}

/** A guard of a statement by the element that it writes; undefined if one element could be inside in one iteration and outside in another. */
function byElement(
  guard: Guard,
  index: readonly Affine[],
  around: readonly Loop[],
  buffer: Buffer,
): ElementGuard | undefined {
  const isFixed = isFixedIn(buffer, around)
  const factors = index.map(subscript => {
    const [id] = [...subscript.terms.keys()].filter(loop => !isFixed(loop) && guard.index.terms.has(loop))
    return id === undefined ? 0 : affine.coefficient(guard.index, id) / affine.coefficient(subscript, id)
  })
  if (!factors.every(Number.isInteger)) return undefined
  const rest = index.reduce(
    (left, subscript, i) => affine.add(left, affine.scale(subscript, -(factors[i] as number))),
    guard.index,
  )
  return [...rest.terms.keys()].every(isFixed) ? { factors, rest, guard } : undefined
}

/** Whether a loop keeps its value as long as one copy of a local buffer lives. */
function isFixedIn({ memory, scope }: Buffer, around: readonly Loop[]): (id: LoopId) => boolean {
  const inside = around.findIndex(loop => loop.id === scope)
  return id => {
    const depth = around.findIndex(loop => loop.id === id)
    const { mode } = around[depth] as Loop
    return depth <= inside || (memory === 'register' ? isBound(mode) : isGrid(mode))
  }
}

const readsAlike = (nest: Nest, buffer: Buffer, excluded: ElementGuard, shapes: Shapes): boolean =>
  [...shapes].every(([leaf, { around }]) =>
    [...(leaf.kind === 'update' ? [leaf] : []), ...loadsOf(leaf.value)].every(
      read => read.buffer !== buffer.name || staysInside(nest, leaf, read.index, around, excluded),
    ),
  )

const writesAlike = (nest: Nest, buffer: Buffer, excluded: ElementGuard, shapes: Shapes): boolean =>
  [...shapes].every(
    ([leaf, { around }]) => leaf.buffer !== buffer.name || staysInside(nest, leaf, leaf.index, around, excluded),
  )

/** Whether a statement touches only elements inside. */
function staysInside(
  nest: Nest,
  leaf: Leaf,
  index: readonly Subscript[],
  around: readonly Loop[],
  { factors, rest, guard }: ElementGuard,
): boolean {
  const used = index.map((subscript, i) => (factors[i] === 0 ? affine.constant(0) : subscript))
  if (!used.every(isAffine)) return false
  const element = used.reduce(
    (sum, subscript, i) => affine.add(sum, affine.scale(subscript, factors[i] as number)),
    rest,
  )
  const bound = { ...guard, index: element }
  return (
    leaf.where.some(
      other =>
        affine.equals(other.index, element) && affine.sameExtent(other.below, guard.below) && other.peeled !== 'tail',
    ) || !canFail(nest, bound, around)
  )
}
