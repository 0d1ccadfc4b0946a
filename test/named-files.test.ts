import { expect, it } from 'vitest'
import { missingFiles } from '../scripts/named-files.ts'

const tree = { 'packages/dsl/src/ir/ir.ts': '', 'docs/language.md': '', 'test/formats/values.ts': '' }
/** Marked as comments here, so that this file itself names no files. */
const marked = (file: string, text: string) => (file.endsWith('.md') ? text : `/${'/'} ${text}`)
const namesMissing = (file: string, text: string) =>
  missingFiles(new Map(Object.entries({ ...tree, [file]: text }))).map(({ line, name }) => [line, name])

it.each([
  ['a file, a path and the end of one', '`ir.ts`, `docs/language.md`, `ir/ir.ts`'],
  ['a folder', '`formats/`, `packages/dsl/src`'],
  ['patterns', '`docs/*.md`, `{ir,no}.ts`'],
  ['what is no name of a file', '`x.mul(2)`, `a / b`, `@qernel/dsl`, `T=1`, `--out DIR`'],
])('%s', (_, text) => {
  expect(namesMissing('a.ts', marked('a.ts', text))).toEqual([])
})

it.each([
  ['a file that was renamed', 'a.ts', 'see `interpret.ts`', [[1, 'interpret.ts']]],
  ['a file in another folder', 'a.ts', '`docs/ir.ts`', [[1, 'docs/ir.ts']]],
  ['a part of a name', 'a.ts', '`anguage.md`', [[1, 'anguage.md']]],
  ['a folder', 'a.md', 'In `formats/` and `shapes/`.', [[1, 'shapes/']]],
  ['a page, outside of its listings', 'a.md', '```\n`one.ts`\n```\n`two.ts`', [[4, 'two.ts']]],
])('%s is told', (_, file, text, missing) => {
  expect(namesMissing(file, marked(file, text))).toEqual(missing)
})

it('only comments name files, not code', () => {
  expect(namesMissing('a.ts', "const name = '`no.ts`'")).toEqual([])
})
