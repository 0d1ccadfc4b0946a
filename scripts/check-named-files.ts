/** Checks that every file or folder named between backticks in a comment or a page exists, so that renames reach the text too. */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { missingFiles } from './named-files.ts'

const root = join(import.meta.dirname, '..')
const tracked = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
  cwd: root,
  encoding: 'utf8',
})
const paths = tracked.split('\n').filter(path => path !== '')
const files = new Map(
  paths.map(path => [path, /\.(ts|mts|mjs|js|md)$/.test(path) ? readFileSync(join(root, path), 'utf8') : undefined]),
)
const missing = missingFiles(files)
for (const { file, line, name } of missing) {
  process.stderr.write(
    `${file}:${line}: there is no ${name}; if it is no file of this tree, give the reason in namedElsewhere\n`,
  )
}
process.stdout.write(`check-named-files: ${files.size} files, ${missing.length} names of files that do not exist\n`)
if (missing.length > 0) process.exitCode = 1
