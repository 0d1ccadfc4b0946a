/** Kernels in texts instead of files, without Node: for pages and for programs that keep texts elsewhere. Nothing is executed. */
import { KernelFileError } from './diagnostics/diagnostic.ts'
import { type Lowered, lower, UnknownKernelName } from './evaluate/lower.ts'
import { type GatheredFiles, gatherFiles } from './files/gather-files.ts'
import { parseModule } from './parse/parse.ts'
import type { SourceText } from './syntax.ts'

export { type Diagnostic, KernelFileError, placeText, positionOf, renderDiagnostic } from './diagnostics/diagnostic.ts'
export { type Lowered, UnknownKernelName, type WrittenSchedule } from './evaluate/lower.ts'
export type { KernelParameter } from './evaluate/parameters.ts'
export type { SourceText, Span } from './syntax.ts'

/** The text of a kernel file, and the files that it may import. */
export interface KernelText {
  /** The name of the file, for messages and imports. */
  readonly path: string
  readonly text: string
  /** Other files by name, all in one folder with it. */
  readonly files?: ReadonlyMap<string, string>
}

/** The kernels of a text that was parsed once. */
export interface ParsedText {
  /** The names of the kernels that it exports and that need no values of parameters, in its order, whether or not they have errors. */
  readonly names: readonly string[]
  /**
   * Reads one kernel.
   *
   * @param name of the export; not needed if the text exports one kernel
   * @param set values of compile-time parameters
   * @throws KernelFileError with the place of every error
   * @throws UnknownKernelName for a kernel that the text does not have, or a parameter that cannot have its value
   */
  readonly read: (name?: string, set?: Readonly<Record<string, string>>) => Lowered
}

/**
 * Parses the text of a kernel file.
 *
 * @throws KernelFileError for a text that is not TypeScript
 */
export function parseKernelText({ path, text, files = none }: KernelText): ParsedText {
  const known = parsedFiles.get(files) ?? new Map<string, Parsed>()
  parsedFiles.set(files, known)
  const parse = (source: SourceText): Parsed => {
    if (files.get(source.path) !== source.text) return parseModule(source)
    const parsed = known.get(source.path) ?? parseModule(source)
    known.set(source.path, parsed)
    return parsed
  }
  const gathered = gatherFiles(path, { path, text }, parse, {
    // The scheme means nothing here: a URL takes ./ and ../ out of a path.
    resolve: (from, specifier) => new URL(specifier, `file:///${from}`).pathname.slice(1),
    read: file => {
      const found = files.get(file)
      if (found === undefined) throw new Error(`there is no ${file}`)
      return { path: file, text: found }
    },
  })
  return {
    names: [...gathered.entry.exports.keys()].filter(name => isKernel(gathered, name)),
    read: (name, set = {}) => lower(gathered, name, new Map(Object.entries(set))),
  }
}

type Parsed = ReturnType<typeof parseModule>

const none: ReadonlyMap<string, string> = new Map()

/** Files that texts import stay the same while a text is edited. */
const parsedFiles = new WeakMap<ReadonlyMap<string, string>, Map<string, Parsed>>()

function isKernel(files: GatheredFiles, name: string): boolean {
  try {
    lower(files, name, new Map())
    return true
  } catch (error) {
    if (error instanceof KernelFileError) return true
    // A schedule, or a function that kernels use.
    if (error instanceof UnknownKernelName) return false
    throw error
  }
}
