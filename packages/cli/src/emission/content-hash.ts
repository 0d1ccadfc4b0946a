/**
 * The hash of a generated file in its own header. With it, what was edited can be told from what another build of the compiler makes otherwise,
 * without having that build.
 */
import { createHash } from 'node:crypto'

const rebuildLine = /^((?:\/\/|#) rebuild +\{.*)\}$/m
const sealedLine = /^((?:\/\/|#) rebuild +\{.*),"text":"([0-9a-f]{16})"\}$/m

/** The text with its hash as the last member of the line `rebuild`. */
export const sealed = (text: string): string =>
  text.replace(rebuildLine, (_, members: string) => `${members},"text":"${hashOf(text)}"}`)

/** A file with its seal. */
export const sealedFile = <File extends { readonly source: string }>(file: File): File => ({
  ...file,
  source: sealed(file.source),
})

/** Whether a text is as it was sealed, ends of lines apart; undefined where it was not. */
export function isUntouched(text: string): boolean | undefined {
  const own = text.replaceAll('\r\n', '\n')
  const [, , hash] = sealedLine.exec(own) ?? []
  if (hash === undefined) return undefined
  return hashOf(own.replace(sealedLine, (_, members: string) => `${members}}`)) === hash
}

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 16)
