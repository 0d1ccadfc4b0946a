import type { Buffer, Loop, Nest, Statement } from '@qernel/dsl'
import * as v from 'valibot'
import { handedOn, movedDependents } from '../legality/iterations.ts'
import { type Refusal, refuse } from '../legality/refusal.ts'
import { leavesOf, loopsOf, replaceLoopIn } from '../nest/statements.ts'
import { loopsNamed } from '../rewrites/loop-selection.ts'
import { defineTransform } from '../steps/transform.ts'

/**
 * Reorders nested loops as listed, outermost first. They must be nested directly inside each other.
 *
 *     for t in T              for d in D
 *       for d in D       →      for t in T
 *         q[t, d] = …             q[t, d] = …
 */
export const reorder = defineTransform({
  name: 'reorder',
  summary: 'reorders directly nested loops as listed, outermost first',
  parameters: v.strictObject({ order: v.pipe(v.string('loop names joined by .'), v.metadata({ names: 'loops' })) }),
  numerics: 'exact',
  example: 'reorder(order=d.t)',
  apply(nest, { order }, context): Nest | Refusal {
    const names = order.split('.')
    if (names.length < 2 || new Set(names).size !== names.length)
      return refuse(
        'bad-argument',
        `order=${order} needs two or more different loop names joined by a dot, such as order=d.t`,
      )
    const groups: Loop[][] = []
    for (const name of names) {
      const paths = loopsNamed(nest, name, context)
      if (!Array.isArray(paths)) return paths
      groups.push(paths.map(({ loop }) => loop))
    }
    const roots = loopsOf(nest.body).filter(
      ({ loop, around }) =>
        names.includes(loop.name) && groups.some(g => g.includes(loop)) && !around.some(l => names.includes(l.name)),
    )
    let next = nest
    for (const { loop: root } of roots) {
      const chain = perfectChain(root, names)
      if (!Array.isArray(chain)) {
        if (
          roots.length > 1 &&
          !names.every(name => [root, ...loopsOf(root.body).map(({ loop }) => loop)].some(l => l.name === name))
        )
          continue
        return chain
      }
      const result = permute(next, chain, names)
      if ('refused' in result) return result
      next = result
    }
    if (next === nest && !names.every((name, i) => i === 0 || name === names[i]))
      return refuse(
        'not-nested',
        `the loops ${names.join(', ')} are not nested inside each other`,
        groups.flat().map(l => l.id),
      )
    return next
  },
})

/** The loops from the first to the last named one, each the only statement of the one around it. */
function perfectChain(root: Loop, names: readonly string[]): Loop[] | Refusal {
  const missing = new Set(names)
  const chain: Loop[] = []
  let at: Statement | undefined = root
  while (missing.size > 0) {
    if (at?.kind !== 'loop')
      return refuse(
        'not-nested',
        `the loops ${names.join(', ')} are not nested directly inside each other`,
        chain.map(l => l.id),
      )
    chain.push(at)
    missing.delete(at.name)
    if (missing.size === 0) return chain
    if (at.body.length !== 1)
      return refuse('not-nested', `${at.name} contains several statements, so nothing inside it can move past it`, [
        at.id,
      ])
    at = at.body[0]
  }
  return chain
}

function permute(nest: Nest, chain: readonly Loop[], names: readonly string[]): Nest | Refusal {
  const innermost = chain.at(-1) as Loop
  const wanted = names.map(name => chain.find(l => l.name === name) as Loop)
  const slots = chain.filter(l => names.includes(l.name))
  const again = slots.find((l, i) => slots.findIndex(other => other.name === l.name) < i)
  if (again !== undefined)
    return refuse(
      'bad-argument',
      `two of these loops are called ${again.name}, so the order is ambiguous`,
      slots.filter(l => l.name === again.name).map(l => l.id),
    )
  const order = chain.map(l => (slots.includes(l) ? (wanted[slots.indexOf(l)] as Loop) : l))
  const moved = movedDependents(chain, order)
  const sums = leavesOf(innermost.body).some(
    ({ leaf }) => leaf.kind === 'update' && leaf.op === 'sum' && leaf.value.type === 'f32',
  )
  if (sums && moved.length > 0)
    return refuse(
      'reassociates',
      'this order adds the elements of a floating-point sum in another order',
      moved.map(l => l.id),
    )
  if (moved.some(l => l.ordered))
    return refuse(
      'depends',
      `${handedOn(nest, chain[0] as Loop)} passes a value from each iteration to the next; in another order a different iteration would get it`,
      moved.map(l => l.id),
    )
  const bound = order.find((l, i) => l !== chain[i] && l.mode !== 'serial' && l.mode !== 'unroll')
  if (bound !== undefined)
    return refuse('already-bound', `${bound.name} is ${bound.mode}; reorder before bind and vectorize`, [bound.id])
  const scoped = [...nest.buffers.values()].find((b: Buffer) => chain.some(l => l.id === b.scope && l !== innermost))
  if (scoped !== undefined)
    return refuse('not-nested', `${scoped.name} belongs to a loop that would move`, [scoped.scope as number])
  const last = order.at(-1) as Loop
  const rebuilt = order.reduceRight<readonly Statement[]>((body, l) => [{ ...l, body }], innermost.body)
  const buffers = new Map(
    [...nest.buffers].map(([name, b]) => [name, b.scope === innermost.id ? { ...b, scope: last.id } : b]),
  )
  return { ...replaceLoopIn(nest, (chain[0] as Loop).id, () => rebuilt), buffers }
}
