/** `npm run build:playground -- [FOLDER]`: writes the page as static files, which any host serves from any path. */
import { join, resolve } from 'node:path'
import { build } from 'vite'
import { root, viteOptions } from './vite-options.ts'

const [folder = join(root, 'out')] = process.argv.slice(2)
await build(viteOptions(resolve(folder)))
process.stdout.write(`The page is in ${resolve(folder)}\n`)
