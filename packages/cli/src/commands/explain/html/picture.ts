/** A tensor as a grid of elements: each run of neighbouring elements of one thread is a box with the number of the thread. */
import { type PicturedAccess, warpThreads } from '@qernel/schedule/internal'
import { html, Markup, none } from './markup.ts'

/** How much fits legibly on a page. */
const mostRows = 20
const mostColumns = 64
const pictureWidth = 1010
const rowHeight = 17
const margin = 44

interface Run {
  readonly row: number
  readonly column: number
  readonly length: number
  readonly thread: number
  readonly moment: number
}

/** Undefined if the positions are unknown, or the workgroup touches nothing. */
export function picture({ access, facts, map }: PicturedAccess): Markup {
  if (map === undefined) return html`<p class="soft">Its positions are computed from data, so there is no picture.</p>`
  const [first] = map.touches
  if (first === undefined) return html`<p class="soft">At these sizes the first workgroup does not access it.</p>`
  const rank = map.dims.length
  const plane = map.touches.filter(({ at }) => at.slice(0, -2).every((i, d) => i === first.at[d]))
  const rowOf = (at: readonly number[]): number => (rank > 1 ? (at.at(-2) as number) : 0)
  const rows = [...new Set(plane.map(({ at }) => rowOf(at)))].sort((a, b) => a - b)
  const shownRows = rows.slice(0, mostRows)
  const columns = plane.map(({ at }) => at.at(-1) as number)
  const left = columns.reduce((a, b) => Math.min(a, b))
  const right = columns.reduce((a, b) => Math.max(a, b))
  const width = Math.min(right - left + 1, mostColumns)
  const cell = Math.max(7, Math.min(26, Math.floor((pictureWidth - margin) / width)))
  const owners = new Map<string, { thread: number; moment: number }>()
  // The first thread to access an element is shown; a note below says that others do too.
  for (const { at, thread, moment } of plane) {
    const key = `${rowOf(at)},${at.at(-1)}`
    if (!owners.has(key)) owners.set(key, { thread, moment })
  }
  const runs = shownRows.flatMap((row, y) => runsOf(row, y, left, width, owners))
  const x = (column: number) => margin + column * cell
  const taken = Math.max(1, Math.floor((facts.laneBytes * 8) / access.buffer.type.bits))
  const boxes = runs.map(run => {
    const warp = Math.floor(run.thread / warpThreads)
    const classes = [run.thread % 2 === 1 ? 'odd' : '', run.moment > 0 ? 'later' : warp === 0 ? 'first' : ''].join(' ')
    const boxWidth = run.length * cell - 1.5
    const label = boxWidth >= 7 * String(run.thread).length + 2
    // Lines between one access of a thread and its next.
    const cuts = Array.from({ length: Math.ceil(run.length / taken) - 1 }, (_, i) => x(run.column + (i + 1) * taken))
    return html`<rect class="${classes.trim()}" x="${x(run.column) + 0.75}" y="${20 + run.row * rowHeight}" width="${boxWidth}" height="${rowHeight - 3}" rx="2" fill="var(--w${warp % 8})"/>${
      label
        ? html`<text${run.moment > 0 ? none : new Markup(' class="in"')} x="${x(run.column) + (run.length * cell) / 2}" y="${20 + run.row * rowHeight + 10.5}" text-anchor="middle">${run.thread}</text>`
        : none
    }${cuts.map(at => html`<path class="cut" d="M${at} ${20 + run.row * rowHeight}v3m0 ${rowHeight - 9}v3"/>`)}`
  })
  const ticks = Array.from({ length: width }, (_, i) => i).filter(
    i => i % Math.max(1, 2 ** Math.ceil(Math.log2(30 / cell))) === 0,
  )
  const height = 24 + shownRows.length * rowHeight
  const svgWidth = margin + width * cell + 6
  const fixed = rank > 2 ? ` at [${first.at.slice(0, -2).join(', ')}, …]` : ''
  return html`<div class="wide"><svg role="img" aria-label="${access.buffer.name} by thread" width="${svgWidth}" height="${height}" viewBox="0 0 ${svgWidth} ${height}">
${ticks.map(i => html`<text x="${x(i) + 1}" y="13">${left + i}</text>`)}
${shownRows.map((row, y) => html`<text x="${margin - 6}" y="${20 + y * rowHeight + 10.5}" text-anchor="end">${rank > 1 ? row : ''}</text>`)}
${boxes}</svg></div>
<p class="soft">${extentsText(rows.length, shownRows.length, right - left + 1, width, rank)}${fixed}${map.isWhole ? '' : '; only the first accesses of each thread'}.</p>`
}

function runsOf(
  row: number,
  y: number,
  left: number,
  width: number,
  owners: ReadonlyMap<string, { thread: number; moment: number }>,
): Run[] {
  const runs: Run[] = []
  for (let column = 0; column < width; column++) {
    const owner = owners.get(`${row},${left + column}`)
    if (owner === undefined) continue
    const last = runs.at(-1)
    const continues =
      last !== undefined &&
      last.thread === owner.thread &&
      last.moment === owner.moment &&
      last.column + last.length === column
    if (continues) runs[runs.length - 1] = { ...last, length: last.length + 1 }
    else runs.push({ row: y, column, length: 1, ...owner })
  }
  return runs
}

function extentsText(rows: number, shown: number, columns: number, width: number, rank: number): string {
  const across =
    width < columns ? `the first ${width} of ${columns} columns` : `${columns} ${columns === 1 ? 'column' : 'columns'}`
  if (rank === 1)
    return `The first workgroup touches ${width < columns ? `${columns} elements; the first ${width} are shown` : `${columns} ${columns === 1 ? 'element' : 'elements'}`}`
  return `The first workgroup: ${shown < rows ? `the first ${shown} of ${rows} rows` : `${rows} ${rows === 1 ? 'row' : 'rows'}`}, ${across}`
}
