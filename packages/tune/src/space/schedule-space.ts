/** The space of the schedules that templates describe and that apply to a kernel on a target. */
import { printSteps, type Step } from '@qernel/schedule'
import type { Candidate, Random, Space } from '../candidate.ts'
import { Pauses } from '../pauses.ts'
import { Choices, type Chosen } from './choices.ts'
import { Conflicts } from './conflicts.ts'
import type { Legality } from './legality.ts'
import { neighbouringSchedules } from './neighbours.ts'
import { Remaining } from './remaining.ts'
import { parseTemplate, type Template } from './template.ts'

/** Whether to keep a candidate that applies: the author's own condition on the chosen values and the steps. */
export type Constraint = (parameters: Readonly<Record<string, number | string>>, steps: readonly Step[]) => boolean

/** What a space is made of. */
export interface ScheduleSpaceOptions {
  /** Templates, as text or parsed. */
  readonly templates?: readonly (string | Template)[]
  /** Schedules added by hand. They come first. */
  readonly schedules?: readonly (readonly Step[])[]
  /** Whether steps apply; see `legality`. */
  readonly isLegal: Legality
  readonly constraint?: Constraint
  /** The predicted time of a schedule, in any unit: see `predictedCost`. */
  readonly estimate?: (steps: readonly Step[]) => number
}

/** The share of combinations that are tried although some of their choices seem not to go together. */
const doubt = 0.05
/** How many random combinations are tried before a space counts as empty. */
const attempts = 100_000
/** Candidates of which it is remembered whether they are legal. */
const mostKnown = 100_000

/**
 * The legal candidates of templates and of schedules added by hand.
 *
 * @throws TemplateSyntaxError for a template as text that cannot be read
 */
export function scheduleSpace({
  templates = [],
  schedules = [],
  isLegal,
  constraint = () => true,
  estimate,
}: ScheduleSpaceOptions): Space {
  const several = templates.length > 1
  const forms = templates.map((template, i): Form => {
    const parsed = typeof template === 'string' ? parseTemplate(template) : template
    const choices = new Choices(parsed, parsed.name ?? String(i + 1))
    return { choices, remaining: new Remaining(choices.ways), conflicts: new Conflicts(choices.ways) }
  })
  const legal = new Map<string, boolean>()
  const accepts = (candidate: Candidate): boolean => {
    const known = legal.get(candidate.id)
    if (known !== undefined) return known
    const found = constraint(candidate.parameters ?? {}, candidate.steps) && isLegal(candidate.steps)
    if (legal.size >= mostKnown) legal.clear()
    legal.set(candidate.id, found)
    return found
  }
  const written = schedules.map((steps): Candidate => ({ id: printSteps(steps), steps }))
  const first = written.filter(accepts)
  const formOf = ({ parameters }: Candidate): [form: Choices, chosen: Chosen] | undefined => {
    if (parameters === undefined) return undefined
    const form = several ? forms.find(({ choices }) => choices.name === parameters.template) : forms[0]
    const chosen = form?.choices.find(parameters)
    return form === undefined || chosen === undefined ? undefined : [form.choices, chosen]
  }
  /** Whether any schedule may begin with the ways of the first steps. */
  const canBegin = (choices: Choices, ways: readonly number[], steps: number): boolean =>
    isLegal.canBegin?.(choices.steps(choices.chosen(ways), steps), choices.behind(steps - 1)) !== false

  /** The candidates of a template, and undefined now and then. */
  function* walk(choices: Choices, ways: readonly number[] = []): Generator<Candidate | undefined> {
    const count = choices.ways[ways.length]
    if (count === undefined) {
      yield choices.candidate(choices.chosen(ways), several)
      return
    }
    for (let way = 0; way < count; way++) {
      const longer = [...ways, way]
      yield undefined
      if (longer.length === choices.ways.length || canBegin(choices, longer, longer.length))
        yield* walk(choices, longer)
    }
  }

  async function* candidates(signal?: AbortSignal): AsyncGenerator<Candidate> {
    const pauses = new Pauses(signal)
    const seen = new Set<string>()
    const all = function* () {
      yield* first
      for (const { choices } of forms) yield* walk(choices)
    }
    for (const candidate of all()) {
      await pauses.due()
      if (candidate === undefined || seen.has(candidate.id) || !accepts(candidate)) continue
      seen.add(candidate.id)
      yield candidate
    }
  }

  /** A candidate of a template, each equally likely; undefined if what was drawn is not legal, which is then left out. */
  async function draw(form: Form, random: Random, pauses: Pauses): Promise<Candidate | undefined> {
    const { choices, remaining, conflicts } = form
    const ways = remaining.draw(random)
    if (conflicts.isSuspect(ways) && random() >= doubt) return undefined
    const candidate = choices.candidate(choices.chosen(ways), several)
    const isExcluded = legal.get(candidate.id) === false || !constraint(candidate.parameters ?? {}, candidate.steps)
    for (let steps = 1; !isExcluded && steps < ways.length; steps++) {
      if (remaining.isConfirmed(ways, steps)) continue
      await pauses.due()
      const mayBe = canBegin(choices, ways, steps)
      conflicts.observe(ways, steps, mayBe)
      if (!mayBe) {
        remaining.exclude(ways, steps)
        return undefined
      }
      remaining.confirm(ways, steps)
    }
    const isLegalOne = !isExcluded && accepts(candidate)
    if (!isExcluded) conflicts.observe(ways, ways.length, isLegalOne)
    if (isLegalOne) return candidate
    remaining.exclude(ways, ways.length)
    return undefined
  }

  async function sample(random: Random, signal?: AbortSignal): Promise<Candidate> {
    const pauses = new Pauses(signal)
    for (let attempt = 0; attempt < attempts; attempt++) {
      await pauses.due()
      let at = random() * forms.reduce((sum, { remaining }) => sum + remaining.count, first.length)
      if (at < first.length) return first[Math.floor(at)] as Candidate
      at -= first.length
      const form = forms.find(({ remaining }) => {
        at -= remaining.count
        return at < 0
      })
      if (form === undefined) break
      const candidate = await draw(form, random, pauses)
      if (candidate !== undefined) return candidate
    }
    throw new RangeError('the space has no candidate: no schedule of its templates applies')
  }

  async function neighbours(candidate: Candidate, signal?: AbortSignal): Promise<Candidate[]> {
    const pauses = new Pauses(signal)
    const place = formOf(candidate)
    const around =
      place === undefined
        ? neighbouringSchedules(candidate.steps)
        : place[0].around(place[1]).map(chosen => place[0].candidate(chosen, several))
    const seen = new Set([candidate.id])
    const found: Candidate[] = []
    for (const each of around) {
      if (seen.has(each.id)) continue
      seen.add(each.id)
      await pauses.due()
      if (accepts(each)) found.push(each)
    }
    return found
  }

  return {
    size: forms.reduce((sum, { choices }) => sum + choices.size, written.length),
    first,
    candidates,
    sample,
    neighbours,
    ...(estimate && { estimate: (candidate: Candidate) => estimate(candidate.steps) }),
  }
}

/** A template, and what of it may be legal. */
interface Form {
  readonly choices: Choices
  readonly remaining: Remaining
  readonly conflicts: Conflicts
}
