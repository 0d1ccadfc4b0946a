/** The part of the engine that needs TypeScript. A page on which nobody edits a kernel never loads it. */
import type * as Language from '../language/index.ts'
import type { Request } from '../protocol.ts'

let loaded: typeof Language | undefined

/** Loads it, unless it is there already. */
export async function loadLanguage(): Promise<void> {
  loaded ??= await import('../language/index.ts')
}

/** @throws Error before `loadLanguage` is done */
export function language(): typeof Language {
  if (loaded === undefined) throw new Error('a text is read before TypeScript was loaded')
  return loaded
}

/** Requests about texts need it, and requests about a subject whose kernel is a text. */
export const needsLanguage = (request: Request): boolean =>
  'subject' in request ? request.subject.kernel.kind === 'text' : true
