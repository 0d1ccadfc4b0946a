/**
 * The hash of a generated file in its own header. It distinguishes manual edits from differences between builds of the
 * compiler, without the other build.
 */
import { createHash } from 'node:crypto'

const rebuildLine = /^((?:\/\/|#) rebuild +\{.*)\}$/m
const hashedLine = /^((?:\/\/|#) rebuild +\{.*),"text":"([0-9a-f]{16})"\}$/m

/** The text with its hash as the last member of the line `rebuild`. */
export const withContentHash = (text: string): string =>
  text.replace(rebuildLine, (_, members: string) => `${members},"text":"${hashOf(text)}"}`)

/** A file whose header holds the hash of its text. */
export const fileWithContentHash = <File extends { readonly source: string }>(file: File): File => ({
  ...file,
  source: withContentHash(file.source),
})

/** Whether a text still matches its hash, ignoring line endings; undefined if it has no hash. */
export function isUnedited(text: string): boolean | undefined {
  const own = text.replaceAll('\r\n', '\n')
  const [, , hash] = hashedLine.exec(own) ?? []
  if (hash === undefined) return undefined
  return hashOf(own.replace(hashedLine, (_, members: string) => `${members}}`)) === hash
}

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 16)
