/** Reads what follows `npm run playground --` and `npm run build:playground --`. Bad arguments end the process with code 2, before anything is built. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { firstViewId } from '../src/page/first-view.ts'
import { root } from './vite-options.ts'

/** One argument at most, and no option. */
function onlyArgument(usage: string): string | undefined {
  const given = process.argv.slice(2)
  const [argument] = given
  if (given.length > 1 || argument?.startsWith('-'))
    end(`unexpected ${given.at(argument?.startsWith('-') ? 0 : 1)}`, usage)
  return argument
}

/** The port to listen on, `usual` unless one is given. */
export function portArgument(usual: number): number {
  const usage = 'npm run playground -- [PORT]'
  const given = onlyArgument(usage) ?? String(usual)
  const port = Number(given)
  if (!/^\d+$/.test(given) || port < 1 || port > 65535) end(`the port is ${given}; it must be from 1 to 65535`, usage)
  return port
}

/** The folder to write, `usual` unless one is given. It is emptied, so it must be new, empty, or an earlier build of the page. */
export function folderArgument(usual: string): string {
  const usage = 'npm run build:playground -- [FOLDER]'
  const folder = resolve(onlyArgument(usage) ?? usual)
  if (!existsSync(folder)) return folder
  if (!statSync(folder).isDirectory()) end(`${folder} is a file; a folder is expected`, usage)
  if (readdirSync(folder).length > 0 && !isBuiltPage(folder))
    end(`${folder} has other files, and building empties it; choose a new or an empty folder`, usage)
  return folder
}

function isBuiltPage(folder: string): boolean {
  const page = join(folder, 'index.html')
  const ours = ['index.html', 'assets', ...readdirSync(join(root, 'public'))]
  return (
    readdirSync(folder).every(name => ours.includes(name)) &&
    existsSync(page) &&
    readFileSync(page, 'utf8').includes(`id="${firstViewId}"`)
  )
}

function end(problem: string, usage: string): never {
  process.stderr.write(`${problem}\nusage: ${usage}\n`)
  process.exit(2)
}
