/**
 * The words that a POSIX shell makes of a simple command: quotes are taken off, a comment and redirections are left out. Nothing is
 * substituted.
 */
export function shellWords(line: string): string[] {
  const words = line.replaceAll('\\\n', ' ').match(/(?:'[^']*'|"[^"]*"|\\.|[^\s'"\\])+/g) ?? []
  const comment = words.findIndex(word => word.startsWith('#'))
  return words
    .slice(0, comment < 0 ? words.length : comment)
    .filter((word, at, all) => !word.startsWith('>') && all[at - 1] !== '>')
    .map(word =>
      word.replace(/'([^']*)'|"([^"]*)"|\\(.)/g, (_, single, double, escaped) => single ?? double ?? escaped),
    )
}
