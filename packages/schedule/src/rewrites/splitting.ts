import { affine, type Loop, type LoopId, type LoopMode, type Nest } from '@qernel/dsl'
import { mayRunPastEnd, orderOf } from '../legality/iterations.ts'
import { type Refusal, refuse } from '../legality/refusal.ts'
import { constantExtent } from '../nest/guards.ts'
import { replaceLoopIn, substituteLoop } from '../nest/statements.ts'
import { growLocals } from './local-dims.ts'
import { nearestDivisors } from './loop-selection.ts'

/** The two loops that a split makes: `outer` keeps the identity and the name, `inner` is new. */
export interface SplitModes {
  readonly innerName: string
  readonly outer?: LoopMode
  readonly inner?: LoopMode
}

/**
 * for i in E  →  for i in ceil(E/by) { for inner in by }, with i replaced by by·i + inner. If `by` does not divide E,
 * the guard of the axis masks the rest; without such a guard, `by` must divide E.
 */
export function splitLoop(nest: Nest, id: LoopId, by: number, modes: SplitModes): Nest | Refusal {
  const target = findLoop(nest, id)
  const problem = overshoot(nest, target, by)
  if (problem !== undefined) return problem
  const inner = nest.nextLoop
  const next = replaceLoopIn(nest, id, loop => {
    const body = substituteLoop(
      loop.body,
      id,
      affine.add(affine.scale(affine.variable(id), by), affine.variable(inner)),
    )
    const innerLoop: Loop = {
      kind: 'loop',
      id: inner,
      name: modes.innerName,
      axis: loop.axis,
      mode: modes.inner ?? 'serial',
      ...orderOf(loop),
      extent: by,
      body,
    }
    return [
      { ...loop, mode: modes.outer ?? loop.mode, extent: affine.divideExtent(loop.extent, by), body: [innerLoop] },
    ]
  })
  // Buffers that were fresh in each iteration of the loop are fresh in each iteration of the inner one.
  const buffers = new Map(
    [...next.buffers].map(([name, buffer]) => [name, buffer.scope === id ? { ...buffer, scope: inner } : buffer]),
  )
  return growLocals({ ...next, buffers, nextLoop: inner + 1 })
}

/** Splits with the new loop outside: for i in E → for outer in by { for i in E/by }; E is a known multiple of `by`. */
export function splitLoopOutside(
  nest: Nest,
  id: LoopId,
  by: number,
  modes: { readonly outerName: string; readonly outer: LoopMode },
): Nest | Refusal {
  const target = findLoop(nest, id)
  const extent = constantExtent(nest, target.extent)
  if (extent === undefined || extent === 0 || extent % by !== 0)
    return refuse(
      'does-not-divide',
      `${target.name} has ${affine.printExtent(target.extent)} iterations, which ${by} does not divide`,
      [id],
      extent === undefined ? [] : nearestDivisors(extent, by),
    )
  const outer = nest.nextLoop
  const inner = extent / by
  const next = replaceLoopIn(nest, id, loop => {
    const body = substituteLoop(
      loop.body,
      id,
      affine.add(affine.scale(affine.variable(outer), inner), affine.variable(id)),
    )
    return [
      {
        kind: 'loop',
        id: outer,
        name: modes.outerName,
        axis: loop.axis,
        mode: modes.outer,
        ...orderOf(loop),
        extent: by,
        body: [{ ...loop, extent: inner, body }],
      },
    ]
  })
  return { ...next, nextLoop: outer + 1 }
}

export function findLoop(nest: Nest, id: LoopId): Loop {
  let found: Loop | undefined
  const look = (body: Nest['body']): void => {
    for (const s of body)
      if (s.kind === 'loop') {
        if (s.id === id) found = s
        else look(s.body)
      }
  }
  look(nest.body)
  if (found === undefined) throw new Error(`the nest has no loop ${id}`)
  return found
}

/** Why a split that does not divide evenly cannot run past the end of a loop. */
export function overshoot(nest: Nest, loop: Loop, by: number): Refusal | undefined {
  const extent = constantExtent(nest, loop.extent)
  if (extent !== undefined && extent % by === 0) return undefined
  if (mayRunPastEnd(nest, loop)) return undefined
  return refuse(
    'does-not-divide',
    `${loop.name} has ${affine.printExtent(loop.extent)} iterations, which ${by} does not divide, and no guard masks the rest`,
    [loop.id],
    extent === undefined ? [] : nearestDivisors(extent, by),
  )
}
