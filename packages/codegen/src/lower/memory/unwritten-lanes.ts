/** Finds masked lanes of vectors that could read unwritten elements of private and shared copies. */
import {
  type Affine,
  affine,
  type Buffer,
  type Extent,
  isAffine,
  type Loop,
  type LoopId,
  type Subscript,
} from '@qernel/dsl'
import { constantExtent, largestValue } from '@qernel/schedule/internal'
import type { FunctionContext } from '../function-context.ts'
import type { LeafShape } from '../leaf-shape.ts'

/** The facts about a reading statement that are needed here. */
interface Reader {
  readonly context: Pick<FunctionContext, 'nest' | 'shapes'>
  readonly shape: LeafShape
}

/**
 * Whether a masked lane may read an unwritten element of a local buffer although lane 0 reads a written one. This can happen if the lanes of
 * one vector read what several runs of a statement write, and a guard skips some of these runs, or the last of them ends before the buffer
 * does. A statement that runs writes all lanes of its own vectors, unless masked lanes keep their elements. With a data-dependent
 * subscript, a lane may read any element.
 */
export function mayBeUnwritten(buffer: Buffer, index: readonly Subscript[], { context, shape }: Reader): boolean {
  const masked = shape.vectors.filter(({ id }) => shape.masks.some(guard => guard.index.terms.has(id)))
  return index.some((read, dimension) =>
    masked.some(
      vector =>
        !isAffine(read) ||
        (read.terms.has(vector.id) &&
          [...context.shapes].some(
            ([leaf, writer]) =>
              leaf.buffer === buffer.name &&
              leaf.kind === 'store' &&
              (runsInPart(leaf.index[dimension] as Affine, writer) ||
                endsEarly(leaf.index[dimension] as Affine, writer, buffer.dims[dimension] as Extent, context)) &&
              !writesAll(leaf.index[dimension] as Affine, writer, read, vector, context),
          )),
    ),
  )
}

/** Whether guards may keep a statement from writing some elements along a dimension. */
const runsInPart = (written: Affine, { guards }: LeafShape): boolean =>
  guards.some(guard => [...written.terms.keys()].some(id => guard.index.terms.has(id)))

/** Whether the buffer is longer than the loops of a statement reach, because other statements read it in longer pieces. */
function endsEarly(written: Affine, { around }: LeafShape, length: Extent, { nest }: Reader['context']): boolean {
  const largest = largestValue(nest, written, around)
  const known = constantExtent(nest, length)
  return largest === undefined || known === undefined || largest + 1 < known
}

/** Whether one run of the writer writes everything that the vector reads: its own vector must cover the reading one, with aligned starts. */
function writesAll(
  written: Affine,
  { vectors, keepsMasked }: LeafShape,
  read: Affine,
  vector: Loop,
  { nest }: Reader['context'],
): boolean {
  const lengthOf = ({ extent }: Loop) => constantExtent(nest, extent) as number
  const length = lengthOf(vector)
  return (
    !keepsMasked &&
    startsAtMultiples(read, vector.id, length) &&
    vectors.some(own => lengthOf(own) % length === 0 && startsAtMultiples(written, own.id, lengthOf(own)))
  )
}

/** Whether an index advances by one per lane of a vector and starts at a multiple of its length. */
const startsAtMultiples = ({ constant, terms }: Affine, vector: LoopId, length: number): boolean =>
  affine.coefficient({ constant, terms }, vector) === 1 &&
  constant % length === 0 &&
  [...terms].every(([id, c]) => id === vector || c % length === 0)
