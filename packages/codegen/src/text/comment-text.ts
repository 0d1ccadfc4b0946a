import { visibleText } from '@qernel/dsl/internal'

/**
 * Turns any text into one comment line. WGSL ends a comment at every line break of Unicode, and C++ joins a line with the next if it ends in a
 * backslash or in the trigraph for one.
 *
 * @param mark `//` or `#`
 */
export function commentLine(mark: string, text: string): string {
  const line = visibleText(text).replaceAll('??/', '? ?/')
  // The cheap test first: most lines need no cut, and the replacement tries every blank.
  const kept = /[\s\\]$/.test(line) ? line.replace(/[\s\\]+$/, '') : line
  return kept === '' ? mark : `${mark} ${kept}`
}
