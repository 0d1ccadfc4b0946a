/** Listings for handwritten pages: the output of command lines, and tested files. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { block } from './markers.ts'
import { qernelAll, root } from './qernel.ts'

/** Selects the part of a command's output to show. */
export type Part = (printed: string) => string

export const all: Part = printed => printed
export const from =
  (start: string): Part =>
  printed =>
    start === '' || printed.includes(start) ? printed.slice(printed.indexOf(start)) : ''

/** The command lines of a page by the names of their places, each with the part of its output that is shown. */
export type CommandLines = Readonly<Record<string, readonly [argv: readonly string[], part: Part]>>

/**
 * Runs command lines in the workspace. Where a line names one of `outputs`, the file is written to a folder that is removed afterwards; where it names one
 * of `inputs`, the file is there with this text.
 *
 * @returns blocks by name, each with its command line and what it printed
 * @throws Error if nothing of a command's output would be shown
 */
export function commandListings(
  commands: CommandLines,
  outputs: readonly string[] = [],
  inputs: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const folder = mkdtempSync(join(tmpdir(), 'qernel-docs-'))
  try {
    for (const [name, text] of Object.entries(inputs)) writeFileSync(join(folder, name), text)
    const files = [...outputs, ...Object.keys(inputs)]
    const lines = Object.values(commands).map(([argv]) =>
      argv.map(word => (files.includes(word) ? join(folder, word) : word)),
    )
    const printed = qernelAll(lines).map(text => text.replaceAll(`${folder}/`, ''))
    return Object.fromEntries(
      Object.entries(commands).map(([name, [argv, part]], i) => [
        name,
        block('', `$ qernel ${argv.map(typed).join(' ')}\n${shown(name, part(printed[i] as string))}`),
      ]),
    )
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** A file of the workspace, whole or from one line to another. */
export function fileListing(path: string, part: Part = all): string {
  const language = path.endsWith('.json') ? 'json' : 'ts'
  return block(language, shown(path, part(readFileSync(join(root, path), 'utf8'))))
}

/** A listing without content is a mistake of the page. */
function shown(name: string, text: string): string {
  if (text.trim() === '') throw new Error(`the listing ${name} shows nothing`)
  return text.trimEnd()
}

/** A word as it is typed in a shell. */
const typed = (word: string): string => (/[()#[\] ]/.test(word) ? `'${word}'` : word)
