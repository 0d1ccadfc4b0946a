/** A kernel that a script makes is found by the place where `kernel` was called. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { kernelHash } from '@qernel/dsl'
import { f32, i8, kernel, max, round, schedule } from '@qernel/dsl/source'
import { afterAll, describe, expect, test } from 'vitest'
import { findCallSite } from '../src/files/call-site.ts'
import { loadKernel } from '../src/index.ts'

const other = kernel('other', ({ output }) => {
  output('y', f32, [4], () => 1)
})

const scaled = (largest = 127) =>
  kernel('scaled', ({ size, input, output }) => {
    const T = size('T')
    const x = input('x', f32, [T])
    output('q', i8, [T], t => round((x(t) / max(T, e => Math.abs(x(e)))) * largest))
  })
export const fast = schedule(scaled, 'tile(t=8)')

describe('in vitest', () => {
  test('a constant', async () => {
    const { kernel, name } = await loadKernel(other)
    expect([name, kernel.name]).toEqual(['other', 'other'])
  })

  test('a function, whose parameters are given again, with its schedules', async () => {
    const seven = await loadKernel(scaled(7), { set: { largest: 7 } })
    expect(seven.schedules).toEqual([{ name: 'fast', steps: [{ transform: 'tile', t: 8 }] }])
    expect(kernelHash(seven.kernel)).not.toBe(kernelHash((await loadKernel(scaled())).kernel))
  })

  test('a kernel that is no constant of its file is refused', async () => {
    const local = kernel('local', ({ output }) => {
      output('y', f32, [4], () => 1)
    })
    await expect(loadKernel(local)).rejects.toThrow(/^line \d+ of .* is in no constant that is a kernel$/)
  })
})

const folder = mkdtempSync(join(tmpdir(), 'qernel-call-site-'))
afterAll(() => rmSync(folder, { recursive: true }))

const bundle = `export const a = 1
at
//# sourceMappingURL=`
const map = { version: 3, sources: ['../mine.ts'], names: [], mappings: ';AAIA' }

describe('elsewhere', () => {
  test.each([
    ['file:///folder/a%20b.ts?x=1', '/folder/a b.ts'],
    ['/folder/mine.mts', '/folder/mine.mts'],
  ])('a frame in %s', (where, path) => {
    for (const frame of [`at ${where}:3:7`, `at load (${where}:3:7)`, `at async Function.all (${where}:3:7)`])
      expect(findCallSite('mine', frame)).toEqual({ path, line: 3 })
  })

  test.each([
    ['inline', `data:application/json;base64,${Buffer.from(JSON.stringify(map)).toString('base64')}`],
    ['beside it', 'bundle.js.map'],
  ])('a bundle with a source map %s', (_, reference) => {
    const file = join(folder, 'bundle.js')
    writeFileSync(file, bundle + reference)
    writeFileSync(`${file}.map`, JSON.stringify(map))
    expect(findCallSite('mine', `at ${file}:2:1`)).toEqual({ path: join(folder, '../mine.ts'), line: 5 })
  })

  test.each([
    ['no stack trace', undefined, 'the engine does not say where kernel() was called'],
    ['code without a file', 'at eval (eval at run, <anonymous>:1:1)', 'has no source map'],
    [
      'a bundle that is gone',
      `at ${join(folder, 'gone.js')}:1:1`,
      'gone.js has no source map that leads to TypeScript',
    ],
  ])('%s is an error that says what to do', (_, frame, why) => {
    expect(() => findCallSite('mine', frame)).toThrow(why)
    expect(() => findCallSite('mine', frame)).toThrow(/Load it by its file, loadKernel\('.\/mine.kernel.ts#mine'\)/)
  })

  test('in a script that tsx runs', () => {
    const script = join(import.meta.dirname, 'call-site.kernel.ts')
    const tsx = ['--conditions', '@qernel/source', '--import', 'tsx', script]
    expect(execFileSync(process.execPath, tsx, { encoding: 'utf8' })).toBe('doubled\n')
  })
})
