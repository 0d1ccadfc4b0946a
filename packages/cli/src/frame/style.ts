/**
 * Colour on a terminal. Texts carry marks, which do not count for widths and wrapping and which become escape
 * sequences, or nothing, when written. So a command need not know where its output goes, and no escape sequence in a
 * name or a file can be mistaken for one of ours.
 */
import { styleText } from 'node:util'
import { visibleLines } from '@qernel/dsl/internal'

/** Unicode noncharacters, which no text contains: one per mark, and one that ends them all. */
const marks = { bold: '\ufdd0', red: '\ufdd1', green: '\ufdd2', cyan: '\ufdd3', dim: '\ufdd4' } as const
const end = '\ufdd5'

export type Style = keyof typeof marks

/** A text of one line in a style. */
export const styled = (style: Style, text: string): string => `${marks[style]}${text}${end}`

const styledPart = /([\ufdd0-\ufdd4])([^\ufdd0-\ufdd5\n]*)\ufdd5/g
const styleOf = new Map<string, Style>((Object.keys(marks) as Style[]).map(style => [marks[style], style]))

/** A text for a stream: styles become escape sequences or are dropped, everything else is made visible. */
export function painted(text: string, hasColours: boolean): string {
  let written = ''
  let at = 0
  for (const { 0: whole, 1: mark = '', 2: part = '', index } of text.matchAll(styledPart)) {
    const style = styleOf.get(mark)
    const shown = visibleLines(part)
    written += visibleLines(text.slice(at, index))
    written += hasColours && style !== undefined ? escapeSequence(style, shown) : shown
    at = index + whole.length
  }
  return written + visibleLines(text.slice(at))
}

/** Whether the stream has colours is already known; Node would ask another stream. */
const escapeSequence = (style: Style, text: string): string => styleText(style, text, { validateStream: false })

/** Whether a stream should have colours: NO_COLOR and FORCE_COLOR have their usual meaning; otherwise, whether it is a terminal. */
export function wantsColours(
  isTerminal: boolean | undefined,
  { NO_COLOR: no = '', FORCE_COLOR: force, TERM: terminal }: Readonly<Record<string, string | undefined>>,
): boolean {
  if (force !== undefined) return force !== '0' && force !== 'false'
  return no === '' && terminal !== 'dumb' && isTerminal === true
}

/** The lines of a unified diff: additions green, removals red. */
export const styledDiff = (diff: string): string =>
  diff
    .split('\n')
    .map(given => {
      const line = visibleLines(given)
      if (/^(---|\+\+\+) /.test(line)) return styled('bold', line)
      if (line.startsWith('@@')) return styled('cyan', line)
      return line.startsWith('+') ? styled('green', line) : line.startsWith('-') ? styled('red', line) : line
    })
    .join('\n')
