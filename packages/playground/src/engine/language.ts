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

export const needsLanguage = (
  request: Pick<Request, 'kind'> & Partial<Pick<Extract<Request, { readonly subject: unknown }>, 'subject'>>,
): boolean => request.kind === 'text' || request.subject?.kernel.kind === 'text'
