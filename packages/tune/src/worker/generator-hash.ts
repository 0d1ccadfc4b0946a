/** Tells code generators apart, whatever their version says: results of other code are no longer true. */
import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { textHash } from '@qernel/dsl/internal'

/** The packages that make code of a schedule, beside each other in one folder. */
const packages = ['dsl', 'schedule', 'codegen', 'codegen-wgsl', 'codegen-cuda']

let known: string | undefined

/** The hash of the files that make code of schedules, as this process has loaded them. Equal hashes mean equal code; other ones may too. */
export function generatorHash(): string {
  known ??= textHash(
    generatorFolders()
      .flatMap(folder => filesIn(folder))
      .map(file => readFileSync(file, 'utf8'))
      .join('\0'),
  )
  return known
}

function generatorFolders(): string[] {
  try {
    // …/dsl/dist/index.js, or …/dsl/src/index.ts
    const entry = realpathSync(fileURLToPath(import.meta.resolve('@qernel/dsl')))
    const [own, all] = [dirname(entry), dirname(dirname(dirname(entry)))]
    const folders = packages.map(name => join(all, name, own.slice(dirname(own).length + 1)))
    if (folders.every(folder => existsSync(folder))) return folders
  } catch {
    // A bundle has no packages.
  }
  return [dirname(realpathSync(process.argv[1] ?? '.'))]
}

const filesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter(name => /(?<!\.d)\.[cm]?[jt]s$/.test(name))
    .sort()
    .map(name => join(folder, name))
