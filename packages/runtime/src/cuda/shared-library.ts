import type { LibraryHandle } from 'koffi'

/** A loaded library and its path. */
export interface SharedLibrary {
  readonly handle: LibraryHandle
  /** The name or path that it was found under. */
  readonly path: string
}

/**
 * The stack size for asynchronous calls. koffi's default of 128 KiB is too small for NVRTC: a kernel of 4,400 lines overflowed it, which ended the
 * process. 8 MiB is the default of Linux threads.
 */
const stackBytes = 8 * 2 ** 20

/** Loads the first library that exists. koffi, which contains a binary, is imported only here. */
export async function loadFirst(candidates: readonly string[]): Promise<SharedLibrary | undefined> {
  const { default: koffi } = await import('koffi')
  try {
    if ((koffi.config().async_stack_size ?? 0) < stackBytes) koffi.config({ async_stack_size: stackBytes })
  } catch {
    // koffi's settings can no longer change, because other code in this process has loaded a library with it.
  }
  for (const path of candidates) {
    try {
      return { handle: koffi.load(path), path }
    } catch {
      // Try the next name.
    }
  }
  return undefined
}
