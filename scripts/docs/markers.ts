/** `generated` parts are the same on every machine and are checked; a `snapshot` holds times and is taken on request. */
type PartKind = 'generated' | 'snapshot'

/**
 * Fills the parts of a page that people write, between `<!-- generated: NAME -->` and `<!-- end -->` on lines of their own.
 *
 * @throws Error if the names in a page and the names of its parts differ
 */
export function fillParts(
  page: string,
  text: string,
  parts: Readonly<Record<string, string>>,
  kind: PartKind = 'generated',
): string {
  const missing = new Set(Object.keys(parts))
  const places = new RegExp(`(<!-- ${kind}: ([\\w-]+)[^>]* -->\\n)[\\s\\S]*?(<!-- end -->)`, 'g')
  const filled = text.replace(places, (_, open: string, name: string, close: string) => {
    const part = parts[name]
    if (part === undefined) throw new Error(`${page} has a place for ${name}, which nothing generates`)
    missing.delete(name)
    return `${open}${part.trimEnd()}\n${close}`
  })
  if (missing.size > 0) throw new Error(`${page} has no place for ${[...missing].join(', ')}`)
  return filled
}

/** A block of code. */
export const block = (language: string, text: string): string => `\`\`\`${language}\n${text.trimEnd()}\n\`\`\`\n`

/** A table of Markdown; a bar in a cell is escaped. */
export function markdownTable(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(cell => cell.replaceAll('|', '\\|')).join(' | ')} |\n`
  return line(titles) + line(titles.map(() => '---')) + rows.map(line).join('')
}
