/** Reads a kernel file and the files that it imports, and never runs them. */
import { closeSync, openSync, readSync } from 'node:fs'
import { dirname, relative, resolve } from 'node:path'
import { type Diagnostic, KernelFileError } from '../diagnostics/diagnostic.ts'
import type { Files } from '../evaluate/modules.ts'
import type { Module, SourceText } from '../syntax.ts'

/** The most files that one kernel may consist of. */
const mostFiles = 100

type Parse = (source: SourceText) => { readonly module: Module; readonly errors: readonly Diagnostic[] }

/** More bytes than a kernel file may have characters; the rest of a longer one is not read. */
const mostBytes = 2 ** 20

/**
 * Reads the text of a file.
 * @throws the errors of the file system as they are
 */
export function readSource(path: string, shown: string): SourceText {
  const file = openSync(path, 'r')
  try {
    const bytes = Buffer.alloc(mostBytes)
    return { path: shown, text: bytes.toString('utf8', 0, readSync(file, bytes)) }
  } finally {
    closeSync(file)
  }
}

/** Every file that was read, by its absolute path. */
export interface ReadFiles extends Files {
  readonly read: ReadonlyMap<string, SourceText>
}

/**
 * Reads a kernel file with everything that it imports from files beside it.
 *
 * @param path of the file, absolute
 * @throws KernelFileError for files that are not TypeScript
 */
export function readFiles(path: string, entrySource: SourceText, parse: Parse): ReadFiles {
  const read = new Map<string, SourceText>()
  const modules = new Map<string, Module>()
  const places = new Map<SourceText, string>()
  const load = (file: string, readIt: () => SourceText): Module => {
    const known = modules.get(file)
    if (known !== undefined) return known
    const source = readIt()
    const { module, errors } = parse(source)
    if (errors.length > 0) throw new KernelFileError(errors)
    read.set(file, source)
    modules.set(file, module)
    places.set(source, file)
    return module
  }
  const entry = load(path, () => entrySource)
  const resolveImport = (from: SourceText, specifier: string): Module | string => {
    const base = resolve(dirname(places.get(from) ?? path), specifier)
    const file = /\.m?ts$/.test(base) ? base : /\.m?js$/.test(base) ? base.replace(/js$/, 'ts') : `${base}.ts`
    if (modules.size >= mostFiles && !modules.has(file)) return `a kernel may consist of ${mostFiles} files`
    try {
      return load(file, () => readSource(file, relative(dirname(path), file).replaceAll('\\', '/')))
    } catch (error) {
      if (error instanceof KernelFileError) throw error
      return `there is no file ${specifier} beside ${from.path}`
    }
  }
  return { entry, resolve: resolveImport, read }
}
