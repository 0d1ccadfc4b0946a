/** What may stand beside the source. All but `header` need it. */
export type DropInPart = 'header' | 'main' | 'torch' | 'cmake'

export interface DropInFile {
  readonly name: string
  readonly source: string
}
