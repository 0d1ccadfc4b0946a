/**
 * Packs every package as `npm publish` would and lints the tarballs: publint for what they contain, attw for whether
 * TypeScript finds the types of every entry point, and programs of users (`check-consumers.ts`). The packages have to be built first.
 */
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core'
import { problemAffectsResolutionKind } from '@arethetypeswrong/core/problems'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import { consumerProblems } from './check-consumers.ts'
import { parseManifest } from './manifest.ts'

const root = join(import.meta.dirname, '..')
const { packageManager } = parseManifest(readFileSync(join(root, 'package.json'), 'utf8'))

async function problemsOf(tarball: Uint8Array<ArrayBuffer>): Promise<string[]> {
  const { messages, pkg } = await publint({ pack: { tarball: tarball.buffer }, level: 'warning' })
  const problems = messages.map(message => `publint: ${formatMessage(message, pkg, { color: false })}`)
  const types = await checkPackage(createPackageFromTarballData(tarball))
  if (types.types === false) {
    if (pkg.bin === undefined) problems.push('attw: no entry point has types')
    return problems
  }
  // The packages are ES modules only, so resolution by CommonJS and Node 10 does not matter.
  const promised = types.problems.filter(
    problem =>
      problemAffectsResolutionKind(problem, 'node16-esm', types) ||
      problemAffectsResolutionKind(problem, 'bundler', types),
  )
  return [...problems, ...promised.map(problem => `attw: ${JSON.stringify(problem)}`)]
}

const folder = mkdtempSync(join(tmpdir(), 'qernel-pack-'))
try {
  const published = ['--filter', './packages/*', '--filter', '!./packages/playground']
  const pack = ['--recursive', ...published, 'pack', '--pack-destination', folder]
  execFileSync('npx', ['--yes', packageManager, ...pack], { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] })
  const tarballs = readdirSync(folder)
  let count = 0
  for (const name of tarballs) {
    for (const problem of await problemsOf(new Uint8Array(readFileSync(join(folder, name))))) {
      process.stderr.write(`${name}: ${problem}\n`)
      count++
    }
  }
  const work = join(folder, 'consumers')
  mkdirSync(work)
  for (const problem of consumerProblems(
    root,
    tarballs.map(name => join(folder, name)),
    work,
  )) {
    process.stderr.write(`${problem}\n`)
    count++
  }
  process.stdout.write(`check-packages: ${tarballs.length} packages, ${count} problems\n`)
  if (count > 0) process.exitCode = 1
} finally {
  rmSync(folder, { recursive: true })
}
