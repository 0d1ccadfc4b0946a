import { useEffect, useRef } from 'preact/hooks'
import { type RunModel, shownName } from '../page/run-model.ts'
import { theme } from '../page/theme.ts'
import type { BarPlot } from './bar-plot.ts'

// The table has the numbers.
const noPlot = (): void => {}

/** Bandwidth by schedule, while it is measured. The library that draws it is loaded with the first result. */
export const Plot = ({ run: { results } }: { readonly run: RunModel }) => {
  const host = useRef<HTMLDivElement>(null)
  const plot = useRef<BarPlot>(undefined)
  const points = [...results.value].flatMap(([name, { measurement }]) =>
    measurement?.kind === 'measured' ? [{ name: shownName(name), value: measurement.gigabytesPerSecond }] : [],
  )
  const shown = theme.value
  useEffect(() => {
    if (points.length === 0 || host.current === null) return
    const element = host.current
    let isCurrent = true
    void import('./bar-plot.ts').then(({ drawBars }) => {
      if (!isCurrent) return
      plot.current?.destroy()
      plot.current = drawBars(element, points)
    }, noPlot)
    return () => {
      isCurrent = false
    }
  }, [JSON.stringify(points), shown])
  return (
    <div
      class="plot"
      ref={host}
      role="img"
      aria-label={
        points.length === 0 ? 'No measurements yet' : 'Bandwidth by schedule; the table beside it has the numbers'
      }
    />
  )
}
