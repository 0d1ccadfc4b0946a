/**
 * Text of others (summaries, names out of files, file names) where it is shown or written: control characters move the cursor of a
 * terminal, format characters turn the direction of writing, and some of both end a line of a comment.
 */

/** C0, C1, format (bidirectional marks among them), separators of lines and paragraphs, halves of pairs, and noncharacters. */
const invisible = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\ufdd0-\ufdef]/gu

/** The same except for the end of a line and the tab, of which texts with several lines are made. */
const invisibleInLines = /(?![\n\t])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\ufdd0-\ufdef]/gu

const escaped = (character: string): string => {
  const code = character.codePointAt(0) as number
  return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`
}

/** One line: what cannot be seen, and what ends a line, as `\x1b` or `\u{202e}`. */
export const visibleText = (text: string): string => text.replace(invisible, escaped)

/** The same for a text of several lines: `\n` and tabs stay. */
export const visibleLines = (text: string): string => text.replace(invisibleInLines, escaped)

/** JSON text in which no string holds such a character: each is written as JSON escapes it, so that the value stays the same. */
export const visibleJson = (json: string): string =>
  json.replace(invisibleInLines, character =>
    [...Array(character.length).keys()]
      .map(at => `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`)
      .join(''),
  )

/** The lines of a text, whichever character ends them, without those that are empty. */
export const linesOfText = (text: string): string[] =>
  text.split(/[\n\r\v\f\u0085\u2028\u2029]+/).filter(line => line !== '')
