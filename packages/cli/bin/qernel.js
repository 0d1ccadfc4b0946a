#!/usr/bin/env node
import { existsSync } from 'node:fs'

const main = new URL('../dist/main.js', import.meta.url)
if (existsSync(main)) {
  await import(main.href)
} else {
  process.stderr.write('qernel: the packages are not built yet; run `npm run build` in the workspace root first\n')
  process.exitCode = 2
}
