/** A word as a POSIX shell reads it: quoted where it has to be. Whoever copies a command that is printed gets the words that were meant. */
export const shellWord = (word: string): string =>
  /^[\w./=:,@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`

/** Words as a command line of a POSIX shell. */
export const shellLine = (words: readonly string[]): string => words.map(shellWord).join(' ')
