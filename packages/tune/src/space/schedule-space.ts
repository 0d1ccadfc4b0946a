/** The space of the schedules that templates describe and that apply to a kernel on a target. */
import { printSteps, type Step } from '@qernel/schedule'
import type { Candidate, Random, Space } from '../candidate.ts'
import { Choices, type Chosen } from './choices.ts'
import { neighbouringSchedules } from './neighbours.ts'
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
  readonly isLegal: (steps: readonly Step[]) => boolean
  readonly constraint?: Constraint
  /** The predicted time of a schedule, in any unit: see `predictedCost`. */
  readonly estimate?: (steps: readonly Step[]) => number
}

/** How many random combinations are tried before a space counts as empty. */
const attempts = 20_000
/** How many are tried before draws walk on from a legal candidate: of the combinations of a long template, only one in a thousand may apply. */
const uniform = 20

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
  const forms = templates.map((template, i) => {
    const parsed = typeof template === 'string' ? parseTemplate(template) : template
    return new Choices(parsed, parsed.name ?? String(i + 1))
  })
  const legal = new Map<string, boolean>()
  /** The legal candidates of the templates so far. */
  const met: Candidate[] = []
  const accepts = (candidate: Candidate): boolean => {
    const known = legal.get(candidate.id)
    if (known !== undefined) return known
    const found = constraint(candidate.parameters ?? {}, candidate.steps) && isLegal(candidate.steps)
    legal.set(candidate.id, found)
    if (found && candidate.parameters !== undefined) met.push(candidate)
    return found
  }
  const written = schedules.map((steps): Candidate => ({ id: printSteps(steps), steps }))
  const described = forms.reduce((sum, form) => sum + form.size, 0)
  const formOf = ({ parameters }: Candidate): [form: Choices, chosen: Chosen] | undefined => {
    if (parameters === undefined) return undefined
    const form = several ? forms.find(({ name }) => name === parameters.template) : forms[0]
    const chosen = form?.find(parameters)
    return form === undefined || chosen === undefined ? undefined : [form, chosen]
  }

  function* candidates(): Generator<Candidate> {
    const seen = new Set<string>()
    const fresh = (candidate: Candidate): boolean => {
      if (seen.has(candidate.id) || !accepts(candidate)) return false
      seen.add(candidate.id)
      return true
    }
    for (const candidate of written) if (fresh(candidate)) yield candidate
    for (const form of forms)
      for (const chosen of form.all()) {
        const candidate = form.candidate(chosen, several)
        if (fresh(candidate)) yield candidate
      }
  }

  /** A candidate, legal or not; undefined if there are none. */
  function draw(random: Random): Candidate | undefined {
    let at = Math.floor(random() * (written.length + described))
    if (at < written.length) return written[at]
    at -= written.length
    for (const form of forms) {
      if (at < form.size) return form.candidate(form.random(random), several)
      at -= form.size
    }
    return undefined
  }

  /** A neighbour of a legal candidate, legal or not. */
  function walk(random: Random): Candidate | undefined {
    const from = met[Math.floor(random() * met.length)]
    const [form, chosen] = (from && formOf(from)) ?? []
    if (form === undefined || chosen === undefined) return undefined
    const around = [...form.around(chosen)]
    const next = around[Math.floor(random() * around.length)]
    return next && form.candidate(next, several)
  }

  function sample(random: Random): Candidate {
    for (let attempt = 0; attempt < attempts; attempt++) {
      const candidate = (attempt < uniform ? undefined : walk(random)) ?? draw(random)
      if (candidate !== undefined && accepts(candidate)) return candidate
    }
    throw new RangeError('the space has no candidate: no schedule of its templates applies')
  }

  function neighbours(candidate: Candidate): Candidate[] {
    const place = formOf(candidate)
    const around =
      place === undefined
        ? neighbouringSchedules(candidate.steps)
        : place[0].around(place[1]).map(chosen => place[0].candidate(chosen, several))
    const seen = new Set([candidate.id])
    return around.filter(each => {
      if (seen.has(each.id) || !accepts(each)) return false
      seen.add(each.id)
      return true
    })
  }

  return {
    size: written.length + described,
    first: written.filter(accepts),
    candidates,
    sample,
    neighbours,
    ...(estimate && { estimate: (candidate: Candidate) => estimate(candidate.steps) }),
  }
}
