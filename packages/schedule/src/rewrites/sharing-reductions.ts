/** Fused stages often fold the same values: the minimum and the maximum of a group, for its zero and for its scale. */
import { affine, type Buffer, type Loop, loadsOf, type Statement, type Store, type Update } from '@qernel/dsl'
import { flatMap, kernelJson, writableExpression } from '@qernel/dsl/internal'
import { type Leaf, leavesOf, mapLeaf, mapLeaves } from '../nest/statements.ts'

/** A scalar accumulator: its initialization, and the loops that fold into it. */
interface Reduction {
  readonly accumulator: string
  /** Positions in the list of statements. */
  readonly startsAt: number
  readonly foldedAt: number
  readonly type: string
  readonly start: Store
  readonly update: Update
  /** The loops around the update, within the list of statements. */
  readonly around: readonly Loop[]
}

/**
 * If a reduction folds the same values in the same order from the same start as an earlier one, its reads are
 * redirected to the earlier accumulator, and nothing reads it any more.
 *
 * @param body statements that run in sequence in each iteration of the loops around them
 */
export function shareReductions(
  body: readonly Statement[],
  buffers: ReadonlyMap<string, Buffer>,
): readonly Statement[] {
  const first = new Map<string, Reduction>()
  const same = new Map<string, string>()
  const reductions = reductionsOf(body, buffers)
  for (const reduction of reductions) {
    const isLike = ({ type, update }: Reduction) => type === reduction.type && update.op === reduction.update.op
    if (reductions.filter(isLike).length === 1) continue
    const key = keyOf(reduction)
    const earlier = first.get(key)
    if (earlier === undefined) first.set(key, reduction)
    else if (earlier.foldedAt < reduction.startsAt) same.set(reduction.accumulator, earlier.accumulator)
  }
  if (same.size === 0) return body
  return mapLeaves(body, leaf =>
    mapLeaf(
      leaf,
      a => a,
      e => {
        const shared = e.kind === 'load' ? same.get(e.buffer) : undefined
        return e.kind === 'load' && shared !== undefined ? { ...e, buffer: shared } : e
      },
    ),
  )
}

/** The plain folds of values that do not change, in the order in which they start. */
function reductionsOf(body: readonly Statement[], buffers: ReadonlyMap<string, Buffer>): Reduction[] {
  const leaves = leavesOf(body).map(({ leaf }) => leaf)
  const written = new Set(leaves.map(({ buffer }) => buffer))
  return flatMap(body, (start, startsAt): Reduction[] => {
    if (start.kind !== 'store' || start.where.length > 0) return []
    const buffer = buffers.get(start.buffer)
    const own = leaves.filter(leaf => leaf.buffer === start.buffer)
    const [, update] = own
    if (buffer?.memory !== 'register' || buffer.dims.length > 0 || own.length !== 2) return []
    if (update?.kind !== 'update' || update.atomic === true) return []
    if (loadsOf(update.value).some(load => written.has(load.buffer))) return []
    const foldedAt = body.findIndex(s => s.kind === 'loop' && leavesOf([s]).some(({ leaf }) => leaf === update))
    if (foldedAt < startsAt) return []
    const around = leavesOf([body[foldedAt] as Loop]).find(({ leaf }) => leaf === update)?.around ?? []
    if (around.some(({ mode, combine }) => mode !== 'serial' || combine !== undefined)) return []
    return [{ accumulator: start.buffer, startsAt, foldedAt, type: buffer.type.name, start, update, around }]
  })
}

/** A text that is the same for equal folds. Loops are identified by position. */
function keyOf({ type, start, update, around }: Reduction): string {
  const numbered = around.reduce<Leaf>(
    (leaf, { id }, place) => mapLeaf(leaf, a => affine.substitute(a, id, affine.variable(-1 - place))),
    update,
  ) as Update
  const loops = around.map(({ extent, reduce, ordered }) => [extent, reduce, ordered])
  const fold = [loops, numbered.op, numbered.fused === true, writableExpression(numbered.value), numbered.where]
  return kernelJson([type, writableExpression(start.value), fold])
}
