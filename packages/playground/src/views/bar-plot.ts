/** Draws bandwidth by schedule with uPlot. */
import uPlot from 'uplot'

export interface Bar {
  readonly name: string
  readonly value: number
}

export interface BarPlot {
  destroy(): void
}

/** Draws bars from 0 in GB/s, as wide as the element. */
export function drawBars(host: HTMLElement, bars: readonly Bar[]): BarPlot {
  const [ink, rule, accent] = ['--soft', '--rule', '--accent'].map(name => colour(host, name)) as [
    string,
    string,
    string,
  ]
  const axis = {
    stroke: ink,
    grid: { stroke: rule, width: 1 },
    ticks: { show: false },
    font: '11px system-ui, sans-serif',
  }
  const plot = new uPlot(
    {
      width: Math.max(160, host.clientWidth),
      height: 180,
      legend: { show: false },
      cursor: { show: false },
      scales: {
        x: { time: false, range: () => [-0.6, bars.length - 0.4] },
        y: { range: (_, __, most) => [0, Math.max(most, 1e-6) * 1.1] },
      },
      axes: [
        {
          ...axis,
          grid: { show: false },
          splits: () => bars.map((_, i) => i),
          values: (_, splits) => splits.map(i => bars[i]?.name ?? ''),
          rotate: bars.length > 4 ? -30 : 0,
          size: bars.length > 4 ? 56 : 28,
        },
        { ...axis, label: 'GB/s', labelSize: 18, size: 44 },
      ],
      series: [
        {},
        {
          stroke: accent,
          fill: accent,
          points: { show: false },
          ...(uPlot.paths.bars === undefined ? {} : { paths: uPlot.paths.bars({ size: [0.6, 60] }) }),
        },
      ],
    },
    [bars.map((_, i) => i), bars.map(({ value }) => value)],
    host,
  )
  return { destroy: () => plot.destroy() }
}

/** The colour that a variable has in the theme that is shown. */
function colour(host: HTMLElement, name: string): string {
  const probe = document.createElement('span')
  probe.style.color = `var(${name})`
  host.append(probe)
  const { color } = getComputedStyle(probe)
  probe.remove()
  return color
}
