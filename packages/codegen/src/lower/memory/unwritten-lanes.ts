/** Elements of private and shared copies that were never written: those behind a guard, which lanes of a vector would read along with the others. */
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

/** What has to be known of a statement that reads. */
interface Reader {
  readonly context: Pick<FunctionContext, 'nest' | 'shapes'>
  readonly shape: LeafShape
}

/**
 * Whether a lane that is masked may read an element of a local buffer that was not written, although lane 0 reads one that was: where lanes
 * of one vector read what several runs of a statement write, and a guard lets some of these run and not others, or the last of them ends
 * before the buffer does. A statement that runs writes all lanes of its own vectors. Where the data decides, a lane may read anything.
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

/** Whether guards decide which elements along a dimension a statement writes. */
const runsInPart = (written: Affine, { guards }: LeafShape): boolean =>
  guards.some(guard => [...written.terms.keys()].some(id => guard.index.terms.has(id)))

/** Whether the buffer is longer than what the loops of a statement reach: other statements read it in longer pieces. */
function endsEarly(written: Affine, { around }: LeafShape, length: Extent, { nest }: Reader['context']): boolean {
  const largest = largestValue(nest, written, around)
  const known = constantExtent(nest, length)
  return largest === undefined || known === undefined || largest + 1 < known
}

/** Whether a run of the writer writes all that the vector reads: it has a vector as long, from a place that divides alike. */
function writesAll(
  written: Affine,
  { vectors }: LeafShape,
  read: Affine,
  vector: Loop,
  { nest }: Reader['context'],
): boolean {
  const lengthOf = ({ extent }: Loop) => constantExtent(nest, extent) as number
  const length = lengthOf(vector)
  return (
    startsAtMultiples(read, vector.id, length) &&
    vectors.some(own => lengthOf(own) % length === 0 && startsAtMultiples(written, own.id, lengthOf(own)))
  )
}

/** Whether an index walks a vector one by one, from a multiple of its length. */
const startsAtMultiples = ({ constant, terms }: Affine, vector: LoopId, length: number): boolean =>
  affine.coefficient({ constant, terms }, vector) === 1 &&
  constant % length === 0 &&
  [...terms].every(([id, c]) => id === vector || c % length === 0)
