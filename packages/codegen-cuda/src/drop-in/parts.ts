/** The files that can accompany the source. All others need `header`. */
export type DropInPart = 'header' | 'main' | 'torch' | 'cmake'

/** A generated file: its name and its text. */
export interface DropInFile {
  readonly name: string
  readonly source: string
}
