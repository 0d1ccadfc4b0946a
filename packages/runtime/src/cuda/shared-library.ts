import type { LibraryHandle } from 'koffi'

/** A library that was loaded, and where from. */
export interface SharedLibrary {
  readonly handle: LibraryHandle
  /** The name or path that it was found under. */
  readonly path: string
}

/** Loads the first library that is there; koffi itself, which holds a binary, is loaded with it. */
export async function loadFirst(candidates: readonly string[]): Promise<SharedLibrary | undefined> {
  const { default: koffi } = await import('koffi')
  for (const path of candidates) {
    try {
      return { handle: koffi.load(path), path }
    } catch {
      // Not under this name.
    }
  }
  return undefined
}
