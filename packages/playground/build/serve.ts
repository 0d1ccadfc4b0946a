/** `npm run playground -- [PORT]`: builds the page and serves it on this machine. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build, preview } from 'vite'
import { portArgument } from './arguments.ts'
import { viteOptions } from './vite-options.ts'

const port = portArgument(4173)
const folder = mkdtempSync(join(tmpdir(), 'qernel-playground-'))
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit())
await build(viteOptions(folder))
const server = await preview({ ...viteOptions(folder), preview: { port } })
process.stdout.write(`The playground is at ${server.resolvedUrls?.local[0]} (Ctrl-C ends it)\n`)
