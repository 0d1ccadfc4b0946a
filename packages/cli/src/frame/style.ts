/**
 * Colour on a terminal. Texts carry marks, which widths and wrapping do not count and which become escape sequences, or nothing, when they are
 * written: so a command need not know where its words go, and no escape sequence of a name or a file ever looks like one of ours.
 */
import { styleText } from 'node:util'
import { visibleLines } from '@qernel/dsl/internal'

/** Noncharacters of Unicode, which no text has: a mark each, and the one that ends all. */
const marks = { bold: '\ufdd0', red: '\ufdd1', green: '\ufdd2', cyan: '\ufdd3', dim: '\ufdd4' } as const
const end = '\ufdd5'

export type Style = keyof typeof marks

/** A text of one line in a style. */
export const styled = (style: Style, text: string): string => `${marks[style]}${text}${end}`

const styledPart = /([\ufdd0-\ufdd4])([^\ufdd0-\ufdd5\n]*)\ufdd5/g
const styleOf = new Map<string, Style>((Object.keys(marks) as Style[]).map(style => [marks[style], style]))

/** A text as a stream takes it: styles as escape sequences or left out, all else visible. */
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

/** Whether a stream has colours is known already: it may be another than the one that Node would ask. */
const escapeSequence = (style: Style, text: string): string => styleText(style, text, { validateStream: false })

/** Whether a stream is to have colours: NO_COLOR and FORCE_COLOR as everywhere, else whether it is a terminal. */
export function wantsColours(
  isTerminal: boolean | undefined,
  { NO_COLOR: no = '', FORCE_COLOR: force, TERM: terminal }: Readonly<Record<string, string | undefined>>,
): boolean {
  if (force !== undefined) return force !== '0' && force !== 'false'
  return no === '' && terminal !== 'dumb' && isTerminal === true
}

/** The lines of a unified diff: what was added green, what was taken away red. */
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
