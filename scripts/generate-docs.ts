/**
 * Writes the generated parts of the documentation, so that what it shows is what the program does.
 *
 *     npm run docs                    write them
 *     npm run docs -- --snapshot      also run npm start and take its table, whose times differ from run to run
 *     npm run docs -- --check         write nothing; exit code 1 and the names of the pages that are not current
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fillParts } from './docs/markers.ts'
import { pages, writtenPages } from './docs/pages/pages.ts'
import { startTable } from './docs/pages/readme.ts'
import { root } from './docs/qernel.ts'

const check = process.argv.includes('--check')
const snapshot = process.argv.includes('--snapshot') && !check

const texts = new Map(Object.entries(pages()))
for (const [page, parts] of Object.entries(writtenPages())) {
  const text = fillParts(page, readFileSync(join(root, page), 'utf8'), parts)
  texts.set(page, page === 'README.md' && snapshot ? fillParts(page, text, { table: startTable() }, 'snapshot') : text)
}

const stale = [...texts].filter(([page, text]) => read(page) !== text).map(([page]) => page)
const folder = join(root, 'docs/transforms')
const left = (existsSync(folder) ? readdirSync(folder) : [])
  .map(name => `docs/transforms/${name}`)
  .filter(page => !texts.has(page))

if (check) {
  for (const page of stale) process.stderr.write(`${page} is not current; npm run docs writes it\n`)
  for (const page of left) process.stderr.write(`${page} is about nothing that exists; npm run docs removes it\n`)
  if (stale.length + left.length > 0) process.exitCode = 1
} else {
  for (const page of stale) {
    mkdirSync(dirname(join(root, page)), { recursive: true })
    writeFileSync(join(root, page), texts.get(page) as string)
  }
  for (const page of left) rmSync(join(root, page))
}
process.stdout.write(
  `documentation: ${texts.size} pages, ${stale.length + left.length} ${check ? 'not current' : 'written'}\n`,
)

function read(page: string): string | undefined {
  const path = join(root, page)
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined
}
