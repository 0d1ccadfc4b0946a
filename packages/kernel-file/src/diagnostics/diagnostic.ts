/** Errors in a kernel file, each with the place in it. */
import { visibleText } from '@qernel/dsl/internal'
import type { SourceText, Span } from '../syntax.ts'

/** What is wrong at one place of a file. */
export interface Diagnostic {
  /** Stable, in kebab case: `loop`, `rank`, `unknown-name`. */
  readonly code: string
  readonly message: string
  /** What is supported instead. */
  readonly instead?: string
  readonly source: SourceText
  readonly span: Span
}

/** Thrown for a file that is not a valid kernel. It has every error that was found. */
export class KernelFileError extends Error {
  override readonly name = 'KernelFileError'
  readonly diagnostics: readonly Diagnostic[]
  constructor(diagnostics: readonly Diagnostic[]) {
    super(diagnostics.map(renderDiagnostic).join('\n\n'))
    this.diagnostics = diagnostics
  }
}

/** Line and column of an offset, both from 1. */
export function positionOf({ text }: SourceText, offset: number): { readonly line: number; readonly column: number } {
  const before = text.slice(0, offset)
  const start = Math.max(before.lastIndexOf('\n'), before.lastIndexOf('\r')) + 1
  return { line: before.split(/\r\n?|\n/).length, column: offset - start + 1 }
}

/** `file:line:col` of a diagnostic. */
export function placeText({ source, span }: Pick<Diagnostic, 'source' | 'span'>): string {
  const { line, column } = positionOf(source, span.start)
  return `${visibleText(source.path)}:${line}:${column}`
}

/** The longest part of a source line that a message shows. */
const widest = 120

/** The message with its place, the line of the source with carets, and what to write instead. */
export function renderDiagnostic(diagnostic: Diagnostic): string {
  const { code, message, instead } = diagnostic
  const lines = [`${placeText(diagnostic)}: ${visibleText(message)} [${code}]`, ...excerpt(diagnostic)]
  if (instead !== undefined) lines.push(`  instead: ${visibleText(instead)}`)
  return lines.join('\n')
}

/** The source line with carets under the part that is meant. */
function excerpt({ source, span }: Diagnostic): string[] {
  const { column } = positionOf(source, span.start)
  const start = span.start - (column - 1)
  const [line = ''] = source.text.slice(start, start + 100_000).split(/[\r\n]/, 1)
  if (line.trim() === '') return []
  // A long line is shown from a little before the place.
  const from = column <= widest - 20 ? 0 : column - 20
  const shown = visibleText(line.slice(from, from + widest).replace(/\t/g, ' '))
  const indent = shown.length - shown.trimStart().length
  const at = visibleText(line.slice(from, column - 1).replace(/\t/g, ' ')).length
  const length = Math.max(1, Math.min(span.end - span.start, shown.length - at))
  const dots = from > 0 ? '… ' : ''
  return [
    `    ${dots}${shown.slice(indent)}`,
    `    ${' '.repeat(Math.max(0, at - indent) + dots.length)}${'^'.repeat(length)}`,
  ]
}
