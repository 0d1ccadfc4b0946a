/** A template as independent choices: every combination of them is one schedule. */
import { type Argument, printSteps, type Step } from '@qernel/schedule'
import type { Candidate, Random } from '../candidate.ts'
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

/** The choices of one template. */
export class Choices {
  readonly name: string
  /** The number of different schedules, legal or not. */
  readonly size: number
  readonly #choices: readonly Choice[]
  readonly #steps: readonly NamedStep[]
  readonly #position: ReadonlyMap<string, number>

  constructor(template: Template, name: string) {
    this.name = name
    this.#steps = nameSteps(template.steps)
    this.#choices = choicesOf(this.#steps)
    this.#position = new Map(this.#choices.map(({ name }, i) => [name, i]))
    this.size = this.#choices.reduce(
      (count, choice) => (choice.within === undefined ? count * this.#ways(choice) : count),
      1,
    )
  }

  /** The ways to choose, together with what depends on the choice: an optional step is off, or on with any arguments. */
  #ways({ name, values }: Choice): number {
    if (!this.#isStep(name)) return values.length
    const inside = this.#choices.filter(({ within }) => within === name)
    return 1 + inside.reduce((count, each) => count * each.values.length, 1)
  }

  #isStep(name: string): boolean {
    return this.#steps.some(step => step.optional && step.name === name)
  }

  /** Every combination once; the last choices change first, so that schedules with a common beginning follow one another. */
  *all(): Generator<Chosen> {
    const chosen = this.#choices.map(() => 0)
    const walk = function* (self: Choices, at: number): Generator<Chosen> {
      const choice = self.#choices[at]
      if (choice === undefined) {
        yield [...chosen]
        return
      }
      const count = self.#matters(choice, chosen) ? choice.values.length : 1
      for (let value = 0; value < count; value++) {
        chosen[at] = value
        yield* walk(self, at + 1)
      }
      chosen[at] = 0
    }
    yield* walk(this, 0)
  }

  /** A combination, each equally likely. */
  random(random: Random): Chosen {
    const below = (count: number) => Math.min(count - 1, Math.floor(random() * count))
    const chosen = this.#choices.map(() => 0)
    for (const [i, choice] of this.#choices.entries()) {
      // A step that is off stands for a single schedule, one that is on for many.
      if (this.#isStep(choice.name)) chosen[i] = random() * this.#ways(choice) < 1 ? 0 : 1
      else if (this.#matters(choice, chosen)) chosen[i] = below(choice.values.length)
    }
    return chosen
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

  /** The schedule of a combination. */
  candidate(chosen: Chosen, several: boolean): Candidate {
    const parameters = this.#parameters(chosen)
    const steps = this.#steps.flatMap(({ name, optional, step }): Step[] => {
      if (optional && parameters[name] === absent) return []
      const args = step.arguments.map(({ name: argument, values, choice }): [string, Argument] => {
        const key = choice ?? `${name}.${argument}`
        const at = this.#position.get(key)
        return [argument, (at === undefined ? values[0] : values[chosen[at] as number]) as Argument]
      })
      return [{ transform: step.transform, ...Object.fromEntries(args) }]
    })
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
