/** Random steps: every argument is drawn from what the schema of a transform and the nest itself offer. */
import type { Nest } from '@qernel/dsl'
import fc from 'fast-check'
import * as v from 'valibot'
import { type Argument, listTransforms, loopsOf, type Step, type Transform } from '../src/index.ts'

/** One step that is not yet tied to a nest: numbers that pick among whatever there is to pick from. */
export interface Draw {
  readonly transform: number
  readonly picks: readonly number[]
}

export const draws: fc.Arbitrary<Draw[]> = fc.array(
  fc.record({ transform: fc.nat(999), picks: fc.array(fc.nat(999), { minLength: 8, maxLength: 8 }) }),
  { minLength: 1, maxLength: 12, size: 'max' },
)

/** The step that a draw means on a nest. */
export function stepOf(nest: Nest, { transform: index, picks }: Draw): Step {
  // Those that change the order of a sum are held to another standard than equal bits.
  const transforms = listTransforms().filter(t => t.numerics === 'exact')
  const transform = transforms[index % transforms.length] as Transform
  let position = 0
  const pick = <T>(from: readonly T[]): T => from[(picks[position++ % picks.length] as number) % from.length] as T
  const step: Record<string, Argument> = {}
  const schema = transform.parameters as v.GenericSchema & { entries?: v.ObjectEntries; rest?: v.GenericSchema }
  for (const [name, entry] of Object.entries(schema.entries ?? {})) {
    if (entry.type === 'optional' && pick([true, true, false])) continue
    step[name] = argument(nest, name, entry, pick)
  }
  if (schema.rest !== undefined) {
    const count = pick([1, 1, 2, 3])
    for (let i = 0; i < count; i++) step[pick(loopAndAxisNames(nest))] = argument(nest, '', schema.rest, pick)
  }
  const stages = nest.kernel.stages.map(s => s.tensor)
  if (stages.length > 1 && pick([true, false])) step.stage = pick(stages)
  return { transform: transform.name, ...step }
}

const loopAndAxisNames = (nest: Nest): string[] => [
  ...new Set(loopsOf(nest.body).flatMap(({ loop }) => [loop.axis, loop.name])),
]

type Pick = <T>(from: readonly T[]) => T

function argument(nest: Nest, name: string, schema: v.GenericSchema, pick: Pick): Argument {
  const inner = 'wrapped' in schema ? (schema.wrapped as v.GenericSchema) : schema
  const { names, candidates } = v.getMetadata(inner) as { names?: string; candidates?: readonly number[] }
  if (names === 'loop') return pick(loopsOf(nest.body)).loop.name
  if (names === 'buffer') return pick([...nest.buffers.keys()])
  if (names === 'loops') return loopsAlongOnePath(nest, pick).join('.')
  // A few factors beyond the candidates: ragged ones must be as right as powers of two.
  if (candidates !== undefined) return pick([...candidates, ...candidates, 3, 5])
  if ('options' in inner) return pick(inner.options as readonly string[])
  return pick(['inner', 'lane', `${name}_1`])
}

/** Two or three loops that stand inside each other, in any order. */
function loopsAlongOnePath(nest: Nest, pick: Pick): string[] {
  const { loop, around } = pick(loopsOf(nest.body))
  const path = [...around, loop].map(l => l.name)
  const last = path.slice(-pick([2, 2, 3]))
  return pick([true, false]) ? last.reverse() : [...last.slice(1), ...last.slice(0, 1)]
}
