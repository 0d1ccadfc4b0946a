/** The built page in headless Chromium, with everything noted that a visitor must never see. */
import { installedChromium, unpackChromium } from '@qernel/software-gpu/chromium'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { inject } from 'vitest'
import { encodeFragment } from '../../src/share/fragment.ts'
import { defaultState } from '../../src/share/shared-state.ts'
import { serveFolder } from './serve-folder.ts'

/** Debian's Chromium where it is installed, else the one from npm, which runs on Linux on x86-64. */
export const hasBrowser = installedChromium() !== undefined || (process.platform === 'linux' && process.arch === 'x64')

export interface OpenPage {
  readonly page: Page
  /** Errors of the console, uncaught errors, refusals of the Content-Security-Policy, and requests to other hosts. */
  readonly problems: readonly string[]
}

export interface Playground {
  /** The folder of the built page. */
  readonly folder: string
  readonly browser: Browser
  /** Opens the page anew; `fragment` begins with #. */
  open(options?: BrowserContextOptions, fragment?: string): Promise<OpenPage>
  /** Closes all that were opened: each has workers, and perhaps a device. */
  closePages(): Promise<void>
  close(): Promise<void>
}

/** Serves the page, and starts a browser. */
export async function openPlayground(): Promise<Playground> {
  const folder = inject('page')
  const { origin, address, close } = await serveFolder(folder)
  const installed = installedChromium()
  const { executablePath, env, args } = installed ?? (await unpackChromium())
  const browser = await chromium.launch({ executablePath, args: [...args], env: { ...process.env, ...env } })
  const from = installed === undefined ? 'from npm' : 'of the system'
  process.stdout.write(`The page is tested in Chromium ${browser.version()} ${from}.\n`)
  return {
    folder,
    browser,
    open: (options, fragment = '') => openIn(browser, origin, address + fragment, options),
    closePages: async () => void (await Promise.all(browser.contexts().map(context => context.close()))),
    close: async () => {
      await browser.close()
      close()
    },
  }
}

/** Opens a link to steps of int8_per_channel, so that a test does not depend on the library's schedules. */
export async function openStepsIn(
  playground: Playground,
  steps: readonly string[],
  options?: BrowserContextOptions,
): Promise<OpenPage> {
  const schedule = { kind: 'steps' as const, steps: steps.map(text => ({ text, isOn: true })) }
  const opened = await playground.open(options, `#${await encodeFragment({ ...defaultState, schedule })}`)
  await opened.page.locator('.panel-schedule').getByText('your own').waitFor()
  return opened
}

async function openIn(browser: Browser, origin: string, address: string, options?: BrowserContextOptions) {
  // Headless browsers may have a language that is none.
  const context = await browser.newContext({ locale: 'en-US', ...options })
  const page = await context.newPage()
  const problems: string[] = []
  page.on('pageerror', error => problems.push(error.message))
  page.on('console', message => message.type() === 'error' && problems.push(message.text()))
  page.on('request', request => {
    const url = request.url()
    if (!url.startsWith(origin) && !/^(data|blob):/.test(url)) problems.push(`a request to ${url}`)
  })
  await page.goto(address)
  return { page, problems }
}
