/** Commands printed for users to copy. All of them are made here, and `printed-commands.test.ts` runs every one. */
import { shellLine } from './shell-word.ts'

/** @param words the words after `qernel`, each as the program should receive it */
export const printedCommand = (...words: readonly string[]): string => shellLine(['qernel', ...words])
