/**
 * How well settings that were chosen on some recorded spaces carry over to one that the choice has not seen: each space is left out once, the settings with the best mean
 * score on the others are chosen, and scored on it with other seeds.
 */
import { type Baseline, type RecordedSpace, type Score, scoreOf } from '@qernel/tune'
import { type ForestSettings, forestSettings, forestWith } from '@qernel/tune/internal'

export interface NamedSpace {
  readonly name: string
  readonly space: RecordedSpace
  readonly baseline: Baseline
}

export interface LeftOut {
  readonly space: string
  /** The settings that differ from those of `forest`; empty for its own. */
  readonly chosen: Partial<ForestSettings>
  /** The mean score of the chosen settings on the other spaces, by which they were chosen. */
  readonly there: number
  /** Of the chosen settings and of those of `forest` on the space that was left out, over seeds that no choice has seen. */
  readonly here: Score
  readonly own: Score
}

/** The settings of `forest`, and those that differ in one value by about a factor of 2. */
const tried: readonly Partial<ForestSettings>[] = [
  {},
  ...[2, 10, 20].map(start => ({ start })),
  ...[1, 4].map(centres => ({ centres })),
  ...[
    { pooled: 50, drawn: 5 },
    { pooled: 200, drawn: 20 },
  ],
  ...[0, 0.5, 2].map(optimism => ({ optimism })),
]

/** @param seeds searches by which settings are chosen, from `firstSeed`; as many of the next seeds score what was chosen */
export async function leaveOneOut(
  spaces: readonly NamedSpace[],
  seeds: number,
  firstSeed: number,
  note: (text: string) => void,
): Promise<LeftOut[]> {
  const score = ({ space, baseline }: NamedSpace, settings: Partial<ForestSettings>, first: number) =>
    scoreOf(space, baseline, forestWith({ ...forestSettings, ...settings }), seeds, first)
  const scores: number[][] = []
  for (const settings of tried) {
    const row: number[] = []
    for (const space of spaces) row.push((await score(space, settings, firstSeed)).score)
    scores.push(row)
    note(`${settingsText(settings)}: ${row.map(each => each.toFixed(2)).join(' ')}`)
  }
  const found: LeftOut[] = []
  for (const [out, space] of spaces.entries()) {
    const means = scores.map(row => row.reduce((sum, each, i) => sum + (i === out ? 0 : each), 0) / (spaces.length - 1))
    const there = Math.max(...means)
    const chosen = tried[means.indexOf(there)] as Partial<ForestSettings>
    const here = await score(space, chosen, firstSeed + seeds)
    const own = await score(space, {}, firstSeed + seeds)
    found.push({ space: space.name, chosen, there, here, own })
  }
  return found
}

export const settingsText = (settings: Partial<ForestSettings>): string =>
  Object.entries(settings)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ') || 'those of forest'
