/** `npm run bench:playground -- [ROUNDS [KERNEL]]`: bundles the benchmark as the page is bundled, and runs it. `NODE_OPTIONS=--cpu-prof` profiles it. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build, defaultServerConditions } from 'vite'

const folder = mkdtempSync(join(tmpdir(), 'qernel-bench-'))
await build({
  configFile: false,
  root: join(import.meta.dirname, '..'),
  logLevel: 'warn',
  publicDir: false,
  resolve: { conditions: ['@qernel/source', ...defaultServerConditions] },
  ssr: { noExternal: true },
  // Names stay readable in profiles.
  build: { ssr: 'bench/compile.ts', outDir: folder, target: 'es2023', minify: false },
})
const { status } = spawnSync(process.execPath, [join(folder, 'compile.js'), ...process.argv.slice(2)], {
  stdio: 'inherit',
})
rmSync(folder, { recursive: true })
process.exitCode = status ?? 1
