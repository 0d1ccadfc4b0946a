/**
 * Poison fills outputs before a run, and the memory after every array. It reveals elements that a kernel did not write, and writes past the
 * end of an array.
 */
import type { PlannedArray } from '@qernel/codegen'
import { rowByteLength } from '@qernel/dsl/internal'
import { OutOfBoundsWriteError } from './errors.ts'

/** Words that are quiet NaNs as f32 and, in both halves, as f16 and bf16. There are two, to recognize a result that happens to equal one of them. */
export const poisons = [0xffd5ffd5, 0xffaeffae] as const

/** The bytes after every array that no kernel may write. */
export const redZoneBytes = 256

/** Whether any word that holds logical values still equals the poison. */
export function holdsPoison(bytes: Uint8Array, array: PlannedArray, poison: number): boolean {
  return firstWord(array, wordsOf(bytes), word => word === poison) !== undefined
}

/** The words of an output that no thread ever wrote: they kept the first poison in one run and the second in another. */
export interface Unwritten {
  readonly words: number
  readonly of: number
  /** The logical position of the first one, as text: "row 3, column 64". */
  readonly first: string
}

/** @param runs the bytes of the output after one run with each of the `poisons` */
export function unwritten(runs: readonly [Uint8Array, Uint8Array], array: PlannedArray): Unwritten | undefined {
  const [one, two] = [wordsOf(runs[0]), wordsOf(runs[1])]
  let words = 0
  let first: string | undefined
  let of = 0
  forEachWord(array, (word, row, column) => {
    of++
    if (one[word] !== poisons[0] || two[word] !== poisons[1]) return
    words++
    first ??= `row ${row}, column ${column}`
  })
  return first === undefined ? undefined : { words, of, first }
}

/** @throws OutOfBoundsWriteError if a byte of the red zone after an array is no longer poison. */
export function checkRedZone(zone: Uint8Array, array: PlannedArray, poison: number): void {
  const word = wordsOf(zone).findIndex(value => value !== poison)
  if (word < 0) return
  const { name } = array.parameter
  const shape = `[${array.shape.join(', ')}]`
  throw new OutOfBoundsWriteError(
    name,
    `The kernel wrote past the end of ${name} ${shape}: byte ${array.byteLength + 4 * word} of ${array.byteLength} changed`,
  )
}

function firstWord(array: PlannedArray, words: Uint32Array, matches: (word: number) => boolean): number | undefined {
  const { rows, wordsPerRow, pitch } = rowsInWords(array)
  for (let row = 0; row < rows; row++) {
    for (let word = row * pitch, end = word + wordsPerRow; word < end; word++) {
      if (matches(words[word] as number)) return word
    }
  }
  return undefined
}

function forEachWord(array: PlannedArray, visit: (word: number, row: number, column: number) => void): void {
  const { rows, wordsPerRow, pitch } = rowsInWords(array)
  const { bits } = array.parameter.type
  for (let row = 0; row < rows; row++) {
    for (let word = 0; word < wordsPerRow; word++) visit(row * pitch + word, row, Math.floor((word * 32) / bits))
  }
}

/** The words of an array that hold logical values. Kernels may leave the padding after rows unwritten. */
function rowsInWords(array: PlannedArray): { rows: number; wordsPerRow: number; pitch: number } {
  const { type, rowAlignment } = array.parameter
  const columns = array.shape.at(-1) ?? 1
  const rows = array.shape.slice(0, -1).reduce((product, extent) => product * extent, 1)
  const pitchBytes = rowByteLength(type, columns, rowAlignment)
  if (pitchBytes % 4 === 0) return { rows, wordsPerRow: Math.ceil((columns * type.bits) / 32), pitch: pitchBytes / 4 }
  // If rows start within words, treat the array as one row, without the bytes of an incomplete last word.
  return { rows: 1, wordsPerRow: Math.floor((rows * pitchBytes) / 4), pitch: 0 }
}

function wordsOf(bytes: Uint8Array): Uint32Array {
  return new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength >>> 2)
}
