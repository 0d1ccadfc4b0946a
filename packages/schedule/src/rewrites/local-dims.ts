import { type Buffer, type Expr, isAffine, type Loop, loadsOf, type Nest, type Subscript } from '@qernel/dsl'
import { largestValue } from '../nest/guards.ts'
import { leavesOf, mapLeaf, mapLeaves } from '../nest/statements.ts'

/**
 * Extends local buffers to the range of their loops: a split that does not divide evenly runs past the end. A
 * data-dependent subscript is clamped to its dimension. If that grows, the subscript keeps its previous bound, since
 * nothing is stored beyond it.
 */
export function growLocals(nest: Nest): Nest {
  if (![...nest.buffers.values()].some(({ memory, dims }) => memory !== 'global' && dims.length > 0)) return nest
  const buffers = new Map(nest.buffers)
  const grow = (name: string, index: readonly Subscript[], around: readonly Loop[]): void => {
    const buffer = buffers.get(name)
    if (buffer === undefined || buffer.memory === 'global') return
    const dims = buffer.dims.map((dim, i) => {
      const at = index[i]
      const largest = at !== undefined && isAffine(at) ? largestValue(nest, at, around) : undefined
      return typeof dim === 'number' && largest !== undefined ? Math.max(dim, largest + 1) : dim
    })
    if (dims.some((dim, i) => dim !== buffer.dims[i])) buffers.set(name, { ...buffer, dims })
  }
  for (const { leaf, around } of leavesOf(nest.body)) {
    grow(leaf.buffer, leaf.index, around)
    for (const load of loadsOf(leaf.value)) grow(load.buffer, load.index, around)
  }
  if ([...buffers].every(([name, buffer]) => buffer === nest.buffers.get(name))) return nest
  const keepClamped = (e: Expr): Expr => {
    if (e.kind !== 'load') return e
    const { dims: before } = nest.buffers.get(e.buffer) as Buffer
    const { dims: now } = buffers.get(e.buffer) as Buffer
    if (e.index.every((s, i) => isAffine(s) || now[i] === before[i])) return e
    const index = e.index.map((s, i) =>
      isAffine(s) || now[i] === before[i] ? s : clampedBelow(s, before[i] as number),
    )
    return { ...e, index }
  }
  return { ...nest, buffers, body: mapLeaves(nest.body, leaf => mapLeaf(leaf, a => a, keepClamped)) }
}

/** A subscript clamped to `0 … length − 1`; unchanged if it is already clamped to less. */
function clampedBelow(s: Expr, length: number): Expr {
  const bounds = s.kind === 'op' && s.op === 'clamp' ? s.args.slice(1) : []
  const [low, high] = bounds.map(bound => (bound.kind === 'const' ? bound.value : Number.NaN))
  if (low !== undefined && high !== undefined && low >= 0 && high < length && low <= high) return s
  const bound = (value: number): Expr => ({ kind: 'const', type: s.type, value })
  return { kind: 'op', type: s.type, op: 'clamp', args: [s, bound(0), bound(length - 1)] }
}
