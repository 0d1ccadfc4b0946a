/** The built page in headless Chromium, served from a folder of a host as a static host would, with everything noted that a visitor must never see. */
import { execFile } from 'node:child_process'
import { createReadStream, mkdtempSync, rmSync, statSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { extname, join, normalize } from 'node:path'
import { promisify } from 'node:util'
import { unpackChromium } from '@qernel/software-gpu/chromium'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'

/** Whether the browser from npm runs here. */
export const hasBrowser = process.platform === 'linux' && process.arch === 'x64'

export interface OpenPage {
  readonly page: Page
  /** Errors of the console, uncaught errors, refusals of the Content-Security-Policy, and requests to other hosts. */
  readonly problems: readonly string[]
}

export interface Playground {
  /** The folder of the built page. */
  readonly folder: string
  readonly address: string
  /** Opens the page anew; `fragment` begins with #. */
  open(options?: BrowserContextOptions, fragment?: string): Promise<OpenPage>
  close(): Promise<void>
}

/** Builds the page with the command that users have, and starts a browser. */
export async function openPlayground(): Promise<Playground> {
  const folder = mkdtempSync(join(tmpdir(), 'qernel-page-'))
  const root = join(import.meta.dirname, '../../../..')
  await promisify(execFile)('npm', ['run', '-s', 'build:playground', '--', folder], { cwd: root })
  const server = serveFolder(folder)
  await new Promise<void>(listening => server.listen(0, '127.0.0.1', listening))
  const host = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const address = `${host}/some/folder/`
  const { executablePath, env, args } = await unpackChromium()
  const browser = await chromium.launch({ executablePath, args: [...args], env: { ...process.env, ...env } })
  return {
    folder,
    address,
    open: (options, fragment = '') => openIn(browser, host, address + fragment, options),
    close: async () => {
      await browser.close()
      server.close()
      rmSync(folder, { recursive: true })
    },
  }
}

async function openIn(browser: Browser, host: string, address: string, options?: BrowserContextOptions) {
  // Headless browsers may have a language that is none.
  const context = await browser.newContext({ locale: 'en-US', ...options })
  const page = await context.newPage()
  const problems: string[] = []
  page.on('pageerror', error => problems.push(error.message))
  page.on('console', message => message.type() === 'error' && problems.push(message.text()))
  page.on('request', request => {
    const url = request.url()
    if (!url.startsWith(host) && !/^(data|blob):/.test(url)) problems.push(`a request to ${url}`)
  })
  await page.goto(address)
  return { page, problems }
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
}

/** Serves a folder below /some/folder/. */
export function serveFolder(folder: string): Server {
  return createServer(({ url = '' }, response) => {
    const path = normalize(new URL(url, 'http://host').pathname.replace(/^\/some\/folder\//, '/'))
    const file = join(folder, path === '/' ? 'index.html' : path)
    if (statSync(file, { throwIfNoEntry: false })?.isFile() !== true) {
      response.statusCode = 404
      response.end()
      return
    }
    response.setHeader('Content-Type', types[extname(file)] ?? 'application/octet-stream')
    createReadStream(file).pipe(response)
  })
}
