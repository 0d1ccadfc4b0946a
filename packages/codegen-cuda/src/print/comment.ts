import { commentLine } from '@qernel/codegen/internal'

/** Turns text into one comment line. */
export const comment = (text: string): string => commentLine('//', text)
