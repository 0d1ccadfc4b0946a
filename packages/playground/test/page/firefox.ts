/** Debian's Firefox without a display. Playwright drives only a Firefox of its own, so this one is asked in the words of the standard. */
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'vitest'
import { connectDriver, type WebDriver } from './webdriver.ts'

/** The browser of the system; undefined where there is none. */
export const firefoxPath = ['/usr/bin/firefox-esr', '/usr/bin/firefox'].find(path => existsSync(path))

/** How long something on the page may take on a busy machine. */
const patience = { timeout: 45_000, interval: 100 }

export interface FirefoxPage {
  readonly version: string
  /** Errors of the console, uncaught errors, refusals of the Content-Security-Policy, and requests to other hosts. */
  readonly problems: readonly string[]
  open(address: string): Promise<void>
  reload(): Promise<void>
  /** The value of an expression of JavaScript. */
  evaluate<Value>(expression: string): Promise<Value>
  /** Waits until an expression of JavaScript is true. */
  until(expression: string): Promise<void>
  /** Clicks the element that an expression of JavaScript gives, scrolled into view. */
  click(element: string): Promise<void>
  /** Presses the keys of a text, one after the other. */
  type(text: string): Promise<void>
  /** Selects everything in the element that has the focus. */
  selectAll(): Promise<void>
  close(): Promise<void>
}

/** @param origin of the page */
export async function startFirefox(path: string, origin: string): Promise<FirefoxPage> {
  const profile = mkdtempSync(join(tmpdir(), 'qernel-firefox-'))
  // Some versions have WebGPU on some systems.
  writeFileSync(join(profile, 'user.js'), 'user_pref("dom.webgpu.enabled", false);\n')
  const browser = spawn(path, ['--headless', '--no-remote', '--remote-debugging-port=0', '--profile', profile])
  const driver = await connectDriver(await addressOf(browser))
  const { contexts } = await driver.send<{ contexts: readonly { context: string }[] }>('browsingContext.getTree', {})
  const context = contexts[0]?.context ?? ''
  await driver.send('browsingContext.setViewport', { context, viewport: { width: 1400, height: 900 } })
  const problems: string[] = []
  await driver.on('log.entryAdded', ({ level, text }) => {
    if (level === 'error') problems.push(String(text))
  })
  await driver.on('network.beforeRequestSent', ({ request }) => {
    const { url } = request as { readonly url: string }
    if (!url.startsWith(origin) && !/^(data|blob):/.test(url)) problems.push(`a request to ${url}`)
  })
  const page = pageOf(driver, context)
  return {
    ...page,
    version: await page.evaluate('/Firefox.([0-9.]+)/.exec(navigator.userAgent)[1]'),
    problems,
    close: async () => {
      driver.close()
      const ended = new Promise(resolve => browser.once('exit', resolve))
      browser.kill()
      await ended
      rmSync(profile, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

/** Firefox tells its address when it listens. */
const addressOf = (browser: ChildProcess): Promise<string> =>
  new Promise((resolve, reject) => {
    let told = ''
    browser.stderr?.on('data', text => {
      told += text
      const [, address] = /BiDi listening on (ws:\S+)/.exec(told) ?? []
      if (address !== undefined) resolve(address)
    })
    browser.once('error', reject)
    browser.once('exit', code => reject(new Error(`Firefox ended with code ${code}: ${told}`)))
  })

function pageOf({ send }: WebDriver, context: string): Omit<FirefoxPage, 'version' | 'problems' | 'close'> {
  const evaluate = async <Value>(expression: string): Promise<Value> => {
    const asked = `(async () => JSON.stringify(await (${expression})))()`
    type Evaluated = { readonly result?: { readonly value?: string }; readonly exceptionDetails?: { text: string } }
    const { result, exceptionDetails } = await send<Evaluated>('script.evaluate', {
      expression: asked,
      target: { context },
      awaitPromise: true,
    })
    if (exceptionDetails !== undefined) throw new Error(`${expression}: ${exceptionDetails.text}`)
    return JSON.parse(result?.value ?? 'null')
  }
  const until = (expression: string): Promise<void> =>
    expect.poll(() => evaluate<boolean>(expression), { ...patience, message: expression }).toBe(true)
  const key = (value: string) => ['keyDown', 'keyUp'].map(type => ({ type, value }))
  const press = (actions: readonly unknown[]) =>
    send('input.performActions', { context, actions: [{ type: 'key', id: 'keyboard', actions }] })
  return {
    evaluate,
    until,
    open: async url => void (await send('browsingContext.navigate', { context, url, wait: 'complete' })),
    reload: async () => void (await send('browsingContext.reload', { context, wait: 'complete' })),
    click: async element => {
      await until(`${element} != null`)
      const [x, y] = await evaluate<[number, number]>(`(element => {
        element.scrollIntoView({ block: 'center', behavior: 'instant' })
        const { x, y, width, height } = element.getBoundingClientRect()
        return [x + Math.min(width, 100) / 2, y + height / 2].map(Math.floor)
      })(${element})`)
      const actions = [
        { type: 'pointerMove', x, y },
        ...['pointerDown', 'pointerUp'].map(type => ({ type, button: 0 })),
      ]
      await send('input.performActions', { context, actions: [{ type: 'pointer', id: 'mouse', actions }] })
    },
    type: async text => void (await press([...text.replaceAll('\n', enter)].flatMap(key))),
    selectAll: async () =>
      void (await press([{ type: 'keyDown', value: control }, ...key('a'), { type: 'keyUp', value: control }])),
  }
}

/** What the standard calls keys that have no letter. */
const [control, enter] = ['\uE009', '\uE007']
