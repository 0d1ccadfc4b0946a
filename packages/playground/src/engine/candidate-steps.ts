/** Every step of a transform that is worth trying on a nest: all names that the nest has, and the candidates of its schema. */
import type { Nest } from '@qernel/dsl'
import { nameOfStage } from '@qernel/dsl/internal'
import { type Domain, loopsOf, parameterDomains, type Step, type Transform } from '@qernel/schedule'
import { stageNames } from '@qernel/schedule/internal'

type Value = string | number | boolean
type Arguments = Readonly<Record<string, Value>>

/** Beyond this many steps of one transform, only each n-th is tried. */
const mostSteps = 1500

/** Steps in an order in which neighbours differ much, so that a few of them are as different as possible. Always the same for the same nest. */
export function candidateSteps(nest: Nest, transform: Transform): Step[] {
  const { named, axes } = parameterDomains(transform)
  let all: readonly Arguments[] = [{}]
  for (const { name, optional, domain } of named) {
    const values = valuesOf(nest, domain).map((value): Arguments => ({ [name]: value }))
    all = all.flatMap(before => [...(optional ? [{}] : []), ...values].map(value => ({ ...before, ...value })))
  }
  if (axes !== undefined) {
    const ofAxes = argumentsOfAxes(nest, valuesOf(nest, axes.domain))
    all = all.flatMap(before => ofAxes.map(value => ({ ...before, ...value })))
  }
  const stages = stageNames(nest)
  if (stages.length > 1) all = all.flatMap(before => [before, ...stages.map(stage => ({ ...before, stage }))])
  const count = Math.min(all.length, mostSteps)
  return spread(count).map(position => {
    const args = all[Math.floor((position * all.length) / count)]
    return { transform: transform.name, ...args }
  })
}

/** One axis or loop with each value; then two with each pair of a few values. */
function argumentsOfAxes(nest: Nest, values: readonly Value[]): Arguments[] {
  const names = unique(loopsOf(nest.body).flatMap(({ loop }) => [loop.axis, loop.name]))
  const few = values.length > 3 && typeof values[0] === 'number' ? values.filter((_, i) => i % 2 === 0) : values
  const pairs = names.flatMap((name, i) => names.slice(i + 1).map(other => [name, other] as const))
  return [
    ...names.flatMap(name => values.map(value => ({ [name]: value }))),
    ...pairs.flatMap(([name, other]) => few.flatMap(value => few.map(second => ({ [name]: value, [other]: second })))),
  ]
}

function valuesOf(nest: Nest, domain: Domain): readonly Value[] {
  switch (domain.kind) {
    case 'factor':
      return domain.candidates
    case 'choice':
      return domain.options
    case 'boolean':
      return [true, false]
    case 'loop':
      return unique(loopsOf(nest.body).map(({ loop }) => loop.name))
    case 'loops':
      return unique(loopsOf(nest.body).flatMap(({ loop, around }) => orders([...around, loop].map(({ name }) => name))))
    case 'buffer':
      return [...nest.buffers.keys()]
    case 'stage':
      return nest.kernel.stages.map(nameOfStage)
    case 'name':
      return ['inner']
  }
}

/** The innermost two or three of nested loops in another order. */
function orders(names: readonly string[]): string[] {
  const [b, a, c] = names.slice(-3).reverse()
  if (a === undefined || b === undefined) return []
  return [
    [b, a],
    ...(c === undefined
      ? []
      : [
          [a, b, c],
          [b, c, a],
          [b, a, c],
        ]),
  ].map(order => order.join('.'))
}

const unique = <T>(values: readonly T[]): T[] => [...new Set(values)]

/** The numbers below a count, each once, in steps of about 0.618 of it. */
function spread(count: number): number[] {
  let step = Math.max(1, Math.round(count * 0.618))
  while (divisor(step, count) > 1) step++
  return Array.from({ length: count }, (_, i) => (i * step) % count)
}

const divisor = (a: number, b: number): number => (b === 0 ? a : divisor(b, a % b))
