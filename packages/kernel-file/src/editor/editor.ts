/** What an editor says about a kernel file, from TypeScript's language service: completion, documentation, and errors of types. Without Node, and nothing is executed. */
import { Project, ts } from 'ts-morph'

/** Something that may be written at a place. */
export interface Completion {
  readonly label: string
  /** `function`, `const`, `property`, `keyword`, … as TypeScript names it. */
  readonly kind: string
}

/** What is known about the name at a place. */
export interface Hover {
  /** Offsets of the name. */
  readonly from: number
  readonly to: number
  /** Its declaration, in one or more lines. */
  readonly signature: string
  /** Its documentation; empty if it has none. */
  readonly documentation: string
}

/** An error of types. */
export interface TypeProblem {
  readonly from: number
  readonly to: number
  readonly message: string
}

/** The files that the editor knows. */
export interface EditorFiles {
  /** Texts by absolute path: the declarations of the language, and files that a kernel file may import. */
  readonly texts: ReadonlyMap<string, string>
  /** Packages that a kernel file imports, each with the path of its declarations. */
  readonly packages: Readonly<Record<string, string>>
}

/** The file that is edited lies in the root, beside the files that it may import. */
const path = '/mine.kernel.ts'

/** Names that TypeScript finds everywhere are no part of the language, but its keywords are. */
const keywords = new Set([
  'as',
  'const',
  'else',
  'export',
  'false',
  'function',
  'if',
  'import',
  'return',
  'true',
  'type',
])

/** An editor of one kernel file. The first question takes a second or more, in which TypeScript reads its own declarations. */
export class KernelEditor {
  readonly #project: Project

  constructor({ texts, packages }: EditorFiles) {
    this.#project = new Project({
      useInMemoryFileSystem: true,
      compilerOptions: {
        target: ts.ScriptTarget.ES2023,
        lib: ['lib.es2023.d.ts'],
        module: ts.ModuleKind.ESNext,
        moduleResolution: ts.ModuleResolutionKind.Bundler,
        allowImportingTsExtensions: true,
        noEmit: true,
        strict: true,
        types: [],
        baseUrl: '/',
        paths: Object.fromEntries(Object.entries(packages).map(([name, file]) => [name, [file]])),
      },
    })
    for (const [file, text] of texts) this.#project.createSourceFile(file, text)
  }

  /** What may be written at an offset; the editor filters by what is written already. */
  complete(text: string, offset: number): Completion[] {
    const found = this.#service(text).getCompletionsAtPosition(path, offset, {})
    return (found?.entries ?? []).flatMap(({ name, kind, sortText }): Completion[] => {
      // TypeScript sorts globals and keywords behind everything else.
      const isEverywhere = sortText >= '15'
      return isEverywhere && !keywords.has(name) ? [] : [{ label: name, kind }]
    })
  }

  /** What is known about the name at an offset; undefined where there is none. */
  hover(text: string, offset: number): Hover | undefined {
    const found = this.#service(text).getQuickInfoAtPosition(path, offset)
    if (found === undefined) return undefined
    const { start, length } = found.textSpan
    return {
      from: start,
      to: start + length,
      signature: ts.displayPartsToString(found.displayParts),
      documentation: ts.displayPartsToString(found.documentation),
    }
  }

  /** The errors of types, at most 100. Those of the language are found by reading the kernel. */
  problems(text: string): TypeProblem[] {
    // A call that completion or hover has looked at is not checked again in the same version of a file, and its errors would be missing.
    return this.#service(text, true)
      .getSemanticDiagnostics(path)
      .slice(0, 100)
      .map(({ start = 0, length = 1, messageText }) => ({
        from: start,
        to: start + length,
        message: ts.flattenDiagnosticMessageText(messageText, ' ').replace(/\.$/, ''),
      }))
  }

  #service(text: string, isAnew = false): ts.LanguageService {
    const file = this.#project.getSourceFile(path)
    if (isAnew || file?.getFullText() !== text) this.#project.createSourceFile(path, text, { overwrite: true })
    return this.#project.getLanguageService().compilerObject
  }
}
