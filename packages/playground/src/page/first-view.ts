/** What the page shows before any script has compiled anything: it is made when the page is built, and is part of its text. */
import type { Compiled, Counted, Picture, TextSource } from '../protocol.ts'

/** A kernel of the library, as the list of kernels shows it. */
export interface LibraryEntry {
  readonly name: string
  readonly summary: string
  /** The tensor whose storage type can be chosen, and its types, the usual one first. */
  readonly tensor: string
  readonly types: readonly string[]
}

/** A short kernel to begin with: a file of `examples`. */
export interface ExampleEntry {
  /** Of the file, without its ending. */
  readonly name: string
  /** What it shows: the comment at the top of the file. */
  readonly explanation: string
}

export interface FirstView {
  readonly library: readonly LibraryEntry[]
  readonly examples: readonly ExampleEntry[]
  readonly compiled: Compiled
  readonly counted: Counted | undefined
  readonly picture: Picture | undefined
  /** The kernel as text. */
  readonly text: TextSource | undefined
}

/** The id of the element whose text is a `FirstView` as JSON: data, which browsers never execute. */
export const firstViewId = 'first-view'
