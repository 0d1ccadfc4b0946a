/** All measured bandwidths of one kernel and type, as lines over sizes. */
import { peerCeiling, peersOf } from './peers.ts'
import { type BenchResults, type MeasuredSubject, sizeName } from './results.ts'

/** Distinguishable without colours that some eyes confuse (Okabe and Ito). */
const colours = [
  '#0072b2',
  '#e69f00',
  '#009e73',
  '#cc79a7',
  '#56b4e9',
  '#d55e00',
  '#8c8c00',
  '#666666',
  '#000000',
] as const

/** Dashed, one per device. */
const ceilings = ['#000000', '#999999', '#555555', '#c8c8c8']

/** More lines than colours could not be distinguished, so the slowest share one. */
const mostColoured = colours.length
const pale = '#d4d4d4'

export interface Series {
  readonly name: string
  readonly colour: string
  readonly dashed: boolean
  readonly points: readonly { readonly x: number; readonly y: number }[]
}

export interface SizeSeries {
  readonly sizes: readonly string[]
  /** The lines to draw, the most important last. */
  readonly series: readonly Series[]
  /** The entries of the legend: those with their own colour, and one entry for all others. */
  readonly legend: readonly Series[]
}

/** Colours by name, the same in all panels of a drawing. */
export type Palette = Map<string, string>

export function sizeSeries(
  subjects: readonly MeasuredSubject[],
  { peers }: BenchResults,
  palette: Palette,
): SizeSeries {
  const sizes = [...new Set(subjects.map(({ sizes: own }) => sizeName(own)))].sort((a, b) => elements(a) - elements(b))
  const lines = new Map<string, { x: number; y: number }[]>()
  const rivals = new Set<string>()
  const add = (name: string, size: string, y: number | undefined) => {
    if (y !== undefined) lines.set(name, [...(lines.get(name) ?? []), { x: sizes.indexOf(size), y }])
  }
  const several = new Set(subjects.map(({ on, device }) => on ?? device)).size > 1
  for (const { kernel, element, sizes: own, device, on = device, ceiling, schedules } of subjects) {
    const size = sizeName(own)
    const where = several || on !== device ? `, ${on}` : ''
    add(`ceiling${where}`, size, ceiling?.tbps)
    for (const { schedule, tbps } of schedules) add(`${shortName(schedule)}${where}`, size, tbps)
    if (device !== subjects[0]?.device) continue
    add('ceiling, peers', size, peerCeiling(peers, kernel, size, element))
    for (const { name, TBps } of peersOf(peers, kernel, size, element)) {
      rivals.add(name)
      add(name, size, TBps)
    }
  }
  const coloured = fastest(lines, rivals)
  const colourOf = (name: string): string => {
    if (!isCeiling(name) && !coloured.has(name)) return pale
    const known = palette.get(name)
    if (known !== undefined) return known
    const choice = isCeiling(name) ? ceilings : colours
    const used = [...palette.keys()].filter(other => isCeiling(other) === isCeiling(name)).length
    const colour = choice[used % choice.length] as string
    palette.set(name, colour)
    return colour
  }
  const all = [...lines].map(
    ([name, points]): Series => ({
      name,
      colour: colourOf(name),
      dashed: isCeiling(name),
      points: points.sort((a, b) => a.x - b.x),
    }),
  )
  const listed = all.filter(({ colour }) => colour !== pale)
  const others = all.length - listed.length
  const rest: Series = { name: `${others} slower`, colour: pale, dashed: false, points: [] }
  return {
    sizes,
    series: [...all.filter(({ colour }) => colour === pale), ...listed],
    legend: others === 0 ? listed : [...listed, rest],
  }
}

const isCeiling = (name: string): boolean => name.startsWith('ceiling')

/** Names that get their own colour: other implementations, then the schedules with the highest bandwidth anywhere. */
function fastest(
  lines: ReadonlyMap<string, readonly { readonly y: number }[]>,
  rivals: ReadonlySet<string>,
): ReadonlySet<string> {
  const best = (points: readonly { readonly y: number }[]) => Math.max(...points.map(({ y }) => y))
  const ranked = [...lines]
    .filter(([name]) => !isCeiling(name) && !rivals.has(name))
    .sort(([, a], [, b]) => best(b) - best(a))
    .map(([name]) => name)
  return new Set([...rivals, ...ranked].slice(0, mostColoured))
}

export const shortName = (name: string): string => name.replace(/^int8_per_/, '')

const elements = (size: string): number =>
  size.split('x').reduce((product, each) => product * Number.parseInt(each, 10), 1)
