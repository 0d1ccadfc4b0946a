import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import { type Known, type Place, poison } from './known.ts'

/** Thrown to leave a part of a definition whose error has been reported. */
export class Poisoned extends Error {
  override readonly name = 'Poisoned'
}

/** More errors than anyone reads. */
const most = 20

/** Collects errors, each once. */
export class Reports {
  readonly #found = new Map<string, Diagnostic>()

  /** @returns what stands for the result of what is wrong */
  add(code: string, message: string, { source, span }: Place, instead?: string): Known {
    const key = `${code} ${span.start} ${span.end} ${source.path}`
    if (!this.#found.has(key) && this.#found.size < most)
      this.#found.set(key, { code, message, source, span, ...(instead !== undefined && { instead }) })
    return poison
  }

  /** In the order of the file. */
  get all(): readonly Diagnostic[] {
    return [...this.#found.values()].sort((a, b) =>
      a.source === b.source ? a.span.start - b.span.start : a.source.path < b.source.path ? -1 : 1,
    )
  }
}
