/** A word for a POSIX shell, quoted if necessary, so that a copied command gives the intended words. */
export const shellWord = (word: string): string =>
  /^[\w./=:,@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`

/** Words as a command line of a POSIX shell. */
export const shellLine = (words: readonly string[]): string => words.map(shellWord).join(' ')
