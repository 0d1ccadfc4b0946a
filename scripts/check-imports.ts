/** Fails when a file or a `package.json` of this workspace breaks the import table of `import-rules.ts`. */
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { checkImports, formatProblem } from './import-rules.ts'

const root = join(import.meta.dirname, '..')
const skipped = new Set(['node_modules', 'dist', 'out', 'data'])

function* sources(folder: string): Generator<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.name.startsWith('.') || skipped.has(entry.name)) continue
    const path = join(folder, entry.name)
    if (entry.isDirectory()) yield* sources(path)
    else if (/\.[jt]sx?$/.test(entry.name) || entry.name === 'package.json') yield path
  }
}

const files = new Map<string, string>()
for (const path of sources(root)) files.set(relative(root, path).split(sep).join('/'), readFileSync(path, 'utf8'))

const problems = checkImports(files)
for (const problem of problems) process.stderr.write(`${formatProblem(problem)}\n`)
process.stdout.write(`check-imports: ${files.size} files, ${problems.length} problems\n`)
if (problems.length > 0) process.exitCode = 1
