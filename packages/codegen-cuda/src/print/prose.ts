/** Text in comments. */

/** `a, b and c` */
export const listed = (items: readonly string[]): string =>
  items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`

/** Breaks text into lines of at most 117 characters, which become 120 with the comment marker. */
export function wrapped(text: string): string[] {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const last = lines.at(-1)
    if (last === undefined || last.length + 1 + word.length > 117) lines.push(word)
    else lines[lines.length - 1] = `${last} ${word}`
  }
  return lines
}
