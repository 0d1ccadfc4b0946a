/** A page in a real browser: headless Chromium from npm, on its own server, which sends a strict Content-Security-Policy. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { unpackChromium } from '@qernel/software-gpu/chromium'
import { chromium, type Page } from 'playwright-core'
import { build } from 'vite'

/** Whether the browser from npm runs here. */
export const hasBrowser = process.platform === 'linux' && process.arch === 'x64'

const contentSecurityPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'"

/**
 * Bundles a module for browsers, as a user's bundler would, and loads it in a page that may run no other script and evaluate no text.
 * @param entry the path of the module, which sets `globalThis.exported`
 * @param use gets the page after the module was loaded
 */
export async function withPage<Result>(entry: string, use: (page: Page) => Promise<Result>): Promise<Result> {
  const script = await bundle(entry)
  const server = createServer(({ url }, response) => {
    response.setHeader('Content-Security-Policy', contentSecurityPolicy)
    response.setHeader('Content-Type', url === '/page.js' ? 'text/javascript' : 'text/html; charset=utf-8')
    response.end(url === '/page.js' ? script : '<!doctype html><script type="module" src="/page.js"></script>')
  })
  await new Promise<void>(listening => server.listen(0, '127.0.0.1', listening))
  const { executablePath, env, args } = await unpackChromium()
  const browser = await chromium.launch({ executablePath, args: [...args], env: { ...process.env, ...env } })
  try {
    const page = await browser.newPage()
    const problems: string[] = []
    page.on('pageerror', error => problems.push(error.message))
    page.on('console', message => message.type() === 'error' && problems.push(message.text()))
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
    await page.waitForFunction('globalThis.exported !== undefined', undefined, { timeout: 60_000 }).catch(cause => {
      throw new Error(`the page did not load: ${problems.join('; ')}`, { cause })
    })
    return await use(page)
  } finally {
    await browser.close()
    server.close()
  }
}

async function bundle(entry: string): Promise<string> {
  const built = await build({
    configFile: false,
    logLevel: 'error',
    resolve: { conditions: ['@qernel/source', 'browser', 'module'] },
    build: { write: false, minify: true, target: 'es2023', rolldownOptions: { input: entry } },
  })
  const outputs = Array.isArray(built) ? built : [built]
  const chunks = outputs.flatMap(one => ('output' in one ? one.output : [])).filter(({ type }) => type === 'chunk')
  if (chunks.length !== 1) throw new Error(`one chunk expected, not ${chunks.length}`)
  const [chunk] = chunks
  return chunk !== undefined && 'code' in chunk ? chunk.code : ''
}
