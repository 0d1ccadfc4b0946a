/** What follows the two commands of the page. Nothing is built, and no file changes, when it is wrong. */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'

const root = join(import.meta.dirname, '../../..')
const folder = mkdtempSync(join(tmpdir(), 'qernel-arguments-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** What a command says that ends with code 2. */
function refusal(command: 'playground' | 'build:playground', ...given: readonly string[]): string {
  try {
    execFileSync('npm', ['run', '-s', command, '--', ...given], { cwd: root, encoding: 'utf8', stdio: 'pipe' })
  } catch (error) {
    const { status, stderr } = error as { readonly status: number; readonly stderr: string }
    expect(status).toBe(2)
    return stderr
  }
  throw new Error(`${command} ${given.join(' ')} was accepted`)
}

describe('what follows `npm run playground --`', () => {
  test.each([
    ['a word', ['eighty'], 'the port is eighty; it must be from 1 to 65535'],
    ['a port beyond the last', ['65536'], 'the port is 65536; it must be from 1 to 65535'],
    ['two ports', ['4173', '4174'], 'unexpected 4174'],
    ['an option', ['--port=4173'], 'unexpected --port=4173'],
  ])('is refused if it is %s', (_, given, message) => {
    expect(refusal('playground', ...given)).toBe(`${message}\nusage: npm run playground -- [PORT]\n`)
  })
})

describe('the folder of `npm run build:playground`', () => {
  test('is refused if it has files of others, and keeps them', () => {
    writeFileSync(join(folder, 'index.html'), 'mine')
    expect(refusal('build:playground', folder)).toContain('has other files, and building empties it')
    expect(readdirSync(folder)).toEqual(['index.html'])
  })

  test('is refused if it is a file', () => {
    const file = join(folder, 'index.html')
    writeFileSync(file, 'mine')
    expect(refusal('build:playground', file)).toContain('is a file; a folder is expected')
    expect(existsSync(file)).toBe(true)
  })
})
