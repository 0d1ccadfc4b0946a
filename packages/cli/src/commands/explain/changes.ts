/** A line of a nest, and whether a step kept it (at any depth), added it or removed it. */
export interface ChangedLine {
  readonly change: 'same' | 'added' | 'removed'
  readonly text: string
}

const signs = { same: ' ', added: '+', removed: '-' } as const

/** The lines as printed, each after the sign of its change. */
export const changedLines = (lines: readonly ChangedLine[]): string =>
  lines.map(({ change, text }) => `  ${signs[change]} ${text}\n`).join('')

/** The lines after a step, with removed lines at their old positions: a longest common subsequence that ignores indentation. */
export function changes(before: readonly string[], after: readonly string[]): ChangedLine[] {
  const common = commonLengths(before, after)
  const lines: ChangedLine[] = []
  let [i, j] = [0, 0]
  while (i < before.length || j < after.length) {
    const [old, text] = [before[i], after[j]]
    if (old !== undefined && text !== undefined && old.trim() === text.trim()) {
      lines.push({ change: 'same', text })
      i++
      j++
    } else if (text === undefined || (old !== undefined && (common[i + 1]?.[j] ?? 0) >= (common[i]?.[j + 1] ?? 0))) {
      lines.push({ change: 'removed', text: old ?? '' })
      i++
    } else {
      lines.push({ change: 'added', text })
      j++
    }
  }
  return lines
}

/** Entry [i][j] is the length of the longest common subsequence of the lines from i and from j on. */
function commonLengths(before: readonly string[], after: readonly string[]): number[][] {
  const lengths = Array.from({ length: before.length + 1 }, () => new Array<number>(after.length + 1).fill(0))
  for (let i = before.length - 1; i >= 0; i--)
    for (let j = after.length - 1; j >= 0; j--) {
      const row = lengths[i] as number[]
      row[j] =
        before[i]?.trim() === after[j]?.trim()
          ? 1 + (lengths[i + 1]?.[j + 1] ?? 0)
          : Math.max(lengths[i + 1]?.[j] ?? 0, row[j + 1] ?? 0)
    }
  return lengths
}
