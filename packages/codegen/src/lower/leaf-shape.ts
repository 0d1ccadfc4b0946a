/** What lowering must know about a statement: found once, even if unrolled loops and vectors copy it. */
import { affine, type Guard, type Loop, type Nest, type Statement } from '@qernel/dsl'
import { type Leaf, leavesOf } from '@qernel/schedule'
import { constantExtent, neededGuards } from '@qernel/schedule/internal'

export interface LeafShape {
  /** The loops around it, outermost first, with the vector loop that walks the last dimension of its store as the innermost. */
  readonly around: readonly Loop[]
  /** The vector loops among them, how many elements they make together and how many of them one chunk takes. */
  readonly vectors: readonly Loop[]
  readonly elements: number
  readonly lanes: 1 | 2 | 4
  /** The most elements that one access moves, where the vector loops say so. */
  readonly accessLimit: number
  /** The guards that can fail. */
  readonly guards: readonly Guard[]
  /** Of these, the ones that hold for some lanes of a vector and not for others. */
  readonly masks: readonly Guard[]
}

/** The shapes of all stores and updates of one dispatch. */
export function leafShapes(nest: Nest, statement: Statement): ReadonlyMap<Leaf, LeafShape> {
  const shapes = new Map<Leaf, LeafShape>()
  for (const { leaf, around } of leavesOf([statement])) {
    if (shapes.has(leaf)) throw new Error(`a statement of ${leaf.stage} stands twice in one dispatch; copy it`)
    shapes.set(leaf, shapeOf(nest, leaf, around))
  }
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
    // A chunk stays in the innermost loop, so that it never goes from one row to the next.
    lanes: chunkLanes(extents.at(-1) ?? 1),
    accessLimit: Math.min(...vectors.map(l => l.accessWidth ?? Number.POSITIVE_INFINITY)),
    guards,
    masks: guards.filter(guard => vectors.some(l => guard.index.terms.has(l.id))),
  }
}

/** Lanes of a chunk: the elements that one vector operation handles. */
function chunkLanes(elements: number): 1 | 2 | 4 {
  return elements % 4 === 0 ? 4 : elements % 2 === 0 ? 2 : 1
}

/**
 * The loops around a leaf with the vector loop that walks the last dimension of its store as the innermost: its lanes lie
 * side by side in memory. Vector loops are parallel and stand directly inside each other, so their order means nothing.
 */
function lanesInnermost(leaf: Leaf, around: readonly Loop[]): readonly Loop[] {
  const last = leaf.index.at(-1)
  const along = last && around.find(l => l.mode === 'vector' && affine.coefficient(last, l.id) === 1)
  return along === undefined || along === around.at(-1) ? around : [...around.filter(l => l !== along), along]
}
