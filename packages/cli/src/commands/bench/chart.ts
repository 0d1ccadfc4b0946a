/** The results as one SVG: bandwidth by size with the ceiling drawn in, one panel per kernel and type, and the roofline of all. */
import { visibleText } from '@qernel/dsl/internal'
import { type Palette, type Series, type SizeSeries, shortName, sizeSeries } from './chart-series.ts'
import { type BenchResults, type MeasuredSubject, sizeName } from './results.ts'

const panel = { height: 312, left: 56, top: 44, bottom: 68 }
const plotWidth = 254
const plotHeight = panel.height - panel.top - panel.bottom

/** The most characters of a name in a legend, and the width of one. */
const longestLabel = 40
const characterWidth = 6.2
/** The minimum width of legends. */
const narrowest = 150

/** The results of `qernel bench` as one SVG: bandwidth by size, and the roofline. */
export function benchChart(results: BenchResults): string {
  const groups = new Map<string, MeasuredSubject[]>()
  for (const subject of results.subjects) {
    const title = `${subject.kernel}, ${subject.element}`
    groups.set(title, [...(groups.get(title) ?? []), subject])
  }
  const palette: Palette = new Map()
  const bandwidths = [...groups].map(([title, subjects]) => ({ title, ...sizeSeries(subjects, results, palette) }))
  const names = bandwidths.flatMap(({ title, legend }) => [shortName(title), ...legend.map(({ name }) => name)])
  const labels = names.map(name => label(name).length)
  const panelWidth =
    panel.left + plotWidth + Math.max(narrowest, 38 + Math.ceil(characterWidth * Math.max(0, ...labels)))
  const panels = [...bandwidths.map(bandwidthPanel), rooflinePanel(results.subjects)]
  const acrossCount = Math.min(2, panels.length)
  const width = acrossCount * panelWidth
  const height = Math.ceil(panels.length / acrossCount) * panel.height
  const placed = panels.map((body, i) => {
    const [x, y] = [(i % acrossCount) * panelWidth, Math.floor(i / acrossCount) * panel.height]
    return `<g transform="translate(${x} ${y})">\n${body}</g>\n`
  })
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="system-ui, sans-serif" font-size="11">
<title>Bandwidth by size with its ceiling, and the roofline</title>
<rect width="${width}" height="${height}" fill="#fff"/>
${placed.join('')}</svg>
`
}

function bandwidthPanel({ title, sizes, series, legend: listed }: SizeSeries & { readonly title: string }): string {
  const top = niceTop(Math.max(...series.flatMap(({ points }) => points.map(({ y }) => y))))
  const step = plotWidth / Math.max(1, sizes.length)
  const x = (position: number) => panel.left + step * (position + 0.5)
  const y = (value: number) => panel.top + plotHeight * (1 - value / top)
  return [
    text(panel.left, 20, title, { size: 13, weight: 600 }),
    text(panel.left, 36, 'TB/s by size (tokens × channels)', { fill: '#555' }),
    ...gridLines(top, y),
    ...sizes.map((size, i) => tick(x(i), size.replace('x', '×'), step)),
    ...series.map(each => drawSeries(each, x, y)),
    ...legend(listed),
  ].join('')
}

/** The name of a place on the horizontal axis, slanted where its neighbours leave too little room. */
function tick(x: number, name: string, room: number): string {
  if (characterWidth * name.length < room) return text(x, panel.top + plotHeight + 16, name, { anchor: 'middle' })
  const y = panel.top + plotHeight + 12
  return `<g transform="rotate(-38 ${n(x)} ${n(y)})">${text(x, y, name, { anchor: 'end' })}</g>\n`
}

/** Operations per second over operations per byte: every kernel here lies under the slope set by memory. */
function rooflinePanel(subjects: readonly MeasuredSubject[]): string {
  const points = subjects.flatMap(subject => {
    const best = Math.max(0, ...subject.schedules.map(({ tbps = 0 }) => tbps))
    const { reads, writes } = subject.bytes
    const count = Object.values(subject.sizes).reduce((product, extent) => product * extent, 1)
    const intensity = (subject.operationsPerElement * count) / (reads + writes)
    return best > 0 ? [{ subject, intensity, rate: intensity * best }] : []
  })
  const names = [...new Set(points.map(({ subject }) => `${subject.kernel}, ${subject.element}`))]
  const right = Math.max(1, ...points.map(({ intensity }) => intensity)) * 1.15
  const slope = Math.max(0, ...subjects.map(({ ceiling }) => ceiling?.tbps ?? 0))
  const top = niceTop(slope * right)
  const x = (value: number) => panel.left + (plotWidth * value) / right
  const y = (value: number) => panel.top + plotHeight * (1 - value / top)
  return [
    text(panel.left, 20, 'Roofline', { size: 13, weight: 600 }),
    text(panel.left, 36, '10¹² operations per second by operations per byte; best schedule', { fill: '#555' }),
    ...gridLines(top, y),
    ...[0, right / 2, right].map(value =>
      text(x(value), panel.top + plotHeight + 16, value.toPrecision(2), { anchor: 'middle' }),
    ),
    `<line x1="${n(x(0))}" y1="${n(y(0))}" x2="${n(x(right))}" y2="${n(y(slope * right))}" stroke="#000" stroke-dasharray="5 3"/>\n`,
    ...points.map(({ subject, intensity, rate }) => {
      const name = `${subject.kernel}, ${subject.element}`
      const note = escaped(`${name}, ${sizeName(subject.sizes)}, ${subject.device}`)
      return `<g><title>${note}</title>${marker(names.indexOf(name), x(intensity), y(rate))}</g>\n`
    }),
    ...legend([{ name: `${slope.toPrecision(3)} TB/s`, colour: '#000000', dashed: true, points: [] }]),
    ...names.map((name, i) => {
      const left = panel.left + plotWidth + 20
      const at = panel.top + 6 + 15 * (i + 1)
      return `${marker(i, left, at - 4)}\n${text(left + 13, at, label(shortName(name)), {})}`
    }),
  ].join('')
}

/** Kernels are distinguished by shape, since colours distinguish schedules. */
function marker(kind: number, x: number, y: number): string {
  const paint = Math.floor(kind / 4) % 2 === 0 ? 'fill="#333"' : 'fill="#fff" stroke="#333" stroke-width="1.2"'
  const at = (dx: number, dy: number) => `${n(x + dx)},${n(y + dy)}`
  switch (kind % 4) {
    case 0:
      return `<circle cx="${n(x)}" cy="${n(y)}" r="3.5" ${paint}/>`
    case 1:
      return `<polygon points="${at(-3, -3)} ${at(3, -3)} ${at(3, 3)} ${at(-3, 3)}" ${paint}/>`
    case 2:
      return `<polygon points="${at(0, -4)} ${at(4, 3)} ${at(-4, 3)}" ${paint}/>`
    default:
      return `<polygon points="${at(0, -4.5)} ${at(4.5, 0)} ${at(0, 4.5)} ${at(-4.5, 0)}" ${paint}/>`
  }
}

function gridLines(top: number, y: (value: number) => number): string[] {
  return [0, 0.25, 0.5, 0.75, 1].map(share => {
    const value = share * top
    const line = `<line x1="${panel.left}" y1="${n(y(value))}" x2="${panel.left + plotWidth}" y2="${n(y(value))}" stroke="#ddd"/>\n`
    return line + text(panel.left - 6, y(value) + 4, Number(value.toPrecision(3)).toString(), { anchor: 'end' })
  })
}

function drawSeries(
  { name, colour, dashed, points }: Series,
  x: (value: number) => number,
  y: (value: number) => number,
): string {
  const path = points.map((point, i) => `${i === 0 ? 'M' : 'L'}${n(x(point.x))} ${n(y(point.y))}`).join(' ')
  const dots = points.map(
    point => `<circle cx="${n(x(point.x))}" cy="${n(y(point.y))}" r="${dashed ? 1.5 : 3}" fill="${colour}"/>\n`,
  )
  const line = `<path d="${path}" fill="none" stroke="${colour}" stroke-width="1.5"${dashed ? ' stroke-dasharray="5 3"' : ''}/>\n`
  return `<g><title>${escaped(name)}</title>\n${line}${dots.join('')}</g>\n`
}

function legend(series: readonly Series[]): string[] {
  const left = panel.left + plotWidth + 12
  return series.map(({ name, colour, dashed }, i) => {
    const y = panel.top + 6 + 15 * i
    const line = `<line x1="${left}" y1="${y - 4}" x2="${left + 16}" y2="${y - 4}" stroke="${colour}" stroke-width="2"${dashed ? ' stroke-dasharray="4 2"' : ''}/>\n`
    return line + text(left + 21, y, label(name), {})
  })
}

/** Schedules differ more in their middle and end than at their start. */
const label = (name: string): string =>
  name.length > longestLabel ? `${name.slice(0, 11)}…${name.slice(name.length + 12 - longestLabel)}` : name

interface TextStyle {
  readonly size?: number
  readonly weight?: number
  readonly fill?: string
  readonly anchor?: 'middle' | 'end'
}

function text(x: number, y: number, content: string, { size, weight, fill, anchor }: TextStyle): string {
  const attributes = [
    ...(size === undefined ? [] : [` font-size="${size}"`]),
    ...(weight === undefined ? [] : [` font-weight="${weight}"`]),
    ...(fill === undefined ? [] : [` fill="${fill}"`]),
    ...(anchor === undefined ? [] : [` text-anchor="${anchor}"`]),
  ]
  return `<text x="${n(x)}" y="${n(y)}"${attributes.join('')}>${escaped(content)}</text>\n`
}

const escaped = (content: string): string =>
  visibleText(content)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
const n = (value: number): string => Number(value.toFixed(2)).toString()

/** A round number above a value, for the end of an axis. */
function niceTop(value: number): number {
  const unit = 10 ** Math.floor(Math.log10(Math.max(value, 1e-12)))
  return ([1, 1.2, 1.6, 2, 2.4, 3.2, 4, 6, 8, 10].find(step => step * unit >= value) ?? 10) * unit
}
