/** `qernel tune status`: what a store holds. */
import {
  type OutcomeClass,
  type OutcomeRecord,
  outcomeClasses,
  type SearchRecord,
  type TuningRecord,
} from '@qernel/tune'
import type { RunCommand } from '../../frame/command.ts'
import { counted, durationText } from '../../report/quantities.ts'
import type { tuneOptions } from './options.ts'
import { openStore, storeOption } from './stores.ts'

/** The outcomes under one set of conditions. */
interface Part {
  readonly conditions: SearchRecord['conditions'] | undefined
  readonly searches: number
  readonly counts: Readonly<Record<OutcomeClass, number>>
  /** Candidates whose code another generator made than that of the last search, and those of which that is unknown: a search checks them before they count. */
  readonly stale: { readonly other: number; readonly unknown: number }
  readonly best?: { readonly id: string; readonly microseconds: number }
  readonly first: string
  readonly last: string
}

export const status: RunCommand<typeof tuneOptions> = ({ options, progress }) => {
  const path = storeOption(options.store)
  const { records, notes } = openStore(path)
  for (const note of notes) progress(note)
  const keys = [...new Set(records.map(({ key }) => key))]
  const parts = keys.map(key => partOf(records.filter(one => one.key === key)))
  const text = parts.length === 0 ? `${path} holds no search.\n` : parts.map(partText).join('\n')
  return { exitCode: 0, text, json: { store: path, parts, notes } }
}

function partOf(records: readonly TuningRecord[]): Part {
  const searches = records.filter((one): one is SearchRecord => one.kind === 'search')
  const outcomes = new Map(
    records.filter((one): one is OutcomeRecord => one.kind === 'outcome').map(one => [one.id, one] as const),
  )
  const counts = Object.fromEntries(
    outcomeClasses.map(each => [each, [...outcomes.values()].filter(one => one.class === each).length]),
  ) as Record<OutcomeClass, number>
  const final = records.findLast(one => one.kind === 'final')
  const winner = final?.finalists[0]
  const [fastest] = [...outcomes.values()]
    .flatMap(({ id, timing }) => (timing === undefined ? [] : [{ id, microseconds: timing.median }]))
    .sort((a, b) => a.microseconds - b.microseconds)
  const best = winner === undefined ? fastest : { id: winner.id, microseconds: winner.timing.median }
  const dates = records.map(({ date }) => date).sort()
  return {
    conditions: searches.at(-1)?.conditions,
    searches: searches.length,
    counts,
    stale: staleIn([...outcomes.values()], searches.at(-1)?.generator),
    ...(best && { best }),
    first: dates[0] ?? '',
    last: dates.at(-1) ?? '',
  }
}

/** @param now the generator of the last search */
function staleIn(outcomes: readonly OutcomeRecord[], now: string | undefined): Part['stale'] {
  return {
    other: outcomes.filter(({ generator }) => generator !== undefined && generator !== now).length,
    unknown: outcomes.filter(({ generator }) => generator === undefined).length,
  }
}

function staleText({ other, unknown }: Part['stale']): string[] {
  if (other + unknown === 0) return []
  const parts = [
    ...(other > 0 ? [`${other} by another code generator`] : []),
    ...(unknown > 0 ? [`${unknown} by an unknown one, before qernel kept it`] : []),
  ]
  return [`  made ${parts.join(', ')}: a search measures again what has other code now`]
}

function partText({ conditions, searches, counts, stale, best, first, last }: Part): string {
  const about =
    conditions === undefined
      ? 'Unknown conditions'
      : `${conditions.kernel}, ${conditions.element}, ${Object.entries(conditions.sizes)
          .map(([name, value]) => `${name}=${value}`)
          .join(' ')} on ${conditions.device} (${conditions.driver})`
  const found = outcomeClasses.filter(each => counts[each] > 0).map(each => `${counts[each]} ${each}`)
  const total = outcomeClasses.reduce((sum, each) => sum + counts[each], 0)
  const lines = [
    about,
    `  ${counted(total, 'candidate')}${found.length === 0 ? '' : `: ${found.join(', ')}`}`,
    ...staleText(stale),
    `  ${counted(searches, 'run')}, from ${minute(first)} to ${minute(last)}`,
    best === undefined
      ? '  none is right'
      : `  best: ${durationText(best.microseconds / 1000)}  ${best.id || '(no steps)'}`,
  ]
  return `${lines.join('\n')}\n`
}

const minute = (date: string): string => date.slice(0, 16).replace('T', ' ')
