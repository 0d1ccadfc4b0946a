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
export function stagesOf({ history, repairs, repairsBehind, steps }: ScheduledKernel): Stage[] {
  const all = [...repairs, ...steps, ...repairsBehind]
  const printed = history.map(printNest)
  return printed.map((lines, position) => {
    const step = all[position - 1]
    return {
      step: step === undefined ? undefined : printStep(step),
      isRepair: position > 0 && (position <= repairs.length || position > repairs.length + steps.length),
      lines: changes(printed[position - 1] ?? lines, lines),
    }
  })
}

/** The lines after a step, with removed lines at their old positions: a longest common subsequence that ignores indentation. */
export function changes<Line extends TextLine>(before: readonly Line[], after: readonly Line[]): ChangedLine<Line>[] {
  const common = commonLengths(before, after)
  const at = (i: number, j: number): number => common[i]?.[j] ?? 0
  const lines: ChangedLine<Line>[] = []
  let [i, j] = [0, 0]
  for (;;) {
    const [old, line] = [before[i], after[j]]
    if (old !== undefined && line !== undefined && isSame(old, line)) {
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

const isSame = (a: TextLine | undefined, b: TextLine | undefined): boolean => a?.text.trim() === b?.text.trim()

/** Entry [i][j] is the length of the longest common subsequence of the lines from i and from j on. */
function commonLengths(before: readonly TextLine[], after: readonly TextLine[]): number[][] {
  const lengths = Array.from({ length: before.length + 1 }, () => new Array<number>(after.length + 1).fill(0))
  for (let i = before.length - 1; i >= 0; i--)
    for (let j = after.length - 1; j >= 0; j--) {
      const row = lengths[i] as number[]
      row[j] = isSame(before[i], after[j])
        ? 1 + (lengths[i + 1]?.[j + 1] ?? 0)
        : Math.max(lengths[i + 1]?.[j] ?? 0, row[j + 1] ?? 0)
    }
  return lengths
}
