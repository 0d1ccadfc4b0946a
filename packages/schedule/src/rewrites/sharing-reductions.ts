/** Fused stages often fold the same values: the minimum and the maximum of a group, for its zero and for its scale. */
import { affine, type Buffer, type Loop, loadsOf, type Statement, type Update } from '@qernel/dsl'
import { flatMap, writableExpression } from '@qernel/dsl/internal'
import { type Leaf, leavesOf, mapLeaf, mapLeaves } from '../nest/statements.ts'

/** A scalar accumulator: its initialization, and the loops that fold into it. */
interface Reduction {
  readonly accumulator: string
  /** Positions in the list of statements. */
  readonly startsAt: number
  readonly foldedAt: number
  /** The same for equal folds. */
  readonly key: string
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
  for (const reduction of reductionsOf(body, buffers)) {
    const earlier = first.get(reduction.key)
    if (earlier === undefined) first.set(reduction.key, reduction)
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

/** In the order in which they start. */
function reductionsOf(body: readonly Statement[], buffers: ReadonlyMap<string, Buffer>): Reduction[] {
  const leaves = leavesOf(body).map(({ leaf }) => leaf)
  const written = new Set(leaves.map(({ buffer }) => buffer))
  return flatMap(body, (start, startsAt): Reduction[] => {
    if (start.kind !== 'store' || start.where.length > 0) return []
    const buffer = buffers.get(start.buffer)
    const own = leaves.filter(leaf => leaf.buffer === start.buffer)
    if (buffer?.memory !== 'register' || buffer.dims.length > 0 || own.length !== 2) return []
    const foldedAt = body.findIndex(s => s.kind === 'loop' && leavesOf([s]).some(({ leaf }) => leaf === own[1]))
    const fold = foldedAt > startsAt ? foldOf(body[foldedAt] as Loop, own[1] as Leaf, written) : undefined
    if (fold === undefined) return []
    const key = text([buffer.type.name, writableExpression(start.value), fold])
    return [{ accumulator: start.buffer, startsAt, foldedAt, key }]
  })
}

/** The fold, with its loops identified by position; undefined if it is not a plain fold of values that do not change. */
function foldOf(outermost: Loop, update: Leaf, written: ReadonlySet<string>): unknown {
  if (update.kind !== 'update' || update.atomic === true) return undefined
  if (loadsOf(update.value).some(({ buffer }) => written.has(buffer))) return undefined
  const around = leavesOf([outermost]).find(({ leaf }) => leaf === update)?.around ?? []
  if (around.some(({ mode, combine }) => mode !== 'serial' || combine !== undefined)) return undefined
  const numbered = around.reduce<Leaf>(
    (leaf, { id }, place) => mapLeaf(leaf, a => affine.substitute(a, id, affine.variable(-1 - place))),
    update,
  ) as Update
  const loops = around.map(({ extent, reduce, ordered }) => [extent, reduce, ordered])
  return [loops, numbered.op, writableExpression(numbered.value), numbered.where]
}

const text = (what: unknown): string =>
  JSON.stringify(what, (_, value: unknown) => {
    if (value instanceof Map) return [...value].sort(([a], [b]) => (a < b ? -1 : 1))
    if (typeof value === 'number' && !Number.isFinite(value)) return String(value)
    return Object.is(value, -0) ? '-0' : value
  })
