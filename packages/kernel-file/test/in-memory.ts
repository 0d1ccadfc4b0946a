/** Kernel files that exist only in a test. */
import { KernelFileError, renderDiagnostic } from '../src/diagnostics/diagnostic.ts'
import { type Lowered, lower } from '../src/evaluate/lower.ts'
import { parseModule } from '../src/parse/parse.ts'
import type { Module } from '../src/syntax.ts'

const read = (path: string, text: string): Module => {
  const { module, errors } = parseModule({ path, text })
  if (errors.length > 0) throw new KernelFileError(errors)
  return module
}

/** Lowers a kernel of a text. `others` are the files that it may import. */
export function lowerText(
  text: string,
  set: Readonly<Record<string, string>> = {},
  others: Readonly<Record<string, string>> = {},
): Lowered {
  const resolve = (_: unknown, specifier: string): Module | string => {
    const other = others[specifier]
    return other === undefined ? `there is no file ${specifier} beside mine.kernel.ts` : read(specifier, other)
  }
  return lower({ entry: read('mine.kernel.ts', text), resolve }, undefined, new Map(Object.entries(set)))
}

/** The errors of a text as they are printed; '' if there are none. */
export function errorsOf(text: string, others: Readonly<Record<string, string>> = {}): string {
  try {
    lowerText(text, {}, others)
    return ''
  } catch (error) {
    if (error instanceof KernelFileError) return error.diagnostics.map(renderDiagnostic).join('\n')
    throw error
  }
}

/** A file whose kernel computes y f32 [T, D] from x f32 [T, D] and codes i8 [T, D]. */
export const fileWith = (value: string, before = ''): string =>
  `import * as k from '@qernel/dsl/source'
import { abs, clamp, f16, f32, field, i8, i32, kernel, max, round, saturate, schedule, sum, toF32, u8 } from '@qernel/dsl/source'
${before}
export const mine = kernel('mine', ({ size, input, output }) => {
  const T = size('T')
  const D = size('D', { multipleOf: 32 })
  const x = input('x', f32, [T, D])
  const q = input('q', i8, [T, D])
  output('y', f32, [T, D], (t, d) => ${value})
})
`

/** The same without places and source lines: one line. */
export const messagesOf = (text: string, others: Readonly<Record<string, string>> = {}): string =>
  errorsOf(text, others)
    .split('\n')
    .filter(line => !line.startsWith('    '))
    .map(line => line.replace(/^\S+:\d+:\d+: /, '').replace(/^ {2}instead: /, '→ '))
    .join(' ')
