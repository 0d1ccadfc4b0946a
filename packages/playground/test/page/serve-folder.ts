/** A static host, as simple as there are. */
import { once } from 'node:events'
import { createReadStream, statSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join, normalize } from 'node:path'

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
}

/** A folder that is served below a path. */
export interface Host {
  /** `http://127.0.0.1:4173`: whatever does not begin so is another host. */
  readonly origin: string
  /** Of the folder, with the path. */
  readonly address: string
  close(): void
}

/** Serves a folder from a path, as many hosts do. */
export async function serveFolder(folder: string): Promise<Host> {
  const server = createServer(({ url = '' }, response) => {
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
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return { origin, address: `${origin}/some/folder/`, close: () => server.close() }
}
