/**
 * Installs and builds what a command of the workspace needs, and nothing twice: pnpm runs only if a manifest or the lock file changed since its last
 * run here. This is plain JavaScript, because nothing is installed yet.
 */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'

const stamp = 'node_modules/.bootstrap'
const folders = ['packages', 'examples'].flatMap(root => readdirSync(root).map(name => `${root}/${name}`))
const manifests = ['package.json', 'pnpm-lock.yaml', 'pnpm-workspace.yaml', ...folders.map(f => `${f}/package.json`)]
const hash = createHash('sha256').update(process.version)
for (const file of manifests.filter(existsSync)) hash.update(file).update(readFileSync(file))
const wanted = hash.digest('hex')

const isInstalled =
  existsSync('node_modules/.modules.yaml') && existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted
if (!isInstalled) {
  run('npx', ['--yes', 'pnpm@10.34.9', 'install', '--frozen-lockfile'])
  writeFileSync(stamp, wanted)
}
// What runs from source needs no built packages.
if (!process.argv.includes('--install-only')) run('node_modules/.bin/tsc', ['-b', 'packages'])

function run(command, args) {
  const { status, error } = spawnSync(command, args, { stdio: 'inherit', shell: process.platform === 'win32' })
  if (error !== undefined) throw error
  if (status !== 0) process.exit(status ?? 1)
}
