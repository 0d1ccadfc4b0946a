/** Which lines of a source belong to which of the loops that are shown. */
import type { TracedKernel } from '@qernel/codegen'
import type { LoopId, Nest } from '@qernel/dsl'
import { loopsOf } from '@qernel/schedule'
import type { Mark } from '../protocol.ts'

/**
 * The marks of a source, in the order of its lines.
 *
 * @param nest that was compiled
 * @param shown the nest whose loops are meant, which may be that of another target: a loop is the same if dispatch, name and mode are
 */
export function sourceMarks({ loopLines }: TracedKernel, nest: Nest, shown: Nest): Mark[] {
  const same = nest === shown ? undefined : sameLoops(nest, shown)
  return loopLines.flatMap(({ from, to, loops }) => {
    const known = same === undefined ? loops : loops.flatMap(id => same.get(id) ?? [])
    return known.length === 0 ? [] : [{ from, to, loops: known }]
  })
}

function sameLoops(nest: Nest, shown: Nest): ReadonlyMap<LoopId, LoopId> {
  const keys = (of: Nest): Map<string, LoopId> => {
    const found = new Map<string, LoopId>()
    for (const [dispatch, statement] of of.body.entries())
      for (const { loop } of loopsOf([statement])) {
        const key = `${dispatch} ${loop.name} ${loop.mode}`
        for (let i = 0; ; i++)
          if (!found.has(`${key} ${i}`)) {
            found.set(`${key} ${i}`, loop.id)
            break
          }
      }
    return found
  }
  const others = keys(shown)
  return new Map(
    [...keys(nest)].flatMap(([key, id]) => {
      const other = others.get(key)
      return other === undefined ? [] : [[id, other] as const]
    }),
  )
}
