/**
 * Makes text from outside (summaries, names in files, file names) safe to show or write: control characters move the
 * cursor of a terminal, format characters reverse the writing direction, and some of both end a comment line.
 */

/** C0, C1, format characters (including bidirectional marks), line and paragraph separators, lone surrogates, and noncharacters. */
const invisible = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\ufdd0-\ufdef]/gu

/** The same except the line feed and the tab, which are allowed in text of several lines. */
const invisibleInLines = /(?![\n\t])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\ufdd0-\ufdef]/gu

const escaped = (character: string): string => {
  const code = character.codePointAt(0) as number
  return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`
}

/** Printable ASCII, and the blocks of × and →, as most text is. Looking for invisible characters takes five times as long. */
const plain = /^[ -~\u00a1-\u00ac\u00ae-\u00ff\u2190-\u22ff]*$/

/** One line of text: invisible characters and line ends become escapes such as `\x1b` or `\u{202e}`. */
export const visibleText = (text: string): string => (plain.test(text) ? text : text.replace(invisible, escaped))

/** The same for text of several lines: `\n` and tabs stay. */
export const visibleLines = (text: string): string => text.replace(invisibleInLines, escaped)

/** JSON text with such characters replaced by JSON escapes, so that the value stays the same. */
export const visibleJson = (json: string): string =>
  plain.test(json)
    ? json
    : json.replace(invisibleInLines, character =>
        [...Array(character.length).keys()]
          .map(at => `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`)
          .join(''),
      )

/** The non-empty lines of a text, whichever character ends them. */
export const linesOfText = (text: string): string[] =>
  text.split(/[\n\r\v\f\u0085\u2028\u2029]+/).filter(line => line !== '')
