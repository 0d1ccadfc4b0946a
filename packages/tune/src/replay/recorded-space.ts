/** Spaces that somebody measured completely, on which searches can be replayed without a device. */
import * as v from 'valibot'
import type { Candidate, Random, Space } from '../candidate.ts'
import type { Outcome, OutcomeClass } from '../outcome.ts'

/** A space together with the outcome of every candidate. */
export interface RecordedSpace extends Space {
  readonly size: number
  readonly source: string
  candidates(): Iterable<Candidate>
  sample(random: Random): Candidate
  neighbours(candidate: Candidate): readonly Candidate[]
  /** @throws RangeError for a candidate of another space */
  outcome(candidate: Candidate): Outcome
}

/** Thrown for a file that is not a recorded space. */
export class RecordedSpaceError extends Error {
  override readonly name = 'RecordedSpaceError'
}

/** The classes of the auto-tuning community (T4), and ours. */
const classOf = {
  correct: 'correct',
  compile: 'compile error',
  runtime: 'launch error',
  correctness: 'wrong result',
  timeout: 'timeout',
  constraints: 'refused',
} as const satisfies Record<string, OutcomeClass>
const invalidities = Object.keys(classOf) as (keyof typeof classOf)[]

const value = v.union([v.number(), v.string()])
const file = v.object({
  source: v.string(),
  parameters: v.record(v.string(), v.array(value)),
  rows: v.array(v.array(v.union([v.number(), v.string(), v.null()]))),
})

/**
 * Reads a recorded space: `parameters` with the values of each, and `rows` of an index into the values of each parameter, the time in milliseconds (null if there is
 * none), what it cost to find out in seconds, and the invalidity of T4.
 *
 * @throws RecordedSpaceError naming the row and what is wrong
 */
export function readRecordedSpace(json: unknown): RecordedSpace {
  const parsed = v.safeParse(file, json)
  if (!parsed.success) {
    const [{ path, message }] = parsed.issues
    throw new RecordedSpaceError(
      `not a recorded space: ${path?.map(({ key }) => String(key)).join('.') ?? 'the file'}: ${message}`,
    )
  }
  const { source, parameters, rows } = parsed.output
  const names = Object.keys(parameters)
  const values = Object.values(parameters)
  const known = new Map<string, { readonly outcome: Outcome; readonly indices: readonly number[] }>()
  const key = (indices: readonly number[]) => indices.join(' ')
  for (const [at, row] of rows.entries()) {
    const indices = row.slice(0, names.length) as number[]
    const [time, costSeconds, invalidity] = row.slice(names.length)
    const fail = (what: string): never => {
      throw new RecordedSpaceError(`not a recorded space: row ${at}: ${what}`)
    }
    const chosen = indices.map((index, i) => values[i]?.[index] ?? fail(`${index} is no index into ${names[i]}`))
    if (typeof costSeconds !== 'number') return fail('no cost in seconds')
    const kind =
      invalidities.find(each => each === invalidity) ?? fail(`${invalidity} is none of ${invalidities.join(', ')}`)
    if ((typeof time === 'number') !== (kind === 'correct')) fail('a row has a time exactly if it is correct')
    const candidate: Candidate = {
      id: names.map((name, i) => `${name}=${chosen[i]}`).join(','),
      steps: [],
      parameters: Object.fromEntries(names.map((name, i) => [name, chosen[i] as number | string])),
    }
    if (known.has(key(indices))) fail('a candidate has two rows')
    known.set(key(indices), {
      indices,
      outcome: { candidate, class: classOf[kind], costSeconds, ...(typeof time === 'number' && { time: time * 1000 }) },
    })
  }
  const all = [...known.values()]
  const byId = new Map(all.map(each => [each.outcome.candidate.id, each]))
  const placed = ({ id }: Candidate) => {
    const found = byId.get(id)
    if (found === undefined) throw new RangeError(`${id} is not in the recorded space`)
    return found
  }
  const around = new Map<string, readonly Candidate[]>()
  return {
    source,
    size: all.length,
    candidates: () => all.map(({ outcome }) => outcome.candidate),
    sample: random => (all[Math.floor(random() * all.length)] as (typeof all)[number]).outcome.candidate,
    outcome: candidate => placed(candidate).outcome,
    neighbours(candidate) {
      const cached = around.get(candidate.id)
      if (cached !== undefined) return cached
      const { indices } = placed(candidate)
      const found = indices.flatMap((own, i) =>
        (values[i] ?? [])
          .map((_, index) => index)
          .filter(index => index !== own)
          .sort((a, b) => Math.abs(a - own) - Math.abs(b - own) || a - b)
          .flatMap(index => known.get(key(indices.with(i, index)))?.outcome.candidate ?? []),
      )
      around.set(candidate.id, found)
      return found
    },
  }
}
