import { visibleText } from '@qernel/dsl/internal'

/**
 * Text as one line of comment, whatever it holds: WGSL ends a comment at any character that Unicode takes for the end of a line, and C++ joins
 * a line with the next where it ends in a backslash, or in the trigraph for one.
 *
 * @param mark `//` or `#`
 */
export function commentLine(mark: string, text: string): string {
  const line = visibleText(text).replaceAll('??/', '? ?/')
  // Of most lines nothing is cut off, and looking for it from each blank on takes time.
  const kept = /[\s\\]$/.test(line) ? line.replace(/[\s\\]+$/, '') : line
  return kept === '' ? mark : `${mark} ${kept}`
}
