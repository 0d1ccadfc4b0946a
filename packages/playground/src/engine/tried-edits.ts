/** Turns the alternatives of a refusal into edits of the schedule that were tried. */
import { parseSteps, printStep, type Refusal, type Step, StepSyntaxError } from '@qernel/schedule'
import type { Edit } from '../protocol.ts'
import type { Work } from './turns.ts'

/** A change of a list of steps. */
interface Splice {
  readonly at: number
  readonly remove: number
  readonly insert: readonly Step[]
}

/**
 * Pauses before each trial.
 *
 * @param steps of the schedule
 * @param positions of these steps in the request
 * @param refused the position of the refused step in `steps`; undefined if no step is at fault
 * @param gets whether a schedule gets past the refusal
 */
export function* triedEdits(
  { alternatives }: Refusal,
  steps: readonly Step[],
  positions: readonly number[],
  refused: number | undefined,
  gets: (steps: readonly Step[]) => boolean,
): Work<Edit[]> {
  const edits: Edit[] = []
  for (const label of alternatives)
    for (const { at, remove, insert } of splices(label, steps, refused)) {
      yield
      if (!gets(steps.toSpliced(at, remove, ...insert))) continue
      const position = positions[at] ?? (positions.at(-1) ?? -1) + 1
      edits.push({ label, at: position, remove, insert: insert.map(printStep) })
      break
    }
  return edits
}

/** What an alternative may mean: steps, an argument, a number, or a name. */
function splices(alternative: string, steps: readonly Step[], refused: number | undefined): Splice[] {
  const step = refused === undefined ? undefined : steps[refused]
  const replacing = (insert: Step): Splice => ({ at: refused as number, remove: 1, insert: [insert] })
  if (alternative.includes('(')) {
    const written = read(alternative)
    const within = written.map((one): Step => (step?.stage === undefined ? one : { stage: step.stage, ...one }))
    const end = steps.length
    const added = [written, within].map((insert): Splice => ({ at: end, remove: 0, insert }))
    if (step === undefined || refused === undefined) return added
    const [first] = written
    const isSame = written.length === 1 && first?.transform === step.transform
    const inFront = [within, written].map((insert): Splice => ({ at: refused, remove: 0, insert }))
    return [...(isSame && first !== undefined ? [replacing(first)] : []), ...inFront, ...added]
  }
  if (step === undefined) return []
  if (/^\w+=/.test(alternative))
    return read(`${step.transform}(${alternative})`).map(argument => replacing({ ...step, ...argument }))
  const names = Object.keys(step).filter(name => name !== 'transform')
  if (/^\d+$/.test(alternative))
    return names
      .filter(name => typeof step[name] === 'number')
      .map(name => replacing({ ...step, [name]: Number(alternative) }))
  const { transform: _, ...rest } = step
  const renamed = names.map(name =>
    replacing(
      Object.fromEntries(Object.entries(step).map(([key, value]) => [key === name ? alternative : key, value])) as Step,
    ),
  )
  const valued = names
    .filter(name => typeof step[name] === 'string')
    .map(name => replacing({ ...step, [name]: alternative }))
  return [replacing({ transform: alternative, ...rest } as Step), ...valued, ...renamed]
}

/** An alternative that is worded for people is no step. */
function read(text: string): Step[] {
  try {
    return parseSteps(text)
  } catch (error) {
    if (error instanceof StepSyntaxError) return []
    throw error
  }
}
