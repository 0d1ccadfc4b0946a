/** What a visitor saves from the page. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { encodeFragment } from '../../src/share/fragment.ts'
import { hasBrowser, openPlayground, type Playground } from './open-page.ts'

const root = join(import.meta.dirname, '../../../..')

async function saved(page: Page, button: string): Promise<{ readonly name: string; readonly text: string }> {
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: button, exact: true }).click(),
  ])
  return { name: download.suggestedFilename(), text: readFileSync(await download.path(), 'utf8') }
}

/** A source without the comment at its top, which says where it comes from. */
const code = (source: string): string => source.replace(/^(\/\/.*\n)+/, '')

describe.skipIf(!hasBrowser)('the files of the page', () => {
  const folder = mkdtempSync(join(tmpdir(), 'qernel-files-'))
  let playground: Playground
  beforeAll(async () => {
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
    playground = await openPlayground()
  }, 120_000)
  afterAll(async () => {
    await playground?.close()
    rmSync(folder, { recursive: true })
  })

  test('are the sources that are shown, and a kernel file that the command line compiles to them', async () => {
    const state = {
      kernel: { kind: 'library' as const, name: 'llama_cpp_q8_0', element: 'f16' },
      schedule: { kind: 'named' as const, name: 'best' },
      fixed: { D: 128 },
      at: {},
    }
    const { page, problems } = await playground.open({}, `#${await encodeFragment(state)}`)
    const shown = page.getByRole('region', { name: 'CUDA source' })
    await expect.poll(() => shown.textContent(), { timeout: 30_000 }).toContain('llama_cpp_q8_0')
    const [cuda, wgsl] = [await saved(page, 'Download .cu'), await saved(page, 'Download .wgsl')]
    expect([cuda.name, wgsl.name]).toEqual(['llama_cpp_q8_0.cu', 'llama_cpp_q8_0.wgsl'])
    for (const [title, { text }] of [['CUDA', cuda] as const, ['WGSL', wgsl] as const]) {
      const lines = page.getByRole('region', { name: `${title} source` }).locator('code.line')
      expect(code(text).trim().split('\n')).toEqual(
        (await lines.allTextContents()).map(line => line.replace(/\n$/, '')),
      )
    }

    const kernel = await saved(page, 'Download .ts')
    expect(kernel.name).toBe('llama-cpp-q8-0.kernel.ts')
    const [, given = ''] = /^\/\/ +npx (qernel emit .*)$/m.exec(kernel.text) ?? []
    expect(given).toMatch(
      /^qernel emit llama-cpp-q8-0.kernel.ts#\w+ --target cuda --schedule shown --set element=f16 --set D=128$/,
    )
    writeFileSync(join(folder, kernel.name), kernel.text)
    const [, ...args] = given.split(' ')
    const emitted = execFileSync(process.execPath, [join(root, 'packages/cli/dist/main.js'), ...args], {
      cwd: folder,
      encoding: 'utf8',
    })
    expect(code(emitted)).toBe(code(cuda.text))
    expect(problems).toEqual([])
  }, 120_000)
})
