import type { LibraryHandle } from 'koffi'

/** A library that was loaded, and where from. */
export interface SharedLibrary {
  readonly handle: LibraryHandle
  /** The name or path that it was found under. */
  readonly path: string
}

/**
 * A call that runs beside JavaScript gets 128 KiB of stack from koffi, on which NVRTC overflows and ends the process: a kernel of 4,400 lines did.
 * Linux gives a thread 8 MiB.
 */
const stackBytes = 8 * 2 ** 20

/** Loads the first library that is there; koffi itself, which holds a binary, is loaded with it. */
export async function loadFirst(candidates: readonly string[]): Promise<SharedLibrary | undefined> {
  const { default: koffi } = await import('koffi')
  try {
    if ((koffi.config().async_stack_size ?? 0) < stackBytes) koffi.config({ async_stack_size: stackBytes })
  } catch {
    // Somebody else in this process has loaded a library with koffi: its settings hold, and are theirs to make.
  }
  for (const path of candidates) {
    try {
      return { handle: koffi.load(path), path }
    } catch {
      // Not under this name.
    }
  }
  return undefined
}
