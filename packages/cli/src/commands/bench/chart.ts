/** The results as one SVG: bandwidth by size with the ceiling drawn in, a panel a kernel and type, and the roofline of all. */
import { peerCeiling, peersOf } from './peers.ts'
import { type BenchResults, type MeasuredSubject, sizeName } from './results.ts'

const panel = { width: 460, height: 300, left: 56, right: 150, top: 44, bottom: 56 }
/** Distinguishable without colours that some eyes confuse (Okabe and Ito). */
const colours = ['#0072b2', '#e69f00', '#009e73', '#cc79a7', '#56b4e9', '#d55e00', '#8c8c00', '#666666', '#000000']

/** Dashed, one a device. */
const ceilings = ['#000000', '#999999', '#555555']

interface Series {
  readonly name: string
  readonly colour: string
  readonly dashed: boolean
  readonly points: readonly { readonly x: number; readonly y: number }[]
}

export function benchChart(results: BenchResults): string {
  const groups = new Map<string, MeasuredSubject[]>()
  for (const subject of results.subjects) {
    const title = `${subject.kernel}, ${subject.element}`
    groups.set(title, [...(groups.get(title) ?? []), subject])
  }
  const panels = [
    ...[...groups].map(([title, subjects]) => bandwidthPanel(title, subjects, results)),
    rooflinePanel(results.subjects),
  ]
  const acrossCount = Math.min(2, panels.length)
  const width = acrossCount * panel.width
  const height = Math.ceil(panels.length / acrossCount) * panel.height
  const placed = panels.map((body, i) => {
    const [x, y] = [(i % acrossCount) * panel.width, Math.floor(i / acrossCount) * panel.height]
    return `<g transform="translate(${x} ${y})">\n${body}</g>\n`
  })
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="system-ui, sans-serif" font-size="11">
<title>Bandwidth by size with its ceiling, and the roofline</title>
<rect width="${width}" height="${height}" fill="#fff"/>
${placed.join('')}</svg>
`
}

function bandwidthPanel(title: string, subjects: readonly MeasuredSubject[], { peers }: BenchResults): string {
  const sizes = [...new Set(subjects.map(({ sizes: own }) => sizeName(own)))].sort((a, b) => elements(a) - elements(b))
  const at = (size: string) => sizes.indexOf(size)
  const lines = new Map<string, { x: number; y: number }[]>()
  const add = (name: string, size: string, y: number | undefined) => {
    if (y !== undefined) lines.set(name, [...(lines.get(name) ?? []), { x: at(size), y }])
  }
  const several = new Set(subjects.map(({ device }) => device)).size > 1
  for (const { kernel, element, sizes: own, device, ceiling, schedules } of subjects) {
    const size = sizeName(own)
    const on = several ? `, ${device}` : ''
    add(`ceiling${on}`, size, ceiling.tbps)
    for (const { schedule, tbps } of schedules) add(`${short(schedule)}${on}`, size, tbps)
    if (device !== subjects[0]?.device) continue
    add('ceiling, peers', size, peerCeiling(peers, kernel, size, element))
    for (const { name, TBps } of peersOf(peers, kernel, size, element)) add(name, size, TBps)
  }
  let next = 0
  let ceiling = -1
  const series = [...lines].map(([name, points]): Series => {
    const isCeiling = name.startsWith('ceiling')
    const colour = isCeiling
      ? (ceilings[++ceiling % ceilings.length] as string)
      : (colours[next++ % colours.length] as string)
    return { name, colour, dashed: isCeiling, points: points.sort((a, b) => a.x - b.x) }
  })
  const top = niceTop(Math.max(...series.flatMap(({ points }) => points.map(({ y }) => y))))
  const step = plotWidth / Math.max(1, sizes.length)
  const x = (position: number) => panel.left + step * (position + 0.5)
  const y = (value: number) => panel.top + plotHeight * (1 - value / top)
  return [
    text(panel.left, 20, title, { size: 13, weight: 600 }),
    text(panel.left, 36, 'TB/s by size (tokens × channels)', { fill: '#555' }),
    ...gridLines(top, y),
    ...sizes.map((size, i) => text(x(i), panel.top + plotHeight + 16, size.replace('x', '×'), { anchor: 'middle' })),
    ...series.map(each => drawSeries(each, x, y)),
    ...legend(series),
  ].join('')
}

/** Operations a second over operations a byte: under the slope that memory allows, every kernel here lies. */
function rooflinePanel(subjects: readonly MeasuredSubject[]): string {
  const points = subjects.flatMap(subject => {
    const best = Math.max(0, ...subject.schedules.map(({ tbps = 0 }) => tbps))
    const { reads, writes } = subject.bytes
    const count = Object.values(subject.sizes).reduce((product, extent) => product * extent, 1)
    const intensity = (subject.operationsPerElement * count) / (reads + writes)
    return best > 0 ? [{ subject, intensity, rate: intensity * best, roof: intensity * subject.ceiling.tbps }] : []
  })
  const names = [...new Set(points.map(({ subject }) => `${subject.kernel}, ${subject.element}`))]
  const right = Math.max(1, ...points.map(({ intensity }) => intensity)) * 1.15
  const slope = Math.max(...subjects.map(({ ceiling }) => ceiling.tbps))
  const top = niceTop(slope * right)
  const x = (value: number) => panel.left + (plotWidth * value) / right
  const y = (value: number) => panel.top + plotHeight * (1 - value / top)
  const colourOf = (name: string) => colours[names.indexOf(name) % colours.length] as string
  return [
    text(panel.left, 20, 'Roofline', { size: 13, weight: 600 }),
    text(panel.left, 36, '10¹² operations a second by operations a byte; best schedule', { fill: '#555' }),
    ...gridLines(top, y),
    ...[0, right / 2, right].map(value =>
      text(x(value), panel.top + plotHeight + 16, value.toPrecision(2), { anchor: 'middle' }),
    ),
    `<line x1="${n(x(0))}" y1="${n(y(0))}" x2="${n(x(right))}" y2="${n(y(slope * right))}" stroke="#000" stroke-dasharray="5 3"/>\n`,
    ...points.map(({ subject, intensity, rate }) => {
      const name = `${subject.kernel}, ${subject.element}`
      return `<circle cx="${n(x(intensity))}" cy="${n(y(rate))}" r="3.5" fill="${colourOf(name)}"><title>${escaped(`${name}, ${sizeName(subject.sizes)}, ${subject.device}`)}</title></circle>\n`
    }),
    ...legend([
      { name: `${slope.toPrecision(3)} TB/s`, colour: '#000000', dashed: true, points: [] },
      ...names.map(name => ({ name: short(name), colour: colourOf(name), dashed: false, points: [] })),
    ]),
  ].join('')
}

const plotWidth = panel.width - panel.left - panel.right
const plotHeight = panel.height - panel.top - panel.bottom

function gridLines(top: number, y: (value: number) => number): string[] {
  return [0, 0.25, 0.5, 0.75, 1].map(share => {
    const value = share * top
    const line = `<line x1="${panel.left}" y1="${n(y(value))}" x2="${panel.left + plotWidth}" y2="${n(y(value))}" stroke="#ddd"/>\n`
    return line + text(panel.left - 6, y(value) + 4, Number(value.toPrecision(3)).toString(), { anchor: 'end' })
  })
}

function drawSeries(
  { colour, dashed, points }: Series,
  x: (value: number) => number,
  y: (value: number) => number,
): string {
  const path = points.map((point, i) => `${i === 0 ? 'M' : 'L'}${n(x(point.x))} ${n(y(point.y))}`).join(' ')
  const dots = points.map(
    point => `<circle cx="${n(x(point.x))}" cy="${n(y(point.y))}" r="${dashed ? 1.5 : 3}" fill="${colour}"/>\n`,
  )
  return `<path d="${path}" fill="none" stroke="${colour}" stroke-width="1.5"${dashed ? ' stroke-dasharray="5 3"' : ''}/>\n${dots.join('')}`
}

function legend(series: readonly Series[]): string[] {
  const left = panel.width - panel.right + 12
  return series.map(({ name, colour, dashed }, i) => {
    const y = panel.top + 6 + 15 * i
    const line = `<line x1="${left}" y1="${y - 4}" x2="${left + 16}" y2="${y - 4}" stroke="${colour}" stroke-width="2"${dashed ? ' stroke-dasharray="4 2"' : ''}/>\n`
    return line + text(left + 21, y, name.length > 24 ? `${name.slice(0, 23)}…` : name, {})
  })
}

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
  content.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
const n = (value: number): string => Number(value.toFixed(2)).toString()
const elements = (size: string): number =>
  size.split('x').reduce((product, each) => product * Number.parseInt(each, 10), 1)
const short = (name: string): string => name.replace(/^int8_per_/, '')

/** A round number above a value, for the end of an axis. */
function niceTop(value: number): number {
  const unit = 10 ** Math.floor(Math.log10(Math.max(value, 1e-12)))
  return ([1, 1.2, 1.6, 2, 2.4, 3.2, 4, 6, 8, 10].find(step => step * unit >= value) ?? 10) * unit
}
