/** Every package that runs in browsers, and every entry point for browsers of another, is bundled for one: nothing in the bundle may need Node. */
import { readFileSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { join } from 'node:path'
import { build, type Plugin } from 'vite'
import { expect, test } from 'vitest'
import { importTable } from '../../scripts/import-rules.ts'
import { parseManifest } from '../../scripts/manifest.ts'

/** Entry points for browsers of packages that need Node otherwise. */
const ownEntries = [
  '@qernel/runtime/webgpu',
  '@qernel/kernel-file/text',
  '@qernel/kernel-file/editor',
  '@qernel/testing/inputs',
]

/** TypeScript asks for Node only where it runs in Node; the tests of the playground run it in a browser. */
const typescript = /\/node_modules\/(@ts-morph\/common|ts-morph)\//

const runsInBrowsers = (name: string): boolean => {
  const rule = importTable[name]
  return rule !== undefined && rule.node !== true && rule.imports.every(runsInBrowsers)
}

const entries = [
  ...Object.keys(importTable)
    .filter(runsInBrowsers)
    .flatMap(name => {
      const manifest = join(import.meta.dirname, '../../packages', name, 'package.json')
      const { exports } = parseManifest(readFileSync(manifest, 'utf8'))
      return Object.keys(exports).flatMap(path => (exports[path] === null ? [] : [`@qernel/${name}${path.slice(1)}`]))
    }),
  ...ownEntries,
]

/** The bundled modules by the Node modules that they import. */
async function nodeImports(specifiers: readonly string[], more = ''): Promise<string[]> {
  const found: string[] = []
  const entry = '\0entries'
  const watching: Plugin = {
    name: 'watch-node',
    enforce: 'pre',
    resolveId: (source, importer = '') => {
      if (source === 'entries') return entry
      const isNode = source.startsWith('node:') || builtinModules.includes(source)
      if (isNode && !typescript.test(importer)) found.push(`${source} in ${importer}`)
      return null
    },
    load: id => {
      const text = specifiers.map((specifier, i) => `export * as entry${i} from '${specifier}'\n`).join('')
      return id === entry ? text + more : null
    },
  }
  await build({
    configFile: false,
    // The page depends on all of them.
    root: join(import.meta.dirname, '../../packages/playground'),
    logLevel: 'silent',
    plugins: [watching],
    resolve: { conditions: ['@qernel/source', 'browser', 'module'] },
    build: {
      write: false,
      minify: false,
      target: 'es2023',
      // Nothing is dropped because nobody uses it here.
      rolldownOptions: { input: 'entries', treeshake: false, preserveEntrySignatures: 'strict' },
    },
  })
  return found
}

test('packages for browsers need no Node', async () => {
  for (const known of ['@qernel/dsl', '@qernel/codegen-cuda', '@qernel/kernels']) expect(entries).toContain(known)
  expect(await nodeImports(entries)).toEqual([])
}, 120_000)

test('the test sees where Node is needed', async () => {
  expect(await nodeImports([], "export * from '@qernel/runtime'")).not.toEqual([])
}, 120_000)
