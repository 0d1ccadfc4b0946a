/** Reads the text of a file with ts-morph's TypeScript, which is slow to load, and keeps what the language consists of. Nothing is executed. */
import { ts } from 'ts-morph'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import type { Import, Module, SourceText, Statement, TypeSyntax } from '../syntax.ts'
import { Reader } from './reader.ts'
import { readMembers, readType } from './types.ts'

/** The module that a text is, and the errors of its grammar. */
export function parseModule(source: SourceText): { readonly module: Module; readonly errors: readonly Diagnostic[] } {
  const file = parseText(source)
  if (!('statements' in file)) return { module: emptyModule(source), errors: [file] }
  const errors = (file as ts.SourceFile & { parseDiagnostics: readonly ts.Diagnostic[] }).parseDiagnostics
    .slice(0, mostErrors)
    .map(
      ({ messageText, start = 0, length = 1 }): Diagnostic => ({
        code: 'grammar',
        message: ts.flattenDiagnosticMessageText(messageText, ' ').replace(/\.$/, ''),
        source,
        span: { start, end: start + length },
      }),
    )
  return { module: errors.length > 0 ? emptyModule(source) : readModule(file, source), errors }
}

const emptyModule = (source: SourceText): Module => ({
  source,
  imports: [],
  statements: [],
  types: new Map(),
  exports: new Map(),
})

/** A text that is no TypeScript has as many errors as characters. */
const mostErrors = 20

/** The longest text that is read, in characters: a hundred times a large kernel. */
const longest = 256 * 1024

function parseText(source: SourceText): ts.SourceFile | Diagnostic {
  if (source.text.length > longest) {
    const message = `the file has more than ${longest} characters`
    return { code: 'too-large', message, instead: 'a file per kernel', source, span: { start: 0, end: 1 } }
  }
  try {
    return ts.createSourceFile(source.path, source.text, ts.ScriptTarget.ES2023, false, ts.ScriptKind.TS)
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    // The parser is recursive: its stack is the limit.
    const message = 'the text is nested too deeply to be read'
    return { code: 'too-deep', message, instead: 'constants for the parts', source, span: { start: 0, end: 1 } }
  }
}

function readModule(file: ts.SourceFile, source: SourceText): Module {
  const reader = new Reader(file)
  const imports: Import[] = []
  const statements: Statement[] = []
  const types = new Map<string, TypeSyntax>()
  const exports = new Map<string, string>()
  for (const node of file.statements) {
    if (ts.isImportDeclaration(node)) imports.push(...importsOf(node, reader))
    else if (ts.isTypeAliasDeclaration(node)) types.set(node.name.text, readType(node.type))
    else if (ts.isInterfaceDeclaration(node)) types.set(node.name.text, readMembers(node.members))
    else if (ts.isExportDeclaration(node)) readExports(node, reader, imports, exports)
    else {
      const read = reader.statement(node)
      statements.push(...read)
      if (ts.canHaveModifiers(node) && node.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword))
        for (const name of read.flatMap(declaredNames)) exports.set(name, name)
    }
  }
  return { source, imports, statements, types, exports }
}

function importsOf(node: ts.ImportDeclaration, reader: Reader): Import[] {
  const { importClause, moduleSpecifier } = node
  if (importClause === undefined || !ts.isStringLiteral(moduleSpecifier)) return []
  const { name, namedBindings, isTypeOnly } = importClause
  const made = (at: ts.Node, local: ts.Identifier, imported: string, isType = isTypeOnly): Import => ({
    span: reader.span(at),
    local: local.text,
    imported,
    from: moduleSpecifier.text,
    isType,
  })
  const own = name === undefined ? [] : [made(name, name, 'default')]
  if (namedBindings === undefined) return own
  if (ts.isNamespaceImport(namedBindings)) return [...own, made(namedBindings, namedBindings.name, '*')]
  const named = namedBindings.elements.map(one =>
    made(one, one.name, (one.propertyName ?? one.name).text, isTypeOnly || one.isTypeOnly),
  )
  return [...own, ...named]
}

/** `export { a, b as c }`, and `export { a } from './file.ts'`. */
function readExports(
  node: ts.ExportDeclaration,
  reader: Reader,
  imports: Import[],
  exports: Map<string, string>,
): void {
  const { exportClause, moduleSpecifier } = node
  if (node.isTypeOnly || exportClause === undefined || !ts.isNamedExports(exportClause)) return
  for (const one of exportClause.elements) {
    const inner = (one.propertyName ?? one.name).text
    if (moduleSpecifier !== undefined && ts.isStringLiteral(moduleSpecifier)) {
      const local = `${one.name.text} from ${moduleSpecifier.text}`
      imports.push({ span: reader.span(one), local, imported: inner, from: moduleSpecifier.text, isType: false })
      exports.set(one.name.text, local)
    } else exports.set(one.name.text, inner)
  }
}

const declaredNames = (statement: Statement): readonly string[] =>
  statement.kind === 'const' && statement.pattern.kind === 'name'
    ? [statement.pattern.name]
    : statement.kind === 'unsupported'
      ? statement.names
      : []
