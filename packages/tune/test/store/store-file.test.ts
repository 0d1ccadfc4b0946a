import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { expect, it, vi } from 'vitest'
import { temporaryFolder } from '../../../../test/temporary-folder.ts'
import { recordLine } from '../../src/store/record-line.ts'
import { StoreError } from '../../src/store/store-error.ts'
import { readStore, StoreFile, storeNotes } from '../../src/store/store-file.ts'

const full = vi.hoisted((): { after?: number } => ({}))
vi.mock(import('node:fs'), async original => {
  const fs = await original()
  // A disk with room for so many bytes.
  const writeSync = ((descriptor: number, bytes: Uint8Array, from: number) => {
    if (full.after === undefined) return fs.writeSync(descriptor, bytes, from)
    if (full.after === 0) throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' })
    const written = fs.writeSync(descriptor, bytes, from, Math.min(full.after, bytes.length - from))
    full.after -= written
    return written
  }) as typeof fs.writeSync
  return { ...fs, default: { ...fs, writeSync }, writeSync }
})

const folder = temporaryFolder()
const record = (kind: string) => ({ kind, x: `é ${kind}` })
const lineOf = (kind: string) => `${recordLine(record(kind))}\n`
const [a, b, c] = [lineOf('a'), lineOf('b'), lineOf('c')]

/** Opens, appends `c`, closes. */
function append(path: string): void {
  const file = StoreFile.open(path)
  file.append(record('c'))
  file.close()
}

it('makes a file by its first record, and goes on behind what is there', () => {
  const path = join(folder.path, 'new.jsonl')
  const file = StoreFile.open(path)
  expect(file.content).toEqual({ records: [], unused: [], cutBytes: 0 })
  expect(existsSync(path)).toBe(false)
  file.append(record('a'))
  expect(readFileSync(path, 'utf8')).toBe(a)
  file.close()
  append(path)
  expect(readStore(path).records).toEqual([
    { record: { kind: 'a', x: 'é a' }, line: 1 },
    { record: { kind: 'c', x: 'é c' }, line: 2 },
  ])
  expect(readdirSync(folder.path).filter(name => name.startsWith('new'))).toEqual(['new.jsonl'])
})

it.each([
  ['a line cut short', a + b.slice(0, 19), 20, a + c],
  ['a line of which little is there', `${a}{"k`, 3, a + c],
  ['a whole line without its break', a + b.slice(0, -1), 0, a + b + c],
  ['nothing', '', 0, c],
  ['a first line cut short', '{"kind":"a","x', 14, c],
])('puts the next record in the place of %s', (_, before, cutBytes, after) => {
  const path = folder.file('cut.jsonl', before)
  expect(readStore(path).cutBytes).toBe(cutBytes)
  const file = StoreFile.open(path)
  file.close()
  expect(readFileSync(path, 'utf8')).toBe(before)
  append(path)
  expect(readFileSync(path, 'utf8')).toBe(after)
})

it('names lines that it does not use, and keeps them', () => {
  const changed = a.replace('é a', 'é o')
  const path = folder.file('changed.jsonl', `${a}${changed}{"kind":"old"}\n${b}{"kind":"old"}\n{"kind":"`)
  const content = readStore(path)
  expect(content.records.map(({ line }) => line)).toEqual([1, 4])
  expect(storeNotes(path, content)).toEqual([
    `${path}:2: the line differs from its checksum: it was edited, or is damaged; it is not used`,
    `${path}: of lines 3 and 5, each has no checksum: it is of an older version, was edited, or is damaged; they are not used`,
    `${path}: the last line was cut short (9 bytes) and is dropped`,
  ])
  append(path)
  expect(readFileSync(path, 'utf8')).toBe(`${a}${changed}{"kind":"old"}\n${b}{"kind":"old"}\n${c}`)
})

it('leaves the file as it was where the disk is full', () => {
  const path = folder.file('full.jsonl', a)
  const file = StoreFile.open(path)
  full.after = 7
  expect(() => file.append({ kind: 'b' })).toThrow('ENOSPC')
  expect(readFileSync(path, 'utf8')).toBe(a)
  // Somebody makes room.
  delete full.after
  file.append(record('c'))
  file.close()
  expect(readFileSync(path, 'utf8')).toBe(a + c)
})

it('makes missing folders, and removes them if it has nothing to put there', () => {
  const path = join(folder.path, 'not', 'yet', 'there.jsonl')
  StoreFile.open(path).close()
  expect(existsSync(join(folder.path, 'not'))).toBe(false)
  append(path)
  expect(readFileSync(path, 'utf8')).toBe(c)
})

it('belongs to one process at a time', () => {
  const path = folder.file('locked.jsonl', a)
  const file = StoreFile.open(path)
  expect(() => StoreFile.open(path)).toThrow(`process ${process.pid} of host ${hostname()} is writing to it`)
  expect(readStore(path).records).toHaveLength(1)
  file.close()
  StoreFile.open(path).close()
})

it.each([
  ['a process that is gone', { pid: 4194303, host: hostname() }, true],
  ['an earlier process of the same number', { pid: process.pid, host: hostname() }, true],
  ['a process of another host', { pid: 1, host: 'elsewhere' }, false],
])('%s holds the lock or not', (_, holder, isGone) => {
  const path = folder.file('held.jsonl', a)
  const text = JSON.stringify({ ...holder, began: 'long ago', token: 'its own' })
  writeFileSync(`${path}.lock`, text)
  if (isGone) append(path)
  else expect(() => StoreFile.open(path)).toThrow('process 1 of host elsewhere is writing to it')
  expect(existsSync(`${path}.lock`)).toBe(!isGone)
  // It may have ended while it took over from another.
  writeFileSync(`${path}.lock`, text)
  writeFileSync(`${path}.lock.takeover`, text)
  if (isGone) append(path)
  else expect(() => StoreFile.open(path)).toThrow(StoreError)
})

it('does not write behind the lines of a program that takes no lock', () => {
  const path = folder.file('both.jsonl', a)
  const file = StoreFile.open(path)
  appendFileSync(path, b)
  expect(() => file.append({ kind: 'c' })).toThrow('another program has changed it meanwhile')
  file.close()
  expect(readFileSync(path, 'utf8')).toBe(a + b)
})

it.skipIf(process.getuid?.() === 0)(
  'refuses a file without permission before anything is appended (root has any)',
  () => {
    const path = folder.file('read-only.jsonl', a)
    chmodSync(path, 0o444)
    expect(() => StoreFile.open(path)).toThrow('EACCES')
  },
)

mkdirSync(join(folder.path, 'folder'))
symlinkSync('loop', join(folder.path, 'loop'))
it.each([
  ['what is no such file', folder.file('text', 'my notes'), 'not a store of results'],
  ['what is no such file, in lines', folder.file('lines', '# Notes\n\n{}\n'), 'not a store of results'],
  ['a folder', join(folder.path, 'folder'), 'not a regular file'],
  ['a path through a file', join(folder.file('file', ''), 'rows'), 'ENOTDIR'],
  ['a name that is too long', join(folder.path, 'x'.repeat(300)), 'ENAMETOOLONG'],
  ['a link to itself', join(folder.path, 'loop'), 'ELOOP'],
])('refuses %s', (_, path, says) => {
  expect(() => StoreFile.open(path)).toThrow(says)
  expect(existsSync(`${path}.lock`)).toBe(false)
})
