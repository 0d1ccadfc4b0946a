import { readdirSync, readFileSync } from 'node:fs'
import type { Plugin } from 'vite'
import { type ExampleEntry, firstViewId } from '../src/page/first-view.ts'
import { firstView, markup } from '../src/page/print-page.ts'
import type { TextSource } from '../src/protocol.ts'

/** The page runs its own scripts and nothing else, and speaks to no server but for its own files. */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "worker-src 'self'",
  "style-src 'self'",
  // The editor underlines errors with an image in its style sheet.
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ')

/** The kernel that the page shows first, as the engine would find it in the library. */
const firstText: TextSource = {
  kind: 'text',
  text: readFileSync(new URL('../../kernels/library/int8-per-channel.kernel.ts', import.meta.url), 'utf8'),
  name: 'int8PerChannel',
  set: { element: 'f32' },
}

/** The examples, with the comments at their tops. */
function examples(): ExampleEntry[] {
  const folder = new URL('../examples/', import.meta.url)
  return readdirSync(folder).map(file => {
    const [, explanation = ''] = /^\/\*\* (.*) \*\/\n/.exec(readFileSync(new URL(file, folder), 'utf8')) ?? []
    return { name: file.replace('.kernel.ts', ''), explanation }
  })
}

/** Puts the first example into the page, and the policy: the latter only when it is built, since vite's own server for developers inlines styles. */
export const pagePlugin = (): Plugin => ({
  name: 'playground-page',
  transformIndexHtml: {
    order: 'pre',
    handler(html, { server }) {
      const view = firstView(firstText, examples())
      const data = JSON.stringify(view).replace(/</g, '\\u003c')
      const filled = html
        .replace('<div id="page">', tag => tag + markup(view))
        .replace(`id="${firstViewId}">null`, () => `id="${firstViewId}">${data}`)
      const attrs = { 'http-equiv': 'Content-Security-Policy', content: contentSecurityPolicy }
      return { html: filled, tags: server === undefined ? [{ tag: 'meta', attrs, injectTo: 'head-prepend' }] : [] }
    },
  },
})
