import type { Nest } from '@qernel/dsl'
import { memoize } from '@qernel/dsl/internal'
import type { ScheduledKernel } from '../steps/scheduled-kernel.ts'
import { printStep } from '../steps/step-text.ts'
import { type NestLine, printNest } from './print-nest.ts'

/** A line of text, and whether a step kept it (at any depth), added it or removed it. */
export type ChangedLine<Line extends TextLine = TextLine> = Line & { readonly change: 'same' | 'added' | 'removed' }

interface TextLine {
  readonly text: string
}

/** The loops at one point of a schedule. */
export interface Stage {
  /** The step that led here; undefined before any step. */
  readonly step: string | undefined
  /** Whether the step was added to give each packed word one owner. */
  readonly isRepair: boolean
  readonly lines: readonly ChangedLine<NestLine>[]
}

/** The loops before the first step and after each, with what the step changed. */
export const stagesOf = (scheduled: ScheduledKernel): Stage[] =>
  stageHeads(scheduled).map((head, position) => ({ ...head, lines: stageLines(scheduled, position) }))

/** The stages without their lines, which take time. */
export function stageHeads({ history, repairs, repairsBehind, steps }: ScheduledKernel): Omit<Stage, 'lines'>[] {
  const all = [...repairs, ...steps, ...repairsBehind]
  return history.map((_, position) => {
    const step = all[position - 1]
    return {
      step: step === undefined ? undefined : printStep(step),
      isRepair: position > 0 && (position <= repairs.length || position > repairs.length + steps.length),
    }
  })
}

/** The lines of one stage, by its position. */
export function stageLines({ history }: ScheduledKernel, position: number): Stage['lines'] {
  const nest = history[position]
  return nest === undefined ? [] : changedFrom(nest, history[position - 1] ?? nest)
}

/** Remembered, because most schedules that somebody edits begin with steps that were shown before. */
function changedFrom(nest: Nest, before: Nest): readonly ChangedLine<NestLine>[] {
  const known = recentChanges(nest)
  if (known.before !== before) {
    known.before = before
    known.lines = changes(linesOf(before), linesOf(nest))
  }
  return known.lines
}

const linesOf = memoize(printNest, 64)
const recentChanges = memoize(
  (_: Nest): { before: Nest | undefined; lines: readonly ChangedLine<NestLine>[] } => ({
    before: undefined,
    lines: [],
  }),
  64,
)

/** The lines after a step, with removed lines at their old positions: a longest common subsequence that ignores indentation. */
export function changes<Line extends TextLine>(before: readonly Line[], after: readonly Line[]): ChangedLine<Line>[] {
  const numbers = new Map<string, number>()
  const [olds, news] = [numbered(before, numbers), numbered(after, numbers)]
  const common = commonLengths(olds, news)
  const at = (i: number, j: number): number => common[i]?.[j] ?? 0
  const lines: ChangedLine<Line>[] = []
  let [i, j] = [0, 0]
  for (;;) {
    const [old, line] = [before[i], after[j]]
    if (old !== undefined && line !== undefined && olds[i] === news[j]) {
      lines.push({ change: 'same', ...line })
      i++
      j++
    } else if (old !== undefined && (line === undefined || at(i + 1, j) >= at(i, j + 1))) {
      lines.push({ change: 'removed', ...old })
      i++
    } else if (line !== undefined) {
      lines.push({ change: 'added', ...line })
      j++
    } else break
  }
  return lines
}

/** A number for each text: comparing texts costs more than all else. */
const numbered = (lines: readonly TextLine[], numbers: Map<string, number>): Int32Array =>
  Int32Array.from(lines, ({ text }) => {
    const trimmed = text.trim()
    const number = numbers.get(trimmed) ?? numbers.size
    numbers.set(trimmed, number)
    return number
  })

/**
 * Entry [i][j] is the length of the longest common subsequence of the lines from i and from j on. Rows of lines that both begin with are left out:
 * they match each other, whatever follows.
 */
function commonLengths(before: Int32Array, after: Int32Array): (Uint16Array | undefined)[] {
  let front = 0
  while (front < before.length && before[front] === after[front]) front++
  const lengths = new Array<Uint16Array | undefined>(before.length + 1).fill(undefined)
  lengths[before.length] = new Uint16Array(after.length + 1)
  for (let i = before.length - 1; i >= front; i--) {
    const below = lengths[i + 1] as Uint16Array
    const row = new Uint16Array(after.length + 1)
    for (let j = after.length - 1; j >= front; j--)
      row[j] =
        before[i] === after[j] ? 1 + (below[j + 1] as number) : Math.max(below[j] as number, row[j + 1] as number)
    lengths[i] = row
  }
  return lengths
}
