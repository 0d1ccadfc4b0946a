/** What a visitor does on the page, in a real browser with WebGPU in software. */
import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { AxeResults } from 'axe-core'
import type { BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { encodeFragment } from '../../src/share/fragment.ts'
import { defaultState } from '../../src/share/shared-state.ts'
import { hasBrowser, type OpenPage, openPlayground, openStepsIn, type Playground } from './open-page.ts'

const sourceOf = (page: Page, target: 'WGSL' | 'CUDA'): Promise<string | null> =>
  page.getByRole('region', { name: `${target} source` }).textContent()

const permissions = ['clipboard-read', 'clipboard-write']

async function paste(page: Page, text: string): Promise<void> {
  await page.evaluate(`navigator.clipboard.writeText(${JSON.stringify(text)})`)
  await page.keyboard.press('Control+V')
}

/** The pairs of panels that cover each other. */
const overlaps = `(() => {
  const panels = [...document.querySelectorAll('.panel')]
  const boxes = panels.map(panel => [panel.className, panel.getBoundingClientRect()])
  return boxes.flatMap(([name, a], i) => boxes.slice(i + 1).flatMap(([other, b]) =>
    a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom ? [name + ' and ' + other] : []))
})()`

const tiles = ['tile(d=64,stage=scale)', 'tile(t=16,d=64,stage=q)']
const vectorized = [...tiles, 'vectorize(d=4,stage=q)', 'predicate(d=assume,stage=q)']

describe.skipIf(!hasBrowser)('the page', () => {
  let playground: Playground
  beforeAll(async () => {
    playground = await openPlayground()
  }, 120_000)
  afterEach(() => playground.closePages())
  afterAll(() => playground?.close())

  const openSteps = (steps: readonly string[], options?: BrowserContextOptions): Promise<OpenPage> =>
    openStepsIn(playground, steps, options)

  test('is small before the languages of the editor are loaded', () => {
    const assets = readdirSync(join(playground.folder, 'assets'))
    const isLanguage = (name: string): boolean => /^(language|typescript)-/.test(name)
    expect(assets.filter(isLanguage)).toHaveLength(2)
    const files = ['index.html', ...assets.filter(name => !isLanguage(name)).map(name => join('assets', name))]
    const bytes = files.map(name => gzipSync(readFileSync(join(playground.folder, name))).length)
    // The promise is 400 000; what is added later needs room.
    expect(bytes.reduce((a, b) => a + b)).toBeLessThan(380_000)
  })

  test('compiles what is written as a kernel, keeps what was right before, and a link restores the text', async () => {
    const { page, problems } = await openSteps(tiles, { permissions })
    const text = page.getByRole('textbox', { name: 'Kernel', exact: true })
    // The text of the link arrives after the editor; what is written before would stand beside it.
    await expect.poll(() => text.textContent(), { timeout: 20_000 }).toContain('int8_per_channel')
    await text.click()
    await page.keyboard.press('Control+A')
    await paste(
      page,
      `import { f32, kernel } from '@qernel/dsl/source'

export const halved = kernel('halved', ({ size, input, output }) => {
  const [T, D] = [size('T'), size('D')]
  const x = input('x', f32, [T, D])
  output('q', f32, [T, D], (t, d) => x(t, d) / 2)
})
`,
    )
    await expect.poll(() => sourceOf(page, 'CUDA'), { timeout: 20_000 }).toContain('halved')
    await page.keyboard.type('export const other = 3 +')
    await page.getByRole('list', { name: 'Problems of the kernel' }).getByText('Expression expected').waitFor()
    expect(await sourceOf(page, 'CUDA')).toContain('halved')
    for (const _ of 'export const other = 3 +') await page.keyboard.press('Backspace')
    await expect.poll(() => page.locator('.problems').textContent()).toBe('')

    await expect.poll(() => page.url(), { timeout: 5000 }).toContain('#1.')
    await page.waitForTimeout(500)
    const again = await playground.open({}, page.url().slice(page.url().indexOf('#')))
    await expect.poll(() => sourceOf(again.page, 'CUDA'), { timeout: 20_000 }).toContain('halved')
    expect(await again.page.getByRole('textbox', { name: 'Kernel', exact: true }).textContent()).toContain(
      'x(t, d) / 2',
    )
    expect([...problems, ...again.problems]).toEqual([])
  }, 90_000)

  test('begins with an example, and keeps the steps of a library kernel whose text is changed', async () => {
    const { page, problems } = await playground.open()
    const kernel = page.getByRole('combobox', { name: 'Kernel' })
    await kernel.selectOption({ label: 'row-absmax' })
    await expect.poll(() => sourceOf(page, 'CUDA'), { timeout: 30_000 }).toContain('row_absmax')
    await page.getByText('example row-absmax').waitFor()
    await kernel.selectOption({ label: 'int8_per_token' })
    await expect.poll(() => sourceOf(page, 'CUDA'), { timeout: 30_000 }).toContain('int8_per_token')
    const steps = await page.getByRole('list', { name: 'Steps' }).getByRole('listitem').count()
    const text = page.getByRole('textbox', { name: 'Kernel', exact: true })
    await expect.poll(() => text.textContent(), { timeout: 30_000 }).toContain('int8_per_token')
    await text.press('Control+Home')
    await page.keyboard.type('// mine')
    await page.keyboard.press('Enter')
    await page.locator('.panel-kernel').getByText('your own').waitFor()
    await page.locator('.panel-schedule').getByText('your own').waitFor()
    await expect
      .poll(() =>
        page
          .getByRole('listitem')
          .filter({ has: page.getByRole('checkbox') })
          .count(),
      )
      .toBe(steps)
    await expect.poll(() => page.locator('.step.is-applied').count()).toBe(steps)
    expect(await page.locator('.problems').textContent()).toBe('')
    expect(problems).toEqual([])
  }, 120_000)

  test('shows a change in both sources, and a link restores exactly that', async () => {
    const { page, problems } = await openSteps([...tiles, 'cache(buffer=x,memory=shared,stage=q)'], { permissions })
    // Key by key, as people write.
    await page.getByRole('textbox', { name: 'Step 2', exact: true }).click()
    await page.keyboard.press('Control+A')
    await page.keyboard.type('tile(t=8,d=32,stage=q)')
    await page.getByRole('checkbox', { name: 'Step 3 is on' }).uncheck()
    await expect.poll(() => sourceOf(page, 'WGSL')).toContain('// tile(t=8,d=32,stage=q)')
    await expect.poll(() => sourceOf(page, 'CUDA')).toContain('// tile(t=8,d=32,stage=q)')
    // The step that was switched off is the one that keeps a tile in shared memory.
    await expect.poll(() => sourceOf(page, 'WGSL')).not.toContain('var<workgroup>')
    await expect.poll(() => sourceOf(page, 'CUDA')).not.toContain('__shared__')
    const shown = await Promise.all([sourceOf(page, 'WGSL'), sourceOf(page, 'CUDA')])

    await page.getByRole('button', { name: 'Share' }).click()
    await page.getByText('The link is copied').waitFor()
    const link = await page.evaluate<string>('navigator.clipboard.readText()')
    await page.reload()
    await expect.poll(() => Promise.all([sourceOf(page, 'WGSL'), sourceOf(page, 'CUDA')])).toEqual(shown)
    const other = await playground.open({}, link.slice(link.indexOf('#')))
    await expect.poll(() => Promise.all([sourceOf(other.page, 'WGSL'), sourceOf(other.page, 'CUDA')])).toEqual(shown)
    expect(await other.page.getByRole('checkbox', { name: 'Step 3 is on' }).isChecked()).toBe(false)
    expect([...problems, ...other.problems]).toEqual([])
  }, 60_000)

  test('says what is wrong with a damaged link, and shows its first example', async () => {
    const { page, problems } = await playground.open({}, '#1.AAAA')
    await page.getByRole('status').getByText('This link cannot be read').waitFor()
    expect(await sourceOf(page, 'WGSL')).toContain('predicate(d=assume,stage=q)')
    expect(problems).toEqual([])
  })

  test('says why a step is refused and what is legal, and which step is no step', async () => {
    const { page, problems } = await openSteps(vectorized)
    const step = page.getByRole('textbox', { name: 'Step 3', exact: true })
    await step.fill('vectorize(d=3,stage=q)')
    await page.getByText('waits for the step before it').waitFor()
    expect(await step.getAttribute('aria-invalid')).toBe('true')
    await page.getByRole('button', { name: '8', exact: true }).click()
    await expect.poll(() => sourceOf(page, 'WGSL')).toContain('vectorize(d=8,stage=q)')
    expect(await step.getAttribute('aria-invalid')).toBe('false')
    await step.fill('vectorize(d=')
    await page.getByText('a value is expected').waitFor()
    expect(problems).toEqual([])
  })

  test('offers steps and values that apply', async () => {
    const { page, problems } = await openSteps(['tile(d=64,stage=scale)', 'tile(t=16,d=16,stage=q)'])
    await page.getByRole('button', { name: 'Other values of step 2' }).click()
    const values = page.getByRole('region', { name: 'Other values of this step' })
    await values.getByRole('button', { name: '8', exact: true }).first().click()
    await expect.poll(() => sourceOf(page, 'WGSL')).toContain('tile(t=8,d=16,stage=q)')
    await page.getByRole('button', { name: 'Add a step behind step 1' }).click()
    await page.getByRole('region', { name: 'Steps that apply here' }).getByRole('button').first().waitFor()
    const widths = `[...document.querySelectorAll('.schedule, .schedule .step')].map(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)`
    expect(await page.evaluate<number[]>(widths)).toEqual([0, 0, 0])
    await page.getByRole('button', { name: '+ Step' }).click()
    const choices = page.getByRole('region', { name: 'Steps that apply here' })
    await choices
      .getByRole('button', { name: /^coarsen/ })
      .first()
      .click()
    await expect.poll(() => sourceOf(page, 'CUDA')).toContain('// coarsen(')
    expect(problems).toEqual([])
  })

  test('brings what unfolds into view', async () => {
    const { page, problems } = await openSteps(vectorized, { viewport: { width: 1400, height: 700 } })
    await page.getByRole('button', { name: '+ Step' }).click()
    await page.getByRole('region', { name: 'Steps that apply here' }).waitFor()
    const shown = `(([panel, own]) => own.top < panel.bottom - 20 && own.bottom > panel.top)(
      [...document.querySelectorAll('.panel-schedule, [aria-label="Steps that apply here"]')].map(one => one.getBoundingClientRect()))`
    await expect.poll(() => page.evaluate<boolean>(shown)).toBe(true)
    expect(problems).toEqual([])
  })

  test('marks the lines and the threads of a loop', async () => {
    const { page, problems } = await openSteps(vectorized)
    const threads = page.getByRole('region', { name: 'Elements of x by thread' }).locator('.is-marked text')
    const linesOf = (target: 'WGSL' | 'CUDA'): Promise<string[]> =>
      page
        .getByRole('region', { name: `${target} source` })
        .locator('.is-marked')
        .allTextContents()
    // Loops that are compiled anew may move away under a pointer that rests, and the picture comes after the sources.
    const pointed = async () => {
      await page.mouse.move(0, 0)
      await page.getByRole('button', { name: /block.y t_in/ }).hover()
      const [[wgsl], [cuda]] = [await linesOf('WGSL'), await linesOf('CUDA')]
      return { threads: await threads.allTextContents(), sources: [wgsl, cuda].map(line => line?.includes(' t = ')) }
    }
    await expect
      .poll(pointed, { timeout: 15_000 })
      .toEqual({ threads: Array.from({ length: 16 }, (_, t) => String(16 * t)), sources: [true, true] })
    expect(problems).toEqual([])
  })

  test('never executes the text of a link', async () => {
    const text = `import { f32, kernel } from '@qernel/dsl/source'
globalThis.isExecuted = true
const mean = (() => { globalThis.isExecuted = true; return 2 })()
export const halved = kernel('halved', ({ size, input, output }) => {
  const T = size('T')
  const x = input('x', f32, [T])
  output('y', f32, [T], t => x(t) / mean)
})
`
    const { page } = await playground.open(
      {},
      `#${await encodeFragment({ ...defaultState, kernel: { kind: 'text', text } })}`,
    )
    await page.getByText('your own: parsed and compiled, never executed').waitFor()
    await page.locator('.problems li').first().waitFor()
    const isExecuted = `'isExecuted' in globalThis`
    const inWorkers = await Promise.all(page.workers().map(worker => worker.evaluate<boolean>(isExecuted)))
    expect(inWorkers).toContain(false)
    expect([await page.evaluate<boolean>(isExecuted), ...inWorkers]).not.toContain(true)
  })

  test('shows its first example before any script runs', async () => {
    const { page } = await playground.open({ javaScriptEnabled: false })
    expect(await page.getByRole('region', { name: 'WGSL source' }).textContent()).toContain('@compute')
    expect(await page.getByRole('region', { name: 'CUDA source' }).textContent()).toContain('__global__')
  })

  test('is run and shared with the Tab key alone', async () => {
    const { page, problems } = await openSteps(vectorized)
    const focused = `(document.activeElement.ariaLabel ?? document.activeElement.textContent)`
    const tabTo = async (name: string): Promise<void> => {
      for (let count = 0; count < 200; count++) {
        await page.keyboard.press('Tab')
        if ((await page.evaluate<string>(focused)) === name) return
      }
      throw new Error(`the Tab key never gets to ${name}`)
    }
    await tabTo('Remove step 1')
    await page.keyboard.press('Enter')
    await expect.poll(() => page.evaluate<string>('document.activeElement.value')).toBe(vectorized[1])
    await page.keyboard.press('Control+A')
    await page.keyboard.type('tile(t=8,d=64,stage=q)')
    await expect.poll(() => sourceOf(page, 'WGSL')).toContain('tile(t=8,d=64,stage=q)')
    await tabTo('Run')
    await page.keyboard.press('Enter')
    await page.getByText(/✓ all \d+ elements equal/).waitFor({ timeout: 60_000 })
    await tabTo('Share')
    await page.keyboard.press('Enter')
    await page
      .getByRole('status')
      .getByText(/^The link is/)
      .waitFor()
    expect(problems).toEqual([])
  }, 120_000)

  test('moves a step with the keyboard', async () => {
    const { page, problems } = await openSteps(vectorized)
    await page.getByRole('textbox', { name: 'Step 3', exact: true }).focus()
    await page.keyboard.press('Alt+ArrowUp')
    await expect
      .poll(() => page.getByRole('textbox', { name: 'Step 2', exact: true }).inputValue())
      .toBe('vectorize(d=4,stage=q)')
    expect(await page.evaluate<string>('document.activeElement.value')).toBe('vectorize(d=4,stage=q)')
    expect(problems).toEqual([])
  })

  test.each(['light', 'dark'] as const)('has nothing that axe finds fault with, %s', async colorScheme => {
    const { page, problems } = await playground.open({ colorScheme })
    await page.evaluate(readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8'))
    const { violations } = await page.evaluate<AxeResults>('axe.run()')
    expect(violations.map(({ id, nodes }) => [id, ...nodes.map(({ html }) => html)])).toEqual([])
    expect(problems).toEqual([])
  })

  test.each([360, 800, 1440, 3840])('fits a width of %i, and nothing moves while it loads', async width => {
    const { page, problems } = await playground.open({ viewport: { width, height: 800 } })
    await page.getByRole('region', { name: 'CUDA source' }).waitFor()
    expect(await page.evaluate<number>('document.documentElement.scrollWidth')).toBe(width)
    expect(await page.evaluate<string[]>(overlaps)).toEqual([])
    const shifts = `new Promise(found => new PerformanceObserver(list => found(list.getEntries().map(one => one.value)))
      .observe({ type: 'layout-shift', buffered: true }) ?? setTimeout(() => found([]), 500))`
    expect(await page.evaluate<number[]>(shifts)).toEqual([])
    expect(problems).toEqual([])
  })
})
