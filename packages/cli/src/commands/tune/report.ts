/** What a search found, as text and as JSON. */
import { outcomeClasses, type Ranked, type TuneResult } from '@qernel/tune'
import { counted, durationText, SOFTWARE_TIMES } from '../../report/quantities.ts'
import { textTable } from '../../report/text-table.ts'

export interface SearchReport {
  readonly result: TuneResult
  readonly store: string | undefined
  readonly stoppedBy?: string
  /** The file that keeps the winner. */
  readonly database?: string
}

/** Nothing is faster than its ceiling, except by the noise of two clocks: above, the ceiling is wrong. */
const mostRatio = 1.02

/** Lines of the table. */
const mostShown = 10

const ends = {
  done: 'Nothing is left to try.',
  budget: 'The budget is used up.',
  interrupted: 'Stopped.',
  'device gone': 'The device is gone.',
} as const

export function searchText({ result, store, stoppedBy, database }: SearchReport): string {
  const { conditions, counts, ranked, end, known, ceiling, seconds, problem } = result
  const sizes = Object.entries(conditions.sizes).map(([name, value]) => `${name}=${value}`)
  const total = outcomeClasses.reduce((sum, each) => sum + counts[each], 0)
  const classes = outcomeClasses.filter(each => counts[each] > 0).map(each => `${counts[each]} ${each}`)
  const head = [
    `${conditions.kernel}, ${conditions.element}, ${sizes.join(' ')} on ${conditions.device}${conditions.isSoftware ? `, ${SOFTWARE_TIMES}` : ''}`,
    `${stoppedBy === undefined ? ends[end] : `Stopped by ${stoppedBy}.`}${problem === undefined ? '' : ` ${problem}.`} ${counted(total, 'candidate')} in ${seconds.toFixed(1)} s${
      classes.length === 0 ? '' : `: ${classes.join(', ')}`
    }${known > 0 ? `; ${known} from the store` : ''}`,
  ]
  if (ceiling !== undefined && ceiling.mix !== '')
    head.push(`Ceiling: ${ceiling.tbps.toPrecision(4)} TB/s (${ceiling.mix})`)
  const table = textTable(
    [
      { title: '', align: 'right' },
      { title: 'time', align: 'right' },
      { title: 'p20 to p80', align: 'right' },
      { title: 'of ceiling', align: 'right' },
      { title: 'steps' },
    ],
    ranked.slice(0, mostShown).map((one, i) => [String(i + 1), ...cells(one)]),
  )
  const rest =
    ranked.length > mostShown
      ? `${ranked.length - mostShown} more ${ranked.length - mostShown === 1 ? 'is' : 'are'} slower\n`
      : ''
  const tie = ranked.some(({ isTie }) => isTie) ? '= cannot be told apart from the first\n' : ''
  const above = ranked.find(({ ofCeiling }) => ofCeiling !== undefined && ofCeiling > mostRatio)
  const lost =
    above === undefined
      ? ''
      : 'The ceiling was not found: a schedule was faster than what was expected to be the most that memory gives\n'
  const go =
    end === 'budget' ? 'With a larger --budget, the same command goes on' : 'Run the same command again to go on'
  const again = store !== undefined && end !== 'done' ? `${go} from ${store}\n` : ''
  const kept = database === undefined ? '' : `${database} keeps the first for --schedule tuned\n`
  return `${head.join('\n')}\n${ranked.length === 0 ? 'No candidate is right.\n' : `\n${table}${rest}${tie}${lost}`}${kept}${again}`
}

const cells = ({ candidate, timing, ofCeiling, isTie, isBaseline }: Ranked): string[] => [
  `${isTie ? '= ' : ''}${durationText(timing.median / 1000)}`,
  `${durationText(timing.p20 / 1000)} to ${durationText(timing.p80 / 1000)}`,
  ofCeiling !== undefined && ofCeiling <= mostRatio ? ofCeiling.toFixed(3) : '',
  `${candidate.id === '' ? '(no steps)' : candidate.id}${isBaseline ? '  (best)' : ''}`,
]

/** Samples are in the store. */
export const searchJson = ({ result, store, stoppedBy, database }: SearchReport): unknown => ({
  ...result,
  ranked: result.ranked.map(({ candidate: { id, parameters }, timing: { samples: _, ...timing }, ...rest }) => ({
    steps: id,
    ...(parameters && { parameters }),
    ...timing,
    ...rest,
  })),
  ...(store !== undefined && { store }),
  ...(stoppedBy !== undefined && { stoppedBy }),
  ...(database !== undefined && { database }),
})
