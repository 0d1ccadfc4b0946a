/** A word as a POSIX shell reads it: quoted where it has to be. Whoever copies a printed command gets the intended words. */
export const shellWord = (word: string): string =>
  /^[\w./=:,@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`

/** Words as a command line of a POSIX shell. */
export const shellLine = (words: readonly string[]): string => words.map(shellWord).join(' ')
