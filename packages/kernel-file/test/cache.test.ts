/** What was read before is used again only while it is whole and its files are unchanged. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { writeExactKernel } from '@qernel/dsl/internal'
import { afterAll, beforeEach, expect, test, vi } from 'vitest'
import { loadKernel } from '../src/index.ts'
import { parseModule } from '../src/parse/parse.ts'

vi.mock(import('../src/parse/parse.ts'), async original => {
  const { parseModule } = await original()
  return { parseModule: vi.fn(parseModule) }
})

const folder = mkdtempSync(join(tmpdir(), 'qernel-cache-'))
const cache = join(folder, 'cache')
vi.stubEnv('QERNEL_CACHE', cache)
afterAll(() => {
  vi.unstubAllEnvs()
  rmSync(folder, { recursive: true })
})

const path = join(folder, 'mine.kernel.ts')
const text = `import { f32, kernel, max, schedule } from '@qernel/dsl/source'
import { factor } from './factor.ts'

export const mine = (power = 1) =>
  kernel('mine', ({ size, input, output }) => {
    const T = size('T')
    const x = input('x', f32, [T])
    output('y', f32, [T], t => {
      const largest = max(T, e => x(e))
      const u = x(t) / largest
      return u * u * factor ** power
    })
  }, 'a summary')

export const fast = schedule(mine, 'tile(t=8)')
`

/** How often files were parsed by `load`. */
async function parsedBy<Result>(
  load: () => Promise<Result>,
): Promise<{ readonly files: number; readonly result: Result }> {
  vi.mocked(parseModule).mockClear()
  const result = await load()
  return { files: vi.mocked(parseModule).mock.calls.length, result }
}

beforeEach(() => {
  rmSync(cache, { recursive: true, force: true })
  writeFileSync(path, text)
  writeFileSync(join(folder, 'factor.ts'), 'export const factor = 2\n')
})

const entries = (): string[] => readdirSync(cache).map(name => join(cache, name))

test('an unchanged file is not parsed again, and gives the same to the byte', async () => {
  const first = await parsedBy(() => loadKernel(path))
  expect(first.files).toBe(2)
  const second = await parsedBy(() => loadKernel(path))
  expect(second.files).toBe(0)
  expect(second.result).toEqual(first.result)
  expect(writeExactKernel(second.result.kernel)).toBe(writeExactKernel(first.result.kernel))
})

test.each([
  ['the file itself', () => writeFileSync(path, text.replace('u * u', 'u'))],
  ['a file that it imports', () => writeFileSync(join(folder, 'factor.ts'), 'export const factor = 3\n')],
])('a change of %s is seen', async (_, change) => {
  const before = await loadKernel(path)
  change()
  const { files, result } = await parsedBy(() => loadKernel(path))
  expect(files).toBe(2)
  expect(writeExactKernel(result.kernel)).not.toBe(writeExactKernel(before.kernel))
})

test('another value of a parameter is another kernel', async () => {
  await loadKernel(path)
  const { files } = await parsedBy(() => loadKernel(path, { set: { power: 2 } }))
  expect(files).toBe(2)
})

test.each([
  ['empty', () => ''],
  ['cut off', (entry: string) => entry.slice(0, entry.length / 2)],
  ['with another constant', (entry: string) => entry.replace(/value\\\\\\":2/, 'value\\\\\\":3')],
  ['of another form', () => '{"sum":"","entry":"{}"}'],
  ['no JSON', () => '\0\0\0'],
])('an entry that is %s is made anew', async (_, damage) => {
  const { kernel } = await loadKernel(path)
  const [entry] = entries() as [string]
  const whole = readFileSync(entry, 'utf8')
  const damaged = damage(whole)
  expect(damaged).not.toBe(whole)
  writeFileSync(entry, damaged)
  const { files, result } = await parsedBy(() => loadKernel(path))
  expect(files).toBe(2)
  expect(result.kernel).toEqual(kernel)
  expect(readFileSync(entry, 'utf8')).toBe(whole)
})

test('nothing is kept of a file with errors, and a cache that cannot be written is no error', async () => {
  writeFileSync(path, text.replace('u * u', 'v'))
  await expect(loadKernel(path)).rejects.toThrow('there is no v here')
  expect(() => entries()).toThrow('ENOENT')
  writeFileSync(path, text)
  writeFileSync(cache, 'a file')
  expect((await loadKernel(path)).kernel.name).toBe('mine')
})
