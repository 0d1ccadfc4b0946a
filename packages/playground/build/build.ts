/** `npm run build:playground -- [FOLDER]`: writes the page as static files, which any host serves from any path. */
import { join } from 'node:path'
import { build } from 'vite'
import { folderArgument } from './arguments.ts'
import { root, viteOptions } from './vite-options.ts'

const folder = folderArgument(join(root, 'out'))
await build(viteOptions(folder))
process.stdout.write(`The page is in ${folder}\n`)
