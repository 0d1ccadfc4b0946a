/** Gathers a kernel file and the files that it imports, wherever they are kept, and never runs them. */
import { type Diagnostic, KernelFileError } from '../diagnostics/diagnostic.ts'
import type { Files } from '../evaluate/modules.ts'
import type { Module, SourceText } from '../syntax.ts'

/** The most files that one kernel may consist of. */
const mostFiles = 100

type Parse = (source: SourceText) => { readonly module: Module; readonly errors: readonly Diagnostic[] }

/** Where files are kept: a disk, or a map of texts. */
export interface Storage {
  /** The path of the file that an import without an extension means, seen from another file. */
  readonly resolve: (from: string, specifier: string) => string
  /**
   * @param entry the file from which messages name others
   * @throws any error if there is no such file
   */
  readonly read: (path: string, entry: string) => SourceText
}

/** Every file that was read, by its path. */
export interface GatheredFiles extends Files {
  readonly read: ReadonlyMap<string, SourceText>
}

/**
 * Gathers a kernel file with everything that it imports from files beside it.
 *
 * @param path of the file, as the storage names it
 * @throws KernelFileError for files that are not TypeScript
 */
export function gatherFiles(path: string, entrySource: SourceText, parse: Parse, storage: Storage): GatheredFiles {
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
    const base = storage.resolve(places.get(from) ?? path, specifier)
    const file = /\.m?ts$/.test(base) ? base : /\.m?js$/.test(base) ? base.replace(/js$/, 'ts') : `${base}.ts`
    if (modules.size >= mostFiles && !modules.has(file)) return `a kernel may consist of ${mostFiles} files`
    try {
      return load(file, () => storage.read(file, path))
    } catch (error) {
      if (error instanceof KernelFileError) throw error
      return `there is no file ${specifier} beside ${from.path}`
    }
  }
  return { entry, resolve: resolveImport, read }
}
