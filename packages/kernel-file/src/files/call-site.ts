/** Finds the source of a kernel that a script has made, from the place where `kernel` was called. */
import { readFileSync } from 'node:fs'
import { SourceMap } from 'node:module'
import { dirname, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

/** A place in a TypeScript file. */
export interface CallSite {
  readonly path: string
  readonly line: number
}

/** Thrown where the source of a kernel cannot be found. */
export class SourceNotFound extends Error {
  override readonly name = 'SourceNotFound'
}

/** As V8 writes a frame: `at name (file:///folder/mine.ts:3:20)` or `at /folder/mine.ts:3:20`. */
const frame = /(?:\(|at (?:async )?)((?:file:\/\/)?[^()]+?):(\d+):(\d+)\)?$/

/**
 * The place of a call in its TypeScript file, if necessary by way of the source map of a bundle.
 *
 * @param written a line of a stack trace
 * @throws SourceNotFound if there is none
 */
export function findCallSite(name: string, written: string | undefined): CallSite {
  const [, where, line, column] = frame.exec(written ?? '') ?? []
  const path = where?.startsWith('file:') ? fileURLToPath(where.replace(/[?#].*$/, '')) : where
  if (path === undefined) throw notFound(name, 'the engine does not say where kernel() was called')
  if (/\.[cm]?ts$/.test(path)) return { path, line: Number(line) }
  const original = originalPlace(path, Number(line), Number(column))
  if (original === undefined) throw notFound(name, `${path} has no source map that leads to TypeScript`)
  return original
}

const notFound = (name: string, why: string): SourceNotFound =>
  new SourceNotFound(
    `the source of the kernel ${name} was not found: ${why}. Load it by its file, loadKernel('./mine.kernel.ts#${name}'), or run the script with tsx, vitest, a Node that strips types, or a bundle with source maps`,
  )

function originalPlace(path: string, line: number, column: number): CallSite | undefined {
  try {
    const [, reference] = /\/\/# sourceMappingURL=(\S+)\s*$/.exec(readFileSync(path, 'utf8')) ?? []
    if (reference === undefined) return undefined
    const [, inline] = /^data:application\/json[^,]*;base64,(.*)$/.exec(reference) ?? []
    const file = inline === undefined ? resolve(dirname(path), reference) : path
    const map = inline === undefined ? readFileSync(file, 'utf8') : Buffer.from(inline, 'base64').toString()
    const found = new SourceMap(JSON.parse(map)).findEntry(line - 1, column - 1)
    if (!('originalSource' in found) || !/\.[cm]?ts$/.test(found.originalSource)) return undefined
    const { originalSource, originalLine } = found
    const source = originalSource.startsWith('file:')
      ? fileURLToPath(originalSource)
      : resolve(dirname(file), originalSource)
    return { path: source, line: originalLine + 1 }
  } catch {
    // No such file, or no map.
    return undefined
  }
}
