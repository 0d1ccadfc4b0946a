/** Facts about a statement that lowering needs. They are computed once, even if unrolled loops and vectors copy the statement. */
import { affine, type Guard, type Loop, type Nest, type Statement } from '@qernel/dsl'
import { type Leaf, leavesOf } from '@qernel/schedule'
import { constantExtent, neededGuards } from '@qernel/schedule/internal'
import { masksOwnedElements } from './memory/masked-stores.ts'

export interface LeafShape {
  /** The loops around it, outermost first. The vector loop along the last dimension of its store comes last. */
  readonly around: readonly Loop[]
  /** The vector loops among them, the number of their elements together, and the number of elements per chunk (`lanes`). */
  readonly vectors: readonly Loop[]
  readonly elements: number
  readonly lanes: 1 | 2 | 4
  /** The most elements that one access moves according to the vector loops; infinity if they set no limit. */
  readonly accessLimit: number
  /** The guards that can fail. */
  readonly guards: readonly Guard[]
  /** The guards among them that may hold for some lanes of a vector and not for others. */
  readonly masks: readonly Guard[]
  /**
   * Whether a masked lane must leave its element of a local buffer alone, because other statements or iterations may own it. Elsewhere masked
   * lanes may store: their elements lie beyond the end of the data.
   */
  readonly keepsMasked: boolean
}

/** The shapes of all stores and updates of one dispatch. */
export function leafShapes(nest: Nest, statement: Statement): ReadonlyMap<Leaf, LeafShape> {
  const shapes = new Map<Leaf, LeafShape>()
  for (const { leaf, around } of leavesOf([statement])) {
    if (shapes.has(leaf)) throw new Error(`a statement of ${leaf.stage} stands twice in one dispatch; copy it`)
    shapes.set(leaf, shapeOf(nest, leaf, around))
  }
  for (const [leaf, shape] of shapes)
    if (masksOwnedElements(nest, leaf, shapes)) shapes.set(leaf, { ...shape, keepsMasked: true })
  return shapes
}

function shapeOf(nest: Nest, leaf: Leaf, outward: readonly Loop[]): LeafShape {
  const around = lanesInnermost(leaf, outward)
  const vectors = around.filter(l => l.mode === 'vector')
  const extents = vectors.map(l => constantExtent(nest, l.extent) as number)
  const guards = neededGuards(nest, leaf, outward)
  return {
    around,
    vectors,
    elements: extents.reduce((n, extent) => n * extent, 1),
    // A chunk stays within the innermost loop, so that it never continues in the next row.
    lanes: chunkLanes(extents.at(-1) ?? 1),
    accessLimit: Math.min(...vectors.map(l => l.accessWidth ?? Number.POSITIVE_INFINITY)),
    guards,
    masks: guards.filter(guard => vectors.some(l => guard.index.terms.has(l.id))),
    keepsMasked: false,
  }
}

/** The number of lanes of a chunk, which is the number of elements per vector operation. */
function chunkLanes(elements: number): 1 | 2 | 4 {
  return elements % 4 === 0 ? 4 : elements % 2 === 0 ? 2 : 1
}

/**
 * The loops around a leaf, with the vector loop along the last dimension of its store moved innermost, because its lanes are
 * adjacent in memory. Vector loops are parallel and directly nested, so their order does not matter.
 */
function lanesInnermost(leaf: Leaf, around: readonly Loop[]): readonly Loop[] {
  const last = leaf.index.at(-1)
  const along = last && around.find(l => l.mode === 'vector' && affine.coefficient(last, l.id) === 1)
  return along === undefined || along === around.at(-1) ? around : [...around.filter(l => l !== along), along]
}
