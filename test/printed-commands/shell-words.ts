/**
 * The words of a simple command as a POSIX shell splits it: without quotes, comments and redirections. Nothing is
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
