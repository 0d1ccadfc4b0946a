/** What may stand beside the source. All but `header` need it. */
export type DropInPart = 'header' | 'main' | 'torch' | 'cmake'

/** A generated file: its name and its text. */
export interface DropInFile {
  readonly name: string
  readonly source: string
}
