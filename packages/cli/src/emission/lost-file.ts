import { isUnedited } from './content-hash.ts'
import { readProvenance } from './provenance-line.ts'

/** Which file would be lost if a generated one took its place: one of somebody else, or one with changes made by hand. */
export function lostFile(text: string, path: string): string | undefined {
  try {
    readProvenance(text, path)
  } catch {
    return 'a file that qernel did not make'
  }
  return isUnedited(text) === false ? 'a file that was edited by hand after qernel made it' : undefined
}
