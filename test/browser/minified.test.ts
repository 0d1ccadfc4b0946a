/** A bundler renames the parameters of functions. Axes that schedules name have keys, so the library means the same in a minified page. */
import { fileURLToPath } from 'node:url'
import { build } from 'vite'
import { expect, test } from 'vitest'
import type * as library from './library.ts'
import { hashes } from './library.ts'

const entry = fileURLToPath(new URL('./library.ts', import.meta.url))

test('the minified library has the same kernels, and each compiles under its own schedules', async () => {
  const built = await build({
    configFile: false,
    logLevel: 'error',
    resolve: { conditions: ['@qernel/source'] },
    build: { write: false, minify: true, lib: { entry, formats: ['es'] } },
  })
  const [output] = Array.isArray(built) ? built : []
  const code = output?.output[0].code ?? ''
  // The test relies on this: parameters are renamed.
  expect(code).not.toMatch(/\((t, ?d)\) ?=>/)
  const minified: typeof library = await import(`data:text/javascript;base64,${Buffer.from(code).toString('base64')}`)
  expect(minified.hashes()).toEqual(hashes())
  expect(minified.failures()).toEqual([])
}, 120_000)
