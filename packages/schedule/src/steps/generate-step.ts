/** Random steps of any transform, generated from its schema and the nest: for property tests and for tuning. */
import type { Nest } from '@qernel/dsl'
import { flatMap, nameOfStage } from '@qernel/dsl/internal'
import { loopsOf, stageNames } from '../nest/statements.ts'
import { type Domain, parameterDomains } from './parameter-domains.ts'
import type { Argument, Step, Transform } from './transform.ts'

/** Chooses one of several. The chooser determines the distribution of steps, and whether they can be replayed. */
export type Pick = <T>(from: readonly T[]) => T

/** A step of the transform with arguments that its schema accepts and names that the nest has. It may still be refused. */
export function generateStep(nest: Nest, transform: Transform, pick: Pick): Step {
  const { named, axes } = parameterDomains(transform)
  const step: Record<string, Argument> = {}
  for (const { name, optional, domain } of named)
    if (!optional || pick([true, false, false])) step[name] = argument(nest, domain, pick)
  if (axes !== undefined)
    for (let count = pick([1, 1, 2, 2, 3]); count > 0; count--)
      step[pick(loopAndAxisNames(nest))] = argument(nest, axes.domain, pick)
  const stages = stageNames(nest)
  if (stages.length > 1 && pick([true, false])) step.stage = pick(stages)
  return { transform: transform.name, ...step }
}

const loopAndAxisNames = (nest: Nest): string[] => [
  ...new Set(flatMap(loopsOf(nest.body), ({ loop }) => [loop.axis, loop.name])),
]

function argument(nest: Nest, domain: Domain, pick: Pick): Argument {
  switch (domain.kind) {
    case 'factor':
      // A few factors beyond the candidates: odd ones must work as well as powers of two.
      return pick([...domain.candidates, ...domain.candidates, 3, 5])
    case 'choice':
      return pick(domain.options)
    case 'boolean':
      return pick([true, false])
    case 'loop':
      return pick(loopsOf(nest.body)).loop.name
    case 'loops':
      return loopsAlongOnePath(nest, pick).join('.')
    case 'buffer':
      return pick([...nest.buffers.keys()])
    case 'stage':
      return pick(nest.kernel.stages.map(nameOfStage))
    case 'name':
      return pick(['inner', 'lane', 'k'])
  }
}

/** Two or three nested loops, in any order. */
function loopsAlongOnePath(nest: Nest, pick: Pick): string[] {
  const { loop, around } = pick(loopsOf(nest.body))
  const last = [...around, loop].map(l => l.name).slice(-pick([2, 2, 3]))
  return pick([true, false]) ? last.reverse() : [...last.slice(1), ...last.slice(0, 1)]
}
