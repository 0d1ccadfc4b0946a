/** Finds the loops that a step names. Its refusals list the existing ones. */
import type { Loop, Nest } from '@qernel/dsl'
import { nearest, numbered, UniqueNames } from '@qernel/dsl/internal'
import { areIndependent, whyInOrder } from '../legality/iterations.ts'
import { type Refusal, refuse } from '../legality/refusal.ts'
import { type LoopPath, loopsOf, stagesOf } from '../nest/statements.ts'
import type { StepContext } from '../steps/transform.ts'

/** Candidates, the most similar to the given name first. */
export const nearestFirst = (written: string, candidates: readonly string[]): string[] =>
  nearest(written, [...candidates].sort())

const inStage = (nest: Nest, { stage }: StepContext): LoopPath[] =>
  loopsOf(nest.body).filter(({ loop }) => stage === undefined || stagesOf(loop).has(stage))

/** Every loop with the name. */
export function loopsNamed(nest: Nest, name: string, context: StepContext): LoopPath[] | Refusal {
  const all = inStage(nest, context)
  const found = all.filter(({ loop }) => loop.name === name)
  if (found.length > 0) return found
  const names = nearestFirst(name, [...new Set(all.map(({ loop }) => loop.name))])
  return refuse(
    'no-such-loop',
    `there is no loop ${name}${context.stage === undefined ? '' : ` in stage ${context.stage}`}`,
    [],
    names,
  )
}

/**
 * For every stage that has all the named axes as parallel loops: the innermost loop of each axis that `accept` allows.
 * Copies made by a transform count separately.
 *
 * @param otherwise the code of the refusal if `accept` takes none
 */
export function axisLoops(
  nest: Nest,
  axes: readonly string[],
  accept: (loop: Loop) => boolean,
  what: string,
  context: StepContext,
  otherwise: 'not-serial' | 'not-bound' = 'not-serial',
): ReadonlyMap<string, LoopPath[]> | Refusal {
  const all = inStage(nest, context).filter(({ loop }) => areIndependent(loop))
  const known = [...new Set(all.map(({ loop }) => loop.axis))]
  for (const axis of axes)
    if (!known.includes(axis)) {
      const inOrder = loopsOf(nest.body).find(({ loop }) => loop.axis === axis && !areIndependent(loop))?.loop
      if (inOrder !== undefined)
        return refuse(
          'not-parallel',
          inOrder.ordered
            ? `${inOrder.name} ${whyInOrder(inOrder)}`
            : `${axis} is a reduction here: its iterations feed one result`,
          [inOrder.id],
          known,
        )
      return refuse(
        'no-such-loop',
        `there is no axis ${axis}${context.stage === undefined ? '' : ` in stage ${context.stage}`}`,
        [],
        nearestFirst(axis, known),
      )
    }
  // One top-level statement is one dispatch, within which axes belong together.
  const result = new Map<string, LoopPath[]>(axes.map(axis => [axis, []]))
  for (const statement of nest.body) {
    if (statement.kind !== 'loop') continue
    const here = all.filter(({ loop, around }) => loop === statement || around[0] === statement)
    if (!axes.every(axis => here.some(({ loop }) => loop.axis === axis))) continue
    for (const axis of axes) {
      const candidates = here.filter(({ loop }) => loop.axis === axis && accept(loop))
      const innermost = candidates.filter(({ loop }) => !candidates.some(({ around }) => around.includes(loop)))
      if (innermost.length === 0)
        return refuse(
          otherwise,
          `no loop of axis ${axis} ${what}`,
          here.filter(({ loop }) => loop.axis === axis).map(({ loop }) => loop.id),
        )
      result.get(axis)?.push(...innermost)
    }
  }
  if ([...result.values()].some(paths => paths.length === 0))
    return refuse('no-such-loop', `no stage has all of the axes ${axes.join(', ')}`, [], known)
  return result
}

/** The divisors of an extent, for messages. */
export const divisors = (n: number): number[] =>
  Array.from({ length: Math.min(n, 4096) }, (_, i) => i + 1).filter(d => n % d === 0)

/** The divisors nearest to the wanted number. */
export const nearestDivisors = (n: number, wanted: number): number[] =>
  divisors(n)
    .filter(d => d > 1)
    .sort((a, b) => Math.abs(a - wanted) - Math.abs(b - wanted))
    .slice(0, 4)
    .sort((a, b) => a - b)

/** A name that no loop of the stage (or of the nest) and no buffer uses yet: `d_in`, then `d_in2`, … */
export function freshName(nest: Nest, wanted: string, context: Partial<StepContext>): string {
  const loops = inStage(nest, { stage: context.stage }).map(({ loop }) => loop.name)
  return new UniqueNames([...loops, ...nest.buffers.keys()], numbered).fresh(wanted)
}
