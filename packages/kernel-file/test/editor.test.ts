/** The editor with the declarations that authors import. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { KernelEditor } from '../src/editor/editor.ts'

const folder = join(import.meta.dirname, '../../dsl/src')
const texts = ['source', 'ir'].flatMap(part =>
  readdirSync(join(folder, part)).map(
    file => [`/dsl/${part}/${file}`, readFileSync(join(folder, part, file), 'utf8')] as const,
  ),
)
const editor = new KernelEditor({
  texts: new Map(texts),
  packages: { '@qernel/dsl/source': '/dsl/source/index.ts' },
})

const before = `import { abs, f32, kernel, max } from '@qernel/dsl/source'
export const one = kernel('one', ({ size, input, output }) => {
  const T = size('T')
  const x = input('x', f32, [T])
`
const after = '\n})\n'

describe('an editor of kernel files', () => {
  it('completes what the language has, and no globals of TypeScript', () => {
    const labels = editor.complete(`${before}  ou${after}`, before.length + 4).map(({ label }) => label)
    for (const known of ['output', 'max', 'x', 'T', 'const']) expect(labels).toContain(known)
    for (const other of ['Math', 'console', 'while', 'Promise']) expect(labels).not.toContain(other)
  })

  it('completes the facts of a size', () => {
    const text = `${before}  const D = size('D', { `
    expect(editor.complete(`${text}})${after}`, text.length).map(({ label }) => label)).toContain('multipleOf')
  })

  it('tells what a name is, with its documentation', () => {
    const text = `${before}  output('y', f32, [T], t => abs(x(t)))${after}`
    const at = text.indexOf('abs(')
    const found = editor.hover(text, at + 1)
    expect(found).toMatchObject({ from: at, to: at + 3, signature: expect.stringContaining('abs(') })
    expect(editor.hover(text, text.indexOf('output('))?.documentation).not.toBe('')
    expect(editor.hover('', 0)).toBeUndefined()
  })

  it('finds errors of types at their places', () => {
    const text = `${before}  output('y', f32, [T], (t, d) => x(t, d))${after}`
    expect(editor.problems(text).map(({ from, to }) => text.slice(from, to))).toContain('(t, d) => x(t, d)')
    expect(editor.problems(`${before}  output('y', f32, [T], t => x(t))${after}`)).toEqual([])
  })

  it('finds errors in calls that it was asked about before', () => {
    const text = `${before}  const D = size('D')\n  output('y', f32, [T, D], (t, d) => abs(x(t, d)))${after}`
    const at = text.indexOf('abs(')
    editor.complete(text, at)
    editor.hover(text, at)
    expect(editor.problems(text).map(({ message }) => message)).toEqual(['Expected 1 arguments, but got 2'])
  })
})
