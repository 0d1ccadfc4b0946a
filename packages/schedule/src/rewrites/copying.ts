/** Copies statements, with new loops and local buffers. */
import type { Affine, Buffer, Expr, LoopId, Nest, Statement } from '@qernel/dsl'
import { loopsOf, mapLeaf } from '../nest/statements.ts'
import { freshName } from './loop-selection.ts'

/**
 * @param owners loops around the statements whose buffers are copied as well, each with the loop that owns the copies
 * @param suffix the ending of the names of copied buffers
 */
export function copyStatements(
  nest: Nest,
  body: readonly Statement[],
  owners: ReadonlyMap<LoopId, LoopId>,
  suffix: string,
): Pick<Nest, 'body' | 'buffers' | 'nextLoop'> {
  let nextLoop = nest.nextLoop
  const loops = new Map<LoopId, LoopId>(loopsOf(body).map(path => [path.loop.id, nextLoop++]))
  const buffers = new Map(nest.buffers)
  const names = new Map<string, string>()
  for (const buffer of nest.buffers.values()) {
    const owner = buffer.scope === undefined ? undefined : (owners.get(buffer.scope) ?? loops.get(buffer.scope))
    if (owner === undefined) continue
    const name = freshName({ ...nest, buffers }, `${buffer.name}${suffix}`, {})
    names.set(buffer.name, name)
    const copy: Buffer = { ...buffer, name, scope: owner }
    buffers.set(name, copy)
  }
  const index = (a: Affine): Affine => ({
    constant: a.constant,
    terms: new Map([...a.terms].map(([id, c]) => [loops.get(id) ?? id, c])),
  })
  const rename = (e: Expr): Expr => (e.kind === 'load' ? { ...e, buffer: names.get(e.buffer) ?? e.buffer } : e)
  const copy = (inner: readonly Statement[]): readonly Statement[] =>
    inner.map(s => {
      if (s.kind === 'loop') return { ...s, id: loops.get(s.id) as LoopId, body: copy(s.body) }
      const leaf = mapLeaf(s, index, rename)
      return { ...leaf, buffer: names.get(leaf.buffer) ?? leaf.buffer }
    })
  return { body: copy(body), buffers, nextLoop }
}
