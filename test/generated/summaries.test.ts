/** A summary is text by the author: whatever it contains, it stays a comment in every generated file. */
import { commentLine } from '@qernel/codegen/internal'
import { dropIn } from '@qernel/codegen-cuda'
import { wgsl } from '@qernel/codegen-wgsl'
import { launcherModule } from '@qernel/codegen-wgsl/launcher'
import { f32, kernel } from '@qernel/dsl'
import { parseSteps } from '@qernel/schedule'
import { expect, test } from 'vitest'

/** The characters that end a line in WGSL, C++, Python, CMake or TypeScript. */
const lineEnd = /[\n\v\f\r\u0085\u2028\u2029]/

const breaks = [
  '\n',
  '\r',
  '\v',
  '\f',
  '\x1c',
  '\u0085',
  '\u2028',
  '\u2029',
  '\\',
  '\\ ',
  '??/',
  '*/',
  '"""',
  '\\"""',
  '\u202e',
]
const summaries = breaks.flatMap(each => [`before ${each}`, `before${each}BROKEN(${each}`])
/** A whole line of a comment, of a docstring in Python, or of documentation in TypeScript. */
const isCommented = /^ *(\/\/|#|\*|\/\*\*|""").*BROKEN/

test.each(summaries)('%j stays a comment', summary => {
  const own = kernel(
    'own',
    ({ size, input, output }) => {
      const N = size('N')
      const x = input('x', f32, [N])
      output('y', f32, { n: N }, n => x(n).mul(2))
    },
    summary,
  )
  const steps = parseSteps('tile(n=64)')
  const parts = ['header', 'main', 'torch', 'cmake'] as const
  const compiled = wgsl.compile(own, steps, { scheduleName: summary })
  const files = [
    ...dropIn(own, steps, { base: 'own', parts, seed: 1, scheduleName: summary }).files,
    { name: 'own.wgsl', source: compiled.source },
    { name: 'own.ts', source: launcherModule(compiled, summary) },
  ]
  for (const { name, source } of files) {
    const lines = source.split(lineEnd)
    expect(lines.join('\n'), name).toBe(source)
    expect(
      lines.filter(line => line.includes('BROKEN') && !isCommented.test(line)),
      name,
    ).toEqual([])
    expect(
      lines.filter(line => /^ *(\/\/|#).*(\\|\?\?\/)\s*$/.test(line)),
      name,
    ).toEqual([])
    // The code after the header.
    const code = lines.filter(line => !/^(\/\/|#)/.test(line)).join('\n')
    if (name.endsWith('.ts')) expect(code).not.toMatch(/\*\/.*BROKEN/)
    if (name.endsWith('.py')) expect(code.match(/(?<!\\)(\\\\)*"""/g)).toHaveLength(name.startsWith('test') ? 2 : 4)
    expect(source).not.toMatch(/\u202e/)
  }
})

test('a comment without text is only its mark', () =>
  expect([commentLine('//', ''), commentLine('#', ' \\')]).toEqual(['//', '#']))
