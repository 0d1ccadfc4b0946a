import { stripVTControlCharacters } from 'node:util'

/** A column of a text table. Numbers read best right-aligned. */
export interface Column {
  readonly title: string
  readonly align?: 'left' | 'right'
}

/**
 * Rows under titles and a rule, two spaces between the columns, no spaces at the ends of lines:
 *
 *     schedule    time
 *     ----------  ------
 *     naive       1.2 ms
 *
 * @param given one cell per column; a missing cell is empty
 */
export function textTable(columns: readonly Column[], given: readonly (readonly string[])[]): string {
  // A name from a file may contain a line break.
  const rows = given.map(row => row.map(cell => cell.replaceAll('\n', '\\x0a')))
  const widths = columns.map(({ title }, column) =>
    Math.max(width(title), ...rows.map(row => width(row[column] ?? ''))),
  )
  const line = (cells: readonly string[]): string =>
    columns
      .map(({ align }, column) => {
        const cell = cells[column] ?? ''
        const space = ' '.repeat((widths[column] ?? 0) - width(cell))
        return align === 'right' ? space + cell : cell + space
      })
      .join('  ')
      .trimEnd()
  const rule = widths.map(count => '-'.repeat(count))
  return `${[columns.map(({ title }) => title), rule, ...rows].map(line).join('\n')}\n`
}

/** Columns that a cell takes on the screen, without the escape sequences that colour it. */
function width(cell: string): number {
  return [...stripVTControlCharacters(cell)].length
}
