/** What a visitor does whose browser has no WebGPU: Firefox, as the system has it. */
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { encodeFragment } from '../../src/share/fragment.ts'
import { defaultState } from '../../src/share/shared-state.ts'
import { type FirefoxPage, firefoxPath, startFirefox } from './firefox.ts'
import { type Host, serveFolder } from './serve-folder.ts'

if (firefoxPath === undefined)
  process.stdout.write('No Firefox is installed (apt-get install firefox-esr), so the page is not tested in it.\n')

/** What is shown as text. */
const shown = (selector: string): string => `(document.querySelector('${selector}')?.textContent ?? '')`
const labelled = (label: string): string => `document.querySelector('[aria-label="${label}"]')`
const button = (text: string): string =>
  `[...document.querySelectorAll('button')].find(one => one.textContent === '${text}')`
const editor = `document.querySelector('.kernel-editor').shadowRoot?.querySelector('.cm-content')`

describe.skipIf(firefoxPath === undefined)('the page in Firefox', () => {
  let host: Host
  let page: FirefoxPage
  beforeAll(async () => {
    host = await serveFolder(inject('page'))
    page = await startFirefox(firefoxPath ?? '', host.origin)
    process.stdout.write(`The page is tested in Firefox ${page.version} of the system.\n`)
  }, 120_000)
  afterAll(async () => {
    await page?.close()
    host?.close()
  })

  test('is edited, shared and opened again, and says that it cannot run', async () => {
    const steps = ['tile(d=64,stage=scale)', 'tile(t=16,d=64,stage=q)'].map(text => ({ text, isOn: true }))
    const state = { ...defaultState, schedule: { kind: 'steps' as const, steps } }
    await page.open(`${host.address}#${await encodeFragment(state)}`)
    expect(await page.evaluate('"gpu" in navigator')).toBe(false)
    await page.until(
      `${shown('.run-text')} === 'This browser offers no WebGPU, so nothing runs here. Everything else on this page works.'`,
    )
    await page.until(`${shown('.panel-cuda')}.includes('// tile(t=16,d=64,stage=q)')`)

    await page.click(labelled('Step 2'))
    await page.selectAll()
    await page.type('tile(t=8,d=32,stage=q)')
    for (const target of ['wgsl', 'cuda'])
      await page.until(`${shown(`.panel-${target}`)}.includes('// tile(t=8,d=32,stage=q)')`)

    await page.until(`${editor}?.textContent.includes('int8_per_channel')`)
    await page.click(`${editor}.firstElementChild`)
    await page.selectAll()
    await page.type(`import { f32, kernel } from '@qernel/dsl/source'
export const mine = kernel('mine', ({ size, input, output }) => {
const [T, D] = [size('T'), size('D')]
const x = input('x', f32, [T, D])
output('q', f32, [T, D], (t, d) => x(t, d) / 2)
})`)
    await page.until(`${shown('.panel-wgsl')}.includes('mine')`)

    await page.click(button('Share'))
    await page.until(`/The link is/.test(${shown('.notice')})`)
    const before = await page.evaluate<string>(shown('.panel-wgsl'))
    const link = await page.evaluate<string>('location.href')
    await page.reload()
    await page.until(`${shown('.panel-wgsl')} === ${JSON.stringify(before)}`)
    await page.until(`${editor}?.textContent.includes('x(t, d) / 2')`)
    expect(await page.evaluate('location.href')).toBe(link)
    expect(page.problems).toEqual([])
  }, 180_000)

  test('runs its own scripts only', async () => {
    await page.open(host.address)
    await page.evaluate(`(() => {
      const script = document.createElement('script')
      script.textContent = 'globalThis.ran = true'
      document.body.append(script)
    })()`)
    await expect.poll(() => page.problems).toEqual([expect.stringMatching(/^Content-Security-Policy: .* blocked/)])
    expect(await page.evaluate('globalThis.ran')).toBeNull()
  }, 60_000)
})
