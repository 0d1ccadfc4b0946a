/** Makes two versions of the work of a workgroup: one without guards, for the workgroups that are entirely in bounds, and one for the rest. */
import { type Affine, affine, type Guard, isGrid, type Loop, type LoopId, type Nest, type Statement } from '@qernel/dsl'
import { flatMap } from '@qernel/dsl/internal'
import { orderOf } from '../legality/iterations.ts'
import { type Refusal, refuse } from '../legality/refusal.ts'
import { largestValue } from '../nest/guards.ts'
import { isMeant, leavesOf, loopsOf, mapLeaves, replaceLoopIn } from '../nest/statements.ts'
import { copyStatements } from './copying.ts'
import { freshName } from './loop-selection.ts'

/**
 *   grid.x t { block.y row { block.x lane { s[…] += …  if 32·t + row < T } } }
 *   → grid.x t {
 *       once t_whole_group { block.y row { block.x lane { s[…] += …  if 32·t + 31 < T } } }
 *       once t_tail_group  { block.y row { block.x lane { s[…] += …  if 32·t + 31 ≥ T and 32·t + row < T } } } }
 *
 * All threads of a workgroup take the same version, so both may combine lanes and wait for each other. Every array on chip that
 * belongs to the workgroup serves both. The loops of the second version have names of their own, NAME_tail, so that later steps can treat it
 * in another way: what few workgroups run need not have many registers.
 */
export function peelWorkgroups(nest: Nest, axis: string, stage: string | undefined): Nest | Refusal {
  let next = nest
  let problem: Refusal | undefined
  for (const statement of nest.body) {
    const grid = innermostGrid(statement)
    const leaves = leavesOf([statement])
    const guards = flatMap(leaves, ({ leaf, around }) =>
      leaf.where.map(guard => ({ guard, around, isNamed: guard.axis === axis && isMeant(leaf, stage) })),
    )
    const named = guards.find(({ guard, isNamed }) => isNamed && guard.peeled === undefined)
    if (named === undefined) continue
    if (grid === undefined) {
      problem ??= refuse(
        'not-bound',
        `${axis} has no workgroups yet: none of the loops around it is bound to the grid`,
        statement.kind === 'loop' ? [statement.id] : [],
      )
      continue
    }
    const same = guards.filter(({ guard }) => affine.sameExtent(guard.below, named.guard.below))
    const peeled = same.find(({ guard }) => guard.peeled !== undefined)
    if (peeled !== undefined) return refuse('already-bound', `${axis} is peeled already`, [grid.id])
    const wholes = same.map(({ guard, around }) => furthestInWorkgroup(nest, guard.index, around))
    const [whole] = wholes
    if (whole === undefined || wholes.some(other => other === undefined || !affine.equals(other, whole)))
      return refuse('accesses-differ', `the statements of a workgroup extend different distances along ${axis}`, [
        grid.id,
      ])
    next = inTwoVersions(next, grid, { axis, index: whole, below: named.guard.below })
  }
  if (next !== nest) return next
  if (problem !== undefined) return problem
  const guarded = [...new Set(flatMap(leavesOf(nest.body), ({ leaf }) => leaf.where.map(guard => guard.axis)))]
  return refuse('no-such-loop', `nothing is guarded along ${axis}`, [], guarded)
}

/** The loop over workgroups that encloses all other loops of a dispatch. */
function innermostGrid(statement: Statement): Loop | undefined {
  if (statement.kind !== 'loop') return undefined
  const grids = loopsOf([statement]).filter(({ loop }) => isGrid(loop.mode))
  return grids.at(-1)?.loop
}

/** The furthest position that a workgroup reaches: the loops over workgroups stay, all others are at their ends. */
function furthestInWorkgroup(nest: Nest, index: Affine, around: readonly Loop[]): Affine | undefined {
  const isOfGrid = (id: LoopId) => around.some(l => l.id === id && isGrid(l.mode))
  const largest = largestValue(
    nest,
    affine.part(index, id => !isOfGrid(id)),
    around,
  )
  return largest === undefined
    ? undefined
    : { constant: index.constant + largest, terms: affine.part(index, isOfGrid).terms }
}

function inTwoVersions(nest: Nest, grid: Loop, whole: Guard): Nest {
  const mainId = nest.nextLoop
  const tailId = mainId + 1
  // A version is not part of the axis, so steps on the axis skip it.
  const once = (id: LoopId, name: string, body: readonly Statement[]): Loop => ({
    kind: 'loop',
    id,
    name: freshName(nest, `${whole.axis}_${name}_group`, {}),
    axis: `${whole.axis}_${name}`,
    mode: 'serial',
    ...orderOf(grid),
    extent: 1,
    body,
  })
  const main = mapLeaves(grid.body, leaf => ({
    ...leaf,
    where: [
      ...leaf.where.filter(guard => !affine.sameExtent(guard.below, whole.below)),
      { ...whole, peeled: 'whole' as const },
    ],
  }))
  const copied = copyStatements({ ...nest, nextLoop: tailId + 1 }, grid.body, new Map(), '_tail')
  const outside: Guard = { ...whole, peeled: 'tail' }
  const tail = mapLeaves(withOwnNames(nest, copied.body), leaf => ({ ...leaf, where: [...leaf.where, outside] }))
  const body = [once(mainId, 'whole', main), once(tailId, 'tail', tail)]
  return {
    ...replaceLoopIn(nest, grid.id, l => [{ ...l, body }]),
    buffers: copied.buffers,
    nextLoop: copied.nextLoop,
  }
}

/** Loops of the same name keep having the same name. */
function withOwnNames(nest: Nest, body: readonly Statement[]): readonly Statement[] {
  const names = new Map<string, string>()
  const rename = (statement: Statement): Statement => {
    if (statement.kind !== 'loop') return statement
    const name = names.get(statement.name) ?? freshName(nest, `${statement.name}_tail`, {})
    names.set(statement.name, name)
    return { ...statement, name, body: statement.body.map(rename) }
  }
  return body.map(rename)
}
