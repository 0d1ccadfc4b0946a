/** A template as independent choices: every combination of them is one schedule. */
import { type Argument, printSteps, type Step } from '@qernel/schedule'
import type { LaterStep } from '@qernel/schedule/internal'
import type { Candidate } from '../candidate.ts'
import type { Template, TemplateStep } from './template.ts'

/** One choice of a template: an argument, or whether an optional step is there. */
interface Choice {
  /** `tile.d`, `coarsen` for an optional step, or the name of a shared choice. */
  readonly name: string
  readonly values: readonly (number | string)[]
  /** The optional step without which the choice means nothing. */
  readonly within?: string
}

/** The chosen value of each choice, by position in its values. Choices that mean nothing are at 0. */
export type Chosen = readonly number[]

const absent = 'off'
const present = 'on'

/** What is chosen at one step: its arguments, whether it is there, and the shared choices that no step before it has. */
interface Level {
  readonly shared: readonly number[]
  readonly isOn: number | undefined
  readonly inside: readonly number[]
  /** The ways to choose them all. */
  readonly ways: number
}

/** The choices of one template. */
export class Choices {
  readonly name: string
  /** The number of different schedules, legal or not. */
  readonly size: number
  /** The ways to choose at each step; a step that is off is one way, one that is on many. */
  readonly ways: readonly number[]
  readonly #choices: readonly Choice[]
  readonly #steps: readonly NamedStep[]
  readonly #position: ReadonlyMap<string, number>
  readonly #levels: readonly Level[]

  constructor(template: Template, name: string) {
    this.name = name
    this.#steps = nameSteps(template.steps)
    this.#choices = choicesOf(this.#steps)
    this.#position = new Map(this.#choices.map(({ name }, i) => [name, i]))
    this.#levels = this.#steps.map((_, step) => this.#level(step))
    this.ways = this.#levels.map(({ ways }) => ways)
    this.size = this.ways.reduce((product, ways) => product * ways, 1)
  }

  #level(at: number): Level {
    const { name, optional, step } = this.#steps[at] as NamedStep
    const before = new Set(this.#steps.slice(0, at).flatMap(one => one.step.arguments.map(({ choice }) => choice)))
    const positions = (names: readonly (string | undefined)[]) => [
      ...new Set(names.flatMap(each => (each === undefined ? [] : (this.#position.get(each) ?? [])))),
    ]
    const shared = positions(step.arguments.map(({ choice }) => (before.has(choice) ? undefined : choice)))
    const inside = positions(step.arguments.map(one => (one.choice ? undefined : `${name}.${one.name}`)))
    const count = (of: readonly number[]) => of.reduce((product, i) => product * this.#values(i), 1)
    return {
      ...{ shared, inside, isOn: optional ? this.#position.get(name) : undefined },
      ways: count(shared) * (count(inside) + (optional ? 1 : 0)),
    }
  }

  #values(position: number): number {
    return (this.#choices[position] as Choice).values.length
  }

  /** The combination with one of the ways of each step; of the steps that are not given, the first. */
  chosen(ways: readonly number[]): Chosen {
    const chosen = this.#choices.map(() => 0)
    for (const [i, way] of ways.entries()) {
      const { shared, isOn, inside } = this.#levels[i] as Level
      let rest = way
      const take = (position: number) => {
        chosen[position] = rest % this.#values(position)
        rest = Math.floor(rest / this.#values(position))
      }
      const own = (this.ways[i] as number) / shared.reduce((product, at) => product * this.#values(at), 1)
      rest = way % own
      if (isOn !== undefined && rest > 0) chosen[isOn] = 1
      if (isOn === undefined || rest > 0) {
        if (isOn !== undefined) rest--
        for (const position of inside.toReversed()) take(position)
      }
      rest = Math.floor(way / own)
      for (const position of shared.toReversed()) take(position)
    }
    return chosen
  }

  /** The transforms of the steps behind a step, and the largest product that the numbers of each may have. */
  behind(step: number): LaterStep[] {
    return this.#steps.slice(step + 1).map(({ step: { transform, arguments: args } }) => ({
      transform,
      most: args.reduce((product, { values }) => product * Math.max(1, ...values.filter(isNumber)), 1),
    }))
  }

  /** The combinations that differ in one choice; a step that is switched on comes with each of its arguments. */
  around(chosen: Chosen): Chosen[] {
    return this.#choices.flatMap((choice, i) => {
      if (!this.#matters(choice, chosen)) return []
      const others = choice.values.flatMap((_, value) => (value === chosen[i] ? [] : [value]))
      const own = chosen[i] as number
      return others
        .sort((a, b) => Math.abs(a - own) - Math.abs(b - own) || a - b)
        .flatMap(value => this.#settled(chosen.with(i, value), choice.name))
    })
  }

  /** What changes with an optional step: nothing that means nothing, and everything that it may be. */
  #settled(chosen: Chosen, changed: string): Chosen[] {
    return this.#choices.reduce<Chosen[]>(
      (found, choice, i) => {
        if (choice.within !== changed) return found
        if (!this.#matters(choice, chosen)) return found.map(each => each.with(i, 0))
        return found.flatMap(each => choice.values.map((_, value) => each.with(i, value)))
      },
      [chosen],
    )
  }

  #matters({ within }: Choice, chosen: Chosen): boolean {
    return within === undefined || chosen[this.#position.get(within) as number] === 1
  }

  /** The values by name, as reports show them; absent where they mean nothing. */
  #parameters(chosen: Chosen): Record<string, number | string> {
    const found: Record<string, number | string> = {}
    for (const [i, choice] of this.#choices.entries()) {
      if (this.#matters(choice, chosen)) found[choice.name] = choice.values[chosen[i] as number] as number | string
    }
    return found
  }

  /** The first steps of a combination; by default all of them. */
  steps(chosen: Chosen, count = this.#steps.length): Step[] {
    return this.#steps.slice(0, count).flatMap(({ name, optional, step }): Step[] => {
      if (optional && chosen[this.#position.get(name) as number] === 0) return []
      const args = step.arguments.map(({ name: argument, values, choice }): [string, Argument] => {
        const at = this.#position.get(choice ?? `${name}.${argument}`)
        return [argument, (at === undefined ? values[0] : values[chosen[at] as number]) as Argument]
      })
      return [{ transform: step.transform, ...Object.fromEntries(args) }]
    })
  }

  /** The schedule of a combination. */
  candidate(chosen: Chosen, several: boolean): Candidate {
    const parameters = this.#parameters(chosen)
    const steps = this.steps(chosen)
    return {
      id: printSteps(steps),
      steps,
      parameters: several ? { template: this.name, ...parameters } : parameters,
    }
  }

  /** The combination with these values; undefined if it is none of this template. */
  find(parameters: Readonly<Record<string, number | string>>): Chosen | undefined {
    const chosen = this.#choices.map(({ name, values }) =>
      name in parameters ? values.indexOf(parameters[name] as number | string) : 0,
    )
    return chosen.includes(-1) ? undefined : chosen
  }
}

const isNumber = (value: Argument): value is number => typeof value === 'number'

interface NamedStep {
  /** The transform, numbered from the second on: `tile`, `tile2`. */
  readonly name: string
  readonly optional: boolean
  readonly step: TemplateStep
}

function nameSteps(steps: readonly TemplateStep[]): NamedStep[] {
  const seen = new Map<string, number>()
  return steps.map(step => {
    const count = (seen.get(step.transform) ?? 0) + 1
    seen.set(step.transform, count)
    return { name: count === 1 ? step.transform : `${step.transform}${count}`, optional: step.optional, step }
  })
}

/** Numbers and words stay as they are in reports; booleans become words. */
const shown = (value: Argument): number | string => (typeof value === 'boolean' ? String(value) : value)

function choicesOf(steps: readonly NamedStep[]): Choice[] {
  const shared = new Map<string, Choice>()
  const own = steps.flatMap(({ name, optional, step }): Choice[] => {
    const inside: Choice[] = []
    for (const { name: argument, values, choice } of step.arguments) {
      if (choice !== undefined) shared.set(choice, { name: choice, values: values.map(shown) })
      else if (values.length > 1)
        inside.push({ name: `${name}.${argument}`, values: values.map(shown), ...(optional && { within: name }) })
    }
    return optional ? [{ name, values: [absent, present] }, ...inside] : inside
  })
  return [...shared.values(), ...own]
}
