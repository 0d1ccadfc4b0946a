/** The engine and the runner in headless Chromium, in workers under a Content-Security-Policy without unsafe-eval, on SwiftShader's WebGPU. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { unpackChromium } from '@qernel/software-gpu/chromium'
import { type Browser, chromium, type Page } from 'playwright-core'
import { build } from 'vite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { viteOptions } from '../../build/vite-options.ts'
import { compileSubject } from '../../src/engine/compile.ts'
import { loadLanguage } from '../../src/engine/language.ts'
import type { Subject } from '../../src/protocol.ts'
import { type Host, serveFolder } from '../page/serve-folder.ts'
import type { Exported } from './harness.ts'

/** The browser from npm, while `test/page` prefers that of the system: so both are tested. */
const hasBrowser = process.platform === 'linux' && process.arch === 'x64'

const policy = "default-src 'none'; script-src 'self'; worker-src 'self'; connect-src 'self'"
const html = `<!doctype html><meta http-equiv="Content-Security-Policy" content="${policy}"><script type="module" src="harness.js"></script>`

const subject = (name: string, schedule: string): Subject => ({
  kernel: { kind: 'library', name },
  schedule: { kind: 'named', name: schedule },
  fixed: {},
  at: {},
})

describe.skipIf(!hasBrowser)('engine and runner in a browser', () => {
  const folder = mkdtempSync(join(tmpdir(), 'qernel-runner-'))
  let browser: Browser
  let host: Host
  let page: Page
  const problems: string[] = []

  beforeAll(async () => {
    await build({
      ...viteOptions(folder),
      plugins: [],
      build: {
        outDir: folder,
        emptyOutDir: true,
        target: 'es2023',
        rolldownOptions: { input: join(import.meta.dirname, 'harness.ts'), output: { entryFileNames: 'harness.js' } },
      },
    })
    writeFileSync(join(folder, 'index.html'), html)
    host = await serveFolder(folder)
    const { executablePath, env, args } = await unpackChromium()
    browser = await chromium.launch({ executablePath, args: [...args], env: { ...process.env, ...env } })
    page = await browser.newPage()
    page.on('pageerror', error => problems.push(error.message))
    page.on('console', message => message.type() === 'error' && problems.push(message.text()))
    await page.goto(host.address)
    await page.waitForFunction('globalThis.exported !== undefined', undefined, { timeout: 60_000 })
  }, 180_000)

  afterAll(async () => {
    await browser?.close()
    host?.close()
    rmSync(folder, { recursive: true })
    expect(problems).toEqual([])
  })

  it('compiles in a worker to what Node compiles', async () => {
    const one = subject('int8_per_channel', 'vectorized')
    const found = await page.evaluate(
      asked => (globalThis as unknown as { exported: Exported }).exported.compile(asked),
      one,
    )
    expect(found).toEqual(JSON.parse(JSON.stringify(compileSubject({ subject: one, target: 'wgsl' }))))
  }, 60_000)

  it('reads the text of a kernel in a worker, without evaluating it', async () => {
    const text = `import { f32, kernel } from '@qernel/dsl/source'
export const halved = kernel('halved', ({ size, input, output }) => {
  const T = size('T')
  const x = input('x', f32, [T])
  output('y', f32, [T], t => x(t) / 2)
})`
    const one: Subject = { ...subject('', 'naive'), kernel: { kind: 'text', text } }
    const { compiled, ran } = await page.evaluate(async asked => {
      const { compile, run } = (globalThis as unknown as { exported: Exported }).exported
      return { compiled: await compile(asked), ran: await run({ kind: 'run', subject: asked }) }
    }, one)
    await loadLanguage()
    expect(compiled).toEqual(JSON.parse(JSON.stringify(compileSubject({ subject: one, target: 'wgsl' }))))
    expect(ran.events.find(event => event.kind === 'checked')).toMatchObject({ check: { isRight: true, total: 67 } })
  }, 120_000)

  it('runs a kernel bit-equal, times it, and says what the device is', async () => {
    const { outcome, events } = await page.evaluate(
      asked => (globalThis as unknown as { exported: Exported }).exported.run({ kind: 'run', subject: asked }),
      subject('int8_per_channel', 'vectorized'),
    )
    expect(outcome).toEqual({ kind: 'done' })
    const device = events.find(event => event.kind === 'device')
    expect(device).toMatchObject({ device: { name: expect.stringMatching(/swiftshader/i), isSoftware: true } })
    expect(events.find(event => event.kind === 'checked')).toMatchObject({
      check: { kind: 'checked', isRight: true, wrong: [], sizes: { T: 67, D: 68 }, total: 67 * 68 + 68 },
    })
    const measured = events.find(event => event.kind === 'measured')
    expect(measured).toMatchObject({ measurement: { kind: 'measured', launches: 3 } })
  }, 120_000)

  it('ends a worker that does not answer, and the page goes on', async () => {
    const outcome = await page.evaluate(() => (globalThis as unknown as { exported: Exported }).exported.giveUp())
    expect(outcome).toMatchObject({ kind: 'stopped', reason: 'timed-out' })
    expect(page.workers().length).toBeLessThanOrEqual(2)
  }, 60_000)

  it('measures several schedules, and goes on after one that is refused', async () => {
    const { outcome, events } = await page.evaluate(
      asked =>
        (globalThis as unknown as { exported: Exported }).exported.run({
          kind: 'sweep',
          subject: asked,
          schedules: [
            { name: 'wrong', steps: ['vectorize(d=3)'] },
            { name: 'right', steps: ['tile(t=16,d=64)', 'vectorize(d=4)', 'predicate(d=assume)'] },
            { name: 'serial', steps: [] },
          ],
        }),
      subject('int8_per_channel_quantize', 'naive'),
    )
    expect(outcome).toEqual({ kind: 'done' })
    const sizes = events.flatMap(event =>
      event.kind === 'measured' && event.measurement.kind === 'measured' ? [event.measurement.sizes] : [],
    )
    expect(sizes).toEqual([sizes[0], sizes[0]])
    const told = events.flatMap(event => (event.kind === 'checked' ? [[event.schedule, event.check.kind]] : []))
    expect(told).toEqual([
      ['wrong', 'stopped'],
      ['right', 'checked'],
      ['serial', 'checked'],
    ])
  }, 120_000)
})
