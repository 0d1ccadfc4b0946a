import type { Closure, Place } from './known.ts'

/** Where a function says what it gives: its expression, or the last return; else its first line. */
export function resultOf({ expression, scope: { source } }: Closure): Place {
  const { body, span } = expression
  if (body.kind !== 'block') return { source, span: body.span }
  const last = body.statements.findLast(one => one.kind === 'return')
  if (last !== undefined) return { source, span: last.value?.span ?? last.span }
  const line = source.text.slice(span.start, span.end).search(/[\r\n]/)
  return { source, span: { start: span.start, end: line < 0 ? span.end : span.start + line } }
}
