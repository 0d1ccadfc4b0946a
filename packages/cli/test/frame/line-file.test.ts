import { appendFileSync, chmodSync, existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { temporaryFolder } from '../../../../test/temporary-folder.ts'
import { UsageError } from '../../src/errors/usage-error.ts'
import { LineFile } from '../../src/files/line-file.ts'

const folder = temporaryFolder()
const open = (path: string) => LineFile.open(path, '{"kind":"', 'rows')

it('makes a file by its first line, and goes on behind what stands there', () => {
  const path = join(folder.path, 'new.jsonl')
  const file = open(path)
  expect([file.lines, file.cutBytes]).toEqual([[], 0])
  expect(() => readFileSync(path)).toThrow('no such file')
  file.append({ kind: 'a' })
  expect(readFileSync(path, 'utf8')).toBe('{"kind":"a"}\n')
  // Somebody else appends in the meantime.
  appendFileSync(path, '\n{"kind":"b"}\n')
  file.append({ kind: 'c' })
  file.close()
  expect(open(path).lines).toEqual([
    { value: { kind: 'a' }, number: 1 },
    { value: { kind: 'b' }, number: 3 },
    { value: { kind: 'c' }, number: 4 },
  ])
})

it.each([
  ['a line cut short', '{"kind":"a"}\n{"kind":"b","x":"é', 19, '{"kind":"a"}\n{"kind":"c"}\n'],
  ['a line of which little is there', '{"kind":"a"}\n{"k', 3, '{"kind":"a"}\n{"kind":"c"}\n'],
  ['a whole line without its break', '{"kind":"a"}\n{"kind":"b"}', 0, '{"kind":"a"}\n{"kind":"b"}\n{"kind":"c"}\n'],
  ['nothing', '', 0, '{"kind":"c"}\n'],
])('puts the next line in the place of %s', (_, before, cutBytes, after) => {
  const path = folder.file('cut.jsonl', before)
  const file = open(path)
  expect(file.cutBytes).toBe(cutBytes)
  expect(readFileSync(path, 'utf8')).toBe(before)
  file.append({ kind: 'c' })
  file.close()
  expect(readFileSync(path, 'utf8')).toBe(after)
})

it('leaves alone what another process put in the place of a line that was cut short', () => {
  const path = folder.file('both.jsonl', '{"kind":"a"}\n{"kind":"b')
  const [one, other] = [open(path), open(path)]
  one.append({ kind: 'c' })
  other.append({ kind: 'd' })
  for (const file of [one, other]) file.close()
  expect(readFileSync(path, 'utf8')).toBe('{"kind":"a"}\n{"kind":"c"}\n{"kind":"d"}\n')
})

it('makes missing folders with the first line, and not before', () => {
  const path = join(folder.path, 'not', 'yet', 'there.jsonl')
  const file = open(path)
  expect(existsSync(join(folder.path, 'not'))).toBe(false)
  file.append({ kind: 'a' })
  file.close()
  expect(readFileSync(path, 'utf8')).toBe('{"kind":"a"}\n')
})

it.skipIf(process.getuid?.() === 0)(
  'refuses a file without permission before anything is appended (root has any)',
  () => {
    const path = folder.file('read-only.jsonl', '{"kind":"a"}\n')
    chmodSync(path, 0o444)
    expect(() => open(path)).toThrow('no permission')
  },
)

mkdirSync(join(folder.path, 'folder'))
symlinkSync('loop', join(folder.path, 'loop'))
it.each([
  ['what is no such file', folder.file('text', 'my notes'), 'the line is not JSON', ':1'],
  ['a broken line', folder.file('broken', '{"kind":"a"}\n{"kind":"b\n{"kind":"c"}\n'), 'the line is not JSON', ':2'],
  ['a folder', join(folder.path, 'folder'), 'not a regular file', ''],
  ['a path through a file', join(folder.file('file', ''), 'rows'), 'a part of the path is a file, not a folder', ''],
  ['a name that is too long', join(folder.path, 'x'.repeat(300)), 'the name is too long', ''],
  ['a link to itself', join(folder.path, 'loop'), 'too many symbolic links', ''],
])('refuses %s', (_, path, says, where) => {
  expect(() => open(path)).toThrow(UsageError)
  expect(() => open(path)).toThrow(`${path}${where}: `)
  expect(() => open(path)).toThrow(says)
})
