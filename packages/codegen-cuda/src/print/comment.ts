import { commentLine } from '@qernel/codegen/internal'

/** Text as one line of comment. */
export const comment = (text: string): string => commentLine('//', text)
