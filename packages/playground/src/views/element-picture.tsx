import { useMemo } from 'preact/hooks'
import type { Picture, Touch } from '../protocol.ts'

interface ElementPictureProps {
  readonly picture: Picture
  /** The name of the tensor. */
  readonly name: string
  /** Which touches are marked; undefined marks none. */
  readonly isMarked: ((touch: Touch) => boolean) | undefined
}

/** Neighbouring elements of one access of one thread. */
interface Run extends Touch {
  readonly length: number
}

const rowHeight = 15
const margin = 40
const top = 16

/** A tensor as a grid of elements: each run of neighbouring elements of one thread is a box with the number of the thread. */
export const ElementPicture = ({ picture, name, isMarked }: ElementPictureProps) => {
  const runs = useMemo(() => runsOf(picture.touches), [picture])
  const cell = Math.max(7, Math.min(24, Math.floor(400 / picture.columns)))
  const width = margin + picture.columns * cell + 4
  const height = top + picture.rows.length * rowHeight + 2
  const step = 2 ** Math.ceil(Math.log2(Math.max(1, 26 / cell)))
  const ticks = Array.from({ length: Math.ceil(picture.columns / step) }, (_, i) => i * step)
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so a keyboard has to reach it. */}
      <section class="scroll picture" tabIndex={0} aria-label={`Elements of ${name} by thread`}>
        <svg
          width={width}
          height={height}
          viewBox={`0 0 ${width} ${height}`}
          role="img"
          aria-label={spoken(picture, name)}
        >
          {ticks.map(tick => (
            <text key={`column ${tick}`} x={margin + tick * cell + 1} y={11}>
              {picture.left + tick}
            </text>
          ))}
          {picture.dims.length > 1 &&
            picture.rows.map((row, position) => (
              <text key={`row ${row}`} x={margin - 6} y={top + position * rowHeight + 10} text-anchor="end">
                {row}
              </text>
            ))}
          {runs.map(run => (
            <Box key={`${run.row},${run.column}`} run={run} cell={cell} isMarked={isMarked?.(run)} />
          ))}
        </svg>
      </section>
      <p class="panel-foot">{extents(picture)}</p>
    </>
  )
}

const Box = (props: { readonly run: Run; readonly cell: number; readonly isMarked: boolean | undefined }) => {
  const { run, cell, isMarked } = props
  const [x, y, width] = [margin + run.column * cell, top + run.row * rowHeight, run.length * cell - 1]
  const state = isMarked === undefined ? '' : isMarked ? ' is-marked' : ' is-dimmed'
  const isLater = run.moment > 0
  return (
    <g
      class={`run ${isLater ? 'later' : `warp-${Math.floor(run.thread / 32) % 8}`}${run.thread % 2 === 1 ? ' odd' : ''}${state}`}
    >
      <title>{`thread ${run.thread}, access ${run.moment + 1}`}</title>
      <rect x={x} y={y} width={width} height={rowHeight - 2} rx={2} />
      {width >= 6.5 * String(run.thread).length + 2 && (
        <text x={x + width / 2} y={y + 10} text-anchor="middle">
          {run.thread}
        </text>
      )}
    </g>
  )
}

function runsOf(touches: readonly Touch[]): Run[] {
  const runs: Run[] = []
  const sorted = [...touches].sort((a, b) => a.row - b.row || a.column - b.column)
  for (const touch of sorted) {
    const last = runs.at(-1)
    const continues =
      last !== undefined &&
      last.row === touch.row &&
      last.thread === touch.thread &&
      last.moment === touch.moment &&
      last.column + last.length === touch.column
    if (continues) runs[runs.length - 1] = { ...last, length: last.length + 1 }
    else runs.push({ ...touch, length: 1 })
  }
  return runs
}

function extents({ dims, rows, ofRows, columns, ofColumns, plane }: Picture): string {
  const part = (shown: number, of: number, what: string): string =>
    shown < of ? `${shown} of ${of} ${what}s` : `${of} ${what}${of === 1 ? '' : 's'}`
  const at = plane.length === 0 ? '' : ` at [${plane.join(', ')}, …]`
  const across = part(columns, ofColumns, dims.length > 1 ? 'column' : 'element')
  return `First workgroup: ${dims.length > 1 ? `${part(rows.length, ofRows, 'row')}, ` : ''}${across}${at}. Numbers are threads.`
}

const spoken = ({ touches }: Picture, name: string): string => {
  const threads = new Set(touches.map(({ thread }) => thread)).size
  return `${touches.length} elements of ${name}, touched by ${threads} threads of the first workgroup`
}
