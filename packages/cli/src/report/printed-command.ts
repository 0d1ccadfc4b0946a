/** Commands that are printed for somebody to copy. All of them are made here, and `printed-commands.test.ts` runs every one. */
import { shellLine } from './shell-word.ts'

/** @param words after `qernel`, each as the program is to receive it */
export const printedCommand = (...words: readonly string[]): string => shellLine(['qernel', ...words])
