/** What a visitor runs on the page, and what becomes of the page when the GPU fails. */
import { readFileSync } from 'node:fs'
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { hasBrowser, openPlayground, openStepsIn, type Playground } from './open-page.ts'

const vectorized = [
  'tile(d=64,stage=scale)',
  'tile(t=16,d=64,stage=q)',
  'vectorize(d=4,stage=q)',
  'predicate(d=assume,stage=q)',
]
/** How long a device in software may take on a busy machine, in milliseconds. */
const timeout = 60_000

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true })

/** Runs what is shown, and waits for the comparison. */
async function runs(page: Page): Promise<void> {
  await button(page, 'Run').click()
  await page.getByText(/✓ all \d+ elements equal/).waitFor({ timeout })
  await button(page, 'Stop').and(page.locator(':disabled')).waitFor({ timeout })
}

/** Runs a script in the worker that runs kernels. */
async function inRunner(page: Page, script: string): Promise<void> {
  for (const worker of page.workers())
    if ((await worker.evaluate<string>('self.name')) === 'run') await worker.evaluate(script)
}

describe.skipIf(!hasBrowser)('running on the page', () => {
  let playground: Playground
  beforeAll(async () => {
    playground = await openPlayground()
  }, 120_000)
  afterEach(() => playground.closePages())
  afterAll(() => playground?.close())

  /** The page compiles, whatever the GPU does. */
  async function compiles(page: Page): Promise<void> {
    await page.getByRole('textbox', { name: 'Step 2', exact: true }).fill('tile(t=8,d=64,stage=q)')
    const source = page.getByRole('region', { name: 'WGSL source' })
    await expect.poll(() => source.textContent(), { timeout }).toContain('tile(t=8,d=64,stage=q)')
  }

  test('compares schedules, plots them, and saves what it found', async () => {
    const { page, problems } = await openStepsIn(playground, vectorized)
    await runs(page)
    await page.locator('.plot canvas').waitFor({ timeout })
    expect(await page.getByRole('row', { name: /^your own/ }).textContent()).toMatch(/\d (ms|µs)/)
    await page.getByText(/Times are medians of \d+ launches at T = \d+, D = \d+, by timestamps of the GPU\./).waitFor()
    await page.getByText('This device is software: its times say nothing about a GPU.').waitFor()
    const [download] = await Promise.all([page.waitForEvent('download'), button(page, 'Download .csv').click()])
    expect(download.suggestedFilename()).toBe('int8_per_channel.csv')
    const lines = readFileSync(await download.path(), 'utf8')
      .trim()
      .split('\n')
    const [head, ...rows] = lines.filter(line => !line.startsWith('#')).map(line => line.split(','))
    expect(lines[1]).toMatch(/^# device: .*swiftshader/i)
    expect(rows).toEqual([expect.arrayContaining(['your own', 'right', '4624', 'gpu timestamps'])])
    expect(head).toHaveLength(rows[0]?.length ?? 0)
    expect(problems).toEqual([])
  }, 120_000)

  test('goes on after the GPU crashed', async () => {
    const { page, problems } = await openStepsIn(playground, vectorized)
    await runs(page)
    const session = await playground.browser.newBrowserCDPSession()
    const processOfGpu = async (): Promise<number | undefined> => {
      const { processInfo } = await session.send('SystemInfo.getProcessInfo')
      return processInfo.find(({ type }) => type === 'GPU')?.id
    }
    const before = await processOfGpu()
    await button(page, 'Run').click()
    await session.send('Browser.crashGpuProcess').catch(() => undefined)
    await expect.poll(processOfGpu, { timeout }).not.toBe(before)
    // What was begun ends, one way or the other.
    await button(page, 'Stop').and(page.locator(':disabled')).waitFor({ timeout })
    await compiles(page)
    await runs(page)
    expect(problems).toEqual([])
  }, 180_000)

  test('says that a device was lost, and runs on the next', async () => {
    const { page, problems } = await openStepsIn(playground, vectorized)
    await runs(page)
    // The device that was opened is lost as soon as something is submitted to it.
    await inRunner(
      page,
      `(() => {
        const { createCommandEncoder } = GPUDevice.prototype
        GPUDevice.prototype.createCommandEncoder = function (...given) {
          const encoder = createCommandEncoder.apply(this, given)
          this.destroy()
          GPUDevice.prototype.createCommandEncoder = createCommandEncoder
          return encoder
        }
      })()`,
    )
    await button(page, 'Run').click()
    await page
      .locator('.run-text')
      .getByText(/was lost/)
      .waitFor({ timeout })
    await compiles(page)
    await runs(page)
    expect(problems).toEqual([])
  }, 180_000)

  test('gives up a kernel that hangs, and runs the next', async () => {
    const { page, problems } = await openStepsIn(playground, vectorized)
    await runs(page)
    await page.clock.install()
    await inRunner(page, 'GPUBuffer.prototype.mapAsync = () => new Promise(() => {})')
    await button(page, 'Run').click()
    await compiles(page)
    await page.getByText(/(comparing|measuring) the kernel/).waitFor({ timeout })
    await page.clock.fastForward(40_000)
    await page.getByText('The GPU did not answer within 30 seconds; the next run starts afresh.').waitFor({ timeout })
    await runs(page)
    expect(problems).toEqual([])
  }, 180_000)

  test('is stopped by the visitor', async () => {
    const { page, problems } = await openStepsIn(playground, vectorized)
    await button(page, 'Compare all').click()
    await button(page, 'Stop').click()
    await page.getByText('The run was stopped.').waitFor()
    await runs(page)
    expect(problems).toEqual([])
  }, 120_000)

  test('is all that is missing without WebGPU, and the page says so', async () => {
    const { page, problems } = await playground.open()
    await page.addInitScript('delete Navigator.prototype.gpu')
    await page.reload()
    await page.getByText('This browser offers no WebGPU').waitFor()
    await page.getByRole('radio', { name: /^tiled/ }).check()
    const source = page.getByRole('region', { name: 'WGSL source' })
    await expect.poll(() => source.textContent(), { timeout }).toContain('var<workgroup>')
    expect(problems).toEqual([])
  })
})
