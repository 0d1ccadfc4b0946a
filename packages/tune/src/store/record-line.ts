/** One record as one line of JSON that carries its own checksum, so that a changed byte is found and not trusted. */
import { crc32 } from 'node:zlib'

/** What a line holds. */
export interface StoredRecord {
  readonly kind: string
}

/** How each line begins. */
export const lineStart = '{"kind":"'

/** The last member of each line: CRC-32 of the line without it, which no change of up to 32 neighbouring bits leaves the same. */
const ending = /,"sum":"([0-9a-f]{8})"\}$/
const endingLength = ',"sum":"00000000"}'.length

const sumOf = (text: string): string => crc32(text).toString(16).padStart(8, '0')

/** The line of a record, without its line break. */
export function recordLine({ kind, ...rest }: StoredRecord): string {
  const text = JSON.stringify({ kind, ...rest })
  return `${text.slice(0, -1)},"sum":"${sumOf(text)}"}`
}

/** The record of a line, or what is wrong with the line, worded so that it can follow "the line". */
export type ReadLine = { readonly record: StoredRecord } | { readonly problem: string }

export function readLine(line: string): ReadLine {
  const sum = ending.exec(line)?.[1]
  if (sum === undefined) return { problem: 'has no checksum: it is of an older version, was edited, or is damaged' }
  const text = `${line.slice(0, -endingLength)}}`
  if (sumOf(text) !== sum) return { problem: 'differs from its checksum: it was edited, or is damaged' }
  return { record: JSON.parse(text) as StoredRecord }
}
