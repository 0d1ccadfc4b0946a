/**
 * Compiles the Handlebars templates of the back ends (`packages/<name>/templates/*.hbs`) into `src/templates.js` of their package. At run time a
 * template would be compiled with `new Function`, which a page under a Content-Security-Policy of `script-src 'self'` may not call.
 *
 *     npm run templates                    write them
 *     npm run templates -- --check         write nothing; exit code 1 and the names of the files that are not current
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import Handlebars from 'handlebars'

const check = process.argv.includes('--check')
const packages = join(import.meta.dirname, '../packages')

/** `torch-source.hbs` becomes `torchSource`. */
const exportName = (file: string): string =>
  basename(file, '.hbs').replace(/-(.)/g, (_, letter: string) => letter.toUpperCase())

function compiledTemplates(folder: string): string {
  const parts = readdirSync(folder)
    .filter(file => file.endsWith('.hbs'))
    .sort()
    .map(file => {
      const compiled = Handlebars.precompile(readFileSync(join(folder, file), 'utf8'), { strict: true, noEscape: true })
      return `export const ${exportName(file)} = ${String(compiled)}\n`
    })
  return [
    '// Written by scripts/precompile-templates.ts from templates/*.hbs; npm run templates writes it again.\n',
    ...parts,
  ].join('\n')
}

let count = 0
let stale = 0
for (const name of readdirSync(packages)) {
  const folder = join(packages, name, 'templates')
  if (!existsSync(folder)) continue
  const file = join(packages, name, 'src/templates.js')
  const text = compiledTemplates(folder)
  count++
  if (existsSync(file) && readFileSync(file, 'utf8') === text) continue
  stale++
  if (check) process.stderr.write(`packages/${name}/src/templates.js is not current; npm run templates writes it\n`)
  else writeFileSync(file, text)
}
process.stdout.write(`templates: ${count} files, ${stale} ${check ? 'not current' : 'written'}\n`)
if (check && stale > 0) process.exitCode = 1
