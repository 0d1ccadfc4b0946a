import { once } from 'node:events'
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { temporaryFolder } from '../../../../test/temporary-folder.ts'
import { usageErrorOf } from '../../../../test/usage-error.ts'
import { checkWritable, writeAllWhole, writeWhole } from '../../src/files/write-whole.ts'

const folder = temporaryFolder()

function* failing(): Generator<Uint8Array> {
  yield Uint8Array.of(1, 2, 3)
  throw new Error('half way')
}

describe('a file is written whole', () => {
  it('from text, bytes or chunks, into folders that it creates', () => {
    const path = join(folder.path, 'made', 'for', 'it', 'a.txt')
    writeWhole(path, 'täxt')
    expect(readFileSync(path, 'utf8')).toBe('täxt')
    writeWhole(path, Uint8Array.of(65))
    writeWhole(path, [Uint8Array.of(65), Uint8Array.of(), Uint8Array.of(66)])
    expect(readFileSync(path, 'utf8')).toBe('AB')
    expect(readdirSync(join(folder.path, 'made', 'for', 'it'))).toEqual(['a.txt'])
  })

  it('over another file, whose permissions it keeps, and through a link, which stays a link', () => {
    const path = folder.file('old.txt', 'old')
    chmodSync(path, 0o600)
    const link = folder.file('link.txt')
    symlinkSync('old.txt', link)
    writeWhole(link, 'new')
    expect(readFileSync(path, 'utf8')).toBe('new')
    expect(statSync(path).mode & 0o777).toBe(0o600)
  })
})

describe('or it is not written at all', () => {
  it('a failure leaves the old file, no temporary file and no folder', () => {
    mkdirSync(folder.file('clean'))
    const old = folder.file('clean/old.txt', 'old')
    expect(() => writeWhole(old, failing())).toThrow('half way')
    expect(() => writeWhole(folder.file('clean/new/er/file.txt'), failing())).toThrow('half way')
    expect(readFileSync(old, 'utf8')).toBe('old')
    expect(readdirSync(folder.file('clean'))).toEqual(['old.txt'])
  })

  it('if one of several files fails, none of them is written', () => {
    mkdirSync(folder.file('several'))
    const files = [
      { path: folder.file('several/first.txt'), content: 'fine' },
      { path: folder.file('several/second.txt'), content: failing() },
    ]
    expect(() => writeAllWhole(files)).toThrow('half way')
    expect(readdirSync(folder.file('several'))).toEqual([])
  })

  it('anything but a regular file is never replaced', async () => {
    // A socket stands for devices as well: if a device were replaced, the machine that runs this test would lose it.
    const path = folder.file('socket')
    const server = createServer().listen(path)
    await once(server, 'listening')
    expect(await usageErrorOf(() => writeWhole(path, 'text'))).toEqual({
      what: 'cannot write the file: is a socket, or a pipe or device that nobody reads',
      where: path,
    })
    expect(statSync(path).isSocket()).toBe(true)
    server.close()
  })

  it('says why a path cannot be written', async () => {
    folder.file('file.txt', '')
    expect(await usageErrorOf(() => writeWhole(folder.path, ''))).toEqual({
      what: 'cannot write the file: is a folder, not a file',
      where: folder.path,
    })
    const below = folder.file('file.txt/below.txt')
    expect(await usageErrorOf(() => writeWhole(below, ''))).toEqual({
      what: 'cannot write the file: a part of the path is a file, not a folder',
      where: below,
    })
    if (process.platform === 'linux')
      expect(await usageErrorOf(() => writeWhole('/proc/no-such-folder/below.txt', ''))).toMatchObject({
        where: '/proc/no-such-folder/below.txt',
      })
    expect(await usageErrorOf(() => writeWhole('a\0b', ''))).toMatchObject({
      what: 'cannot write the file: not a valid path',
    })
  })
})

describe('before there is anything to write', () => {
  it('a path can be checked without leaving anything behind', () => {
    const path = folder.file('kept.txt', 'kept')
    const before = readdirSync(folder.path)
    checkWritable(path)
    checkWritable(join(folder.path, 'not', 'made', 'a.txt'))
    expect(readFileSync(path, 'utf8')).toBe('kept')
    expect(readdirSync(folder.path)).toEqual(before)
  })

  it('a path that cannot be written is refused', async () => {
    const below = join(folder.file('file.txt', ''), 'below.txt')
    expect(await usageErrorOf(() => checkWritable(below))).toMatchObject({ where: below })
    expect(await usageErrorOf(() => checkWritable(folder.path))).toMatchObject({
      what: 'cannot write the file: is a folder, not a file',
    })
  })
})
