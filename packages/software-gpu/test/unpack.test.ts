import { spawn } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { unpackSoftwareDriver } from '@qernel/software-gpu'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

const isSupported = process.platform === 'linux' && process.arch === 'x64'

let cache: string
const before = process.env.XDG_CACHE_HOME
beforeEach(() => {
  cache = mkdtempSync(join(tmpdir(), 'qernel-test-'))
  process.env.XDG_CACHE_HOME = cache
})
afterEach(() => {
  if (before === undefined) delete process.env.XDG_CACHE_HOME
  else process.env.XDG_CACHE_HOME = before
  rmSync(cache, { recursive: true })
})

describe.runIf(isSupported)('unpacking', () => {
  test('puts the driver, its manifest and a loader into the cache', async () => {
    const driver = await unpackSoftwareDriver()
    expect(driver.name).toMatch(/^SwiftShader \(from @sparticuz\/chromium \d+\.\d+\.\d+\)$/)
    expect(driver.icd.startsWith(join(cache, 'qernel'))).toBe(true)
    const manifest = JSON.parse(readFileSync(driver.icd, 'utf8'))
    expect(existsSync(join(driver.icd, '..', manifest.ICD.library_path))).toBe(true)
    expect(readFileSync(driver.loader).subarray(1, 4).toString()).toBe('ELF')
  })

  test('happens only once', async () => {
    const { icd } = await unpackSoftwareDriver()
    const { mtimeMs } = statSync(icd)
    expect((await unpackSoftwareDriver()).icd).toBe(icd)
    expect(statSync(icd).mtimeMs).toBe(mtimeMs)
  })

  test('may happen in several processes at once and leaves no other files', async () => {
    const script = "import('@qernel/software-gpu').then(m => m.unpackSoftwareDriver()).then(d => console.log(d.icd))"
    const runs = Array.from({ length: 4 }, () => run(script))
    const [first, ...others] = await Promise.all(runs)
    expect(existsSync(first as string)).toBe(true)
    for (const other of others) expect(other).toBe(first)
    expect(readdirSync(join(cache, 'qernel'))).toHaveLength(1)
  })

  test('avoids a folder that others can write to', async () => {
    const shared = join(cache, 'qernel')
    mkdirSync(shared)
    chmodSync(shared, 0o777)
    expect((await unpackSoftwareDriver()).icd.startsWith(shared)).toBe(false)
  })
})

test.skipIf(isSupported)('other platforms are refused with one sentence', async () => {
  await expect(unpackSoftwareDriver()).rejects.toThrow('The software GPU is built for Linux on x86-64 only')
})

/** Runs a script in its own process and returns its output. */
function run(script: string): Promise<string> {
  const child = spawn(process.execPath, ['--input-type', 'module', '--eval', script], {
    cwd: import.meta.dirname,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let output = ''
  child.stdout.setEncoding('utf8').on('data', text => {
    output += text
  })
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', code =>
      code === 0 ? resolve(output.trim()) : reject(new Error(`The process ended with ${code}`)),
    )
  })
}
