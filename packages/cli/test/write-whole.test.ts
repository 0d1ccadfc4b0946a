import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { writeAllWhole, writeWhole } from '../src/files/write-whole.ts'
import { caught } from './caught.ts'
import { temporaryFolder } from './temporary-folder.ts'

const folder = temporaryFolder()

function* failing(): Generator<Uint8Array> {
  yield Uint8Array.of(1, 2, 3)
  throw new Error('half way')
}

describe('a file is written whole', () => {
  it('text, bytes, chunks, into folders that are made', () => {
    const path = join(folder.path, 'made', 'for', 'it', 'a.txt')
    writeWhole(path, 'täxt')
    expect(readFileSync(path, 'utf8')).toBe('täxt')
    writeWhole(path, Uint8Array.of(65))
    writeWhole(path, [Uint8Array.of(65), Uint8Array.of(), Uint8Array.of(66)])
    expect(readFileSync(path, 'utf8')).toBe('AB')
    expect(readdirSync(join(folder.path, 'made', 'for', 'it'))).toEqual(['a.txt'])
  })

  it('over another, whose permissions it keeps, through a link, which stays one', () => {
    const path = folder.file('old.txt', 'old')
    chmodSync(path, 0o600)
    const link = folder.file('link.txt')
    symlinkSync('old.txt', link)
    writeWhole(link, 'new')
    expect(readFileSync(path, 'utf8')).toBe('new')
    expect(statSync(path).mode & 0o777).toBe(0o600)
  })

  it('to a device, which is not replaced by a file', () => {
    writeWhole('/dev/null', 'gone')
    expect(statSync('/dev/null').isCharacterDevice()).toBe(true)
  })
})

describe('or not at all', () => {
  it('a failure leaves the old file, no temporary one, and no folder', () => {
    mkdirSync(folder.file('clean'))
    const old = folder.file('clean/old.txt', 'old')
    expect(() => writeWhole(old, failing())).toThrow('half way')
    expect(() => writeWhole(folder.file('clean/new/er/file.txt'), failing())).toThrow('half way')
    expect(readFileSync(old, 'utf8')).toBe('old')
    expect(readdirSync(folder.file('clean'))).toEqual(['old.txt'])
  })

  it('of several files none is put in place when one fails', () => {
    const first = folder.file('first.txt')
    const second = folder.file('second.txt')
    const files = [
      { path: first, content: 'fine' },
      { path: second, content: failing() },
    ]
    expect(() => writeAllWhole(files)).toThrow('half way')
    expect([existsSync(first), existsSync(second)]).toEqual([false, false])
  })

  it('says why a path will not do', async () => {
    folder.file('file.txt', '')
    expect(await caught(() => writeWhole(folder.path, ''))).toEqual({
      what: 'cannot write the file: is a folder, not a file',
      where: folder.path,
    })
    const below = folder.file('file.txt/below.txt')
    expect(await caught(() => writeWhole(below, ''))).toEqual({
      what: 'cannot write the file: a part of the path is a file, not a folder',
      where: below,
    })
    expect(await caught(() => writeWhole('a\0b', ''))).toMatchObject({
      what: 'cannot write the file: not a valid path',
    })
  })
})
