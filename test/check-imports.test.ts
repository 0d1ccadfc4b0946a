import { describe, expect, test } from 'vitest'
import { checkImports, formatProblem } from '../scripts/import-rules.ts'

const manifest = (name: string, fields: object = {}, subPaths: readonly string[] = []) =>
  JSON.stringify(
    {
      name: `@qernel/${name}`,
      exports: { '.': {}, ...Object.fromEntries(subPaths.map(path => [path, {}])), './internal/*': null },
      ...fields,
    },
    null,
    2,
  )

/** A small workspace that follows every rule; each test adds the file that breaks one. */
const sound = {
  'packages/dsl/package.json': manifest('dsl', {}, ['./source']),
  'packages/dsl/src/index.ts': "export * from './types.ts'\n",
  'packages/dsl/src/types.ts': 'export type A = 1\n',
  'packages/dsl/src/source/index.ts': 'export const p = 1\n',
  'packages/codegen-wgsl/package.json': manifest('codegen-wgsl', { peerDependencies: { 'ts-morph': '1' } }, [
    './launcher',
  ]),
  'packages/codegen-wgsl/src/launcher/index.ts': "import { Project } from 'ts-morph'\nexport const p = Project\n",
  'packages/cli/package.json': manifest('cli', {
    dependencies: { '@qernel/codegen-wgsl': 'workspace:*', 'ts-morph': '1' },
  }),
  'packages/schedule/package.json': manifest('schedule', { dependencies: { '@qernel/dsl': 'workspace:*' } }),
  'packages/schedule/src/index.ts': "export type { A } from '@qernel/dsl'\n",
  'packages/runtime/package.json': manifest('runtime', { peerDependencies: { '@qernel/software-gpu': 'workspace:*' } }),
  'packages/runtime/src/index.ts': "import 'node:fs'\nexport const load = () => import('@qernel/software-gpu')\n",
  'packages/software-gpu/package.json': manifest('software-gpu'),
  'examples/one/main.ts': "import '@qernel/dsl/source'\nimport 'node:fs'\n",
}

const check = (files: Record<string, string>) =>
  checkImports(new Map(Object.entries({ ...sound, ...files }))).map(formatProblem)

test('a workspace that follows the rules has no problems', () => {
  expect(check({})).toEqual([])
})

describe('refuses imports', () => {
  test('against the direction of the table', () => {
    expect(check({ 'packages/dsl/src/nest.ts': "\nimport type { B } from '@qernel/schedule'\n" })).toEqual([
      'packages/dsl/src/nest.ts:2: imports @qernel/schedule; dsl may import none of our packages',
    ])
    expect(check({ 'packages/schedule/src/run.ts': "export * from '@qernel/runtime'\n" })).toEqual([
      'packages/schedule/src/run.ts:1: imports @qernel/runtime; schedule may import @qernel/dsl',
    ])
  })

  test('of Node from a package that runs in browsers, in any spelling', () => {
    const text =
      "import 'node:fs'\nexport { join } from 'path'\nconst os = import('os')\ntype W = import('worker_threads').Worker\n"
    const allowed =
      'schedule runs in browsers; only arrays, runtime, software-gpu, kernel-file, bench, tune, cli may use Node'
    expect(check({ 'packages/schedule/src/io.ts': text })).toEqual([
      `packages/schedule/src/io.ts:1: imports node:fs; ${allowed}`,
      `packages/schedule/src/io.ts:2: imports path; ${allowed}`,
      `packages/schedule/src/io.ts:3: imports os; ${allowed}`,
      `packages/schedule/src/io.ts:4: imports worker_threads; ${allowed}`,
    ])
  })

  test('but not text that only looks like an import', () => {
    expect(check({ 'packages/dsl/src/text.ts': "// import 'node:fs'\nexport const s = `import 'node:fs'`\n" })).toEqual(
      [],
    )
  })

  test('of a file of another package by its path, from sources, tests and examples', () => {
    const allowed = 'import @qernel/dsl or @qernel/dsl/source'
    const files = {
      'packages/schedule/src/deep.ts': "import '../../dsl/src/types.ts'\n",
      'packages/schedule/test/deep.test.ts': "import '../src/index.ts'\nimport '../../dsl/src/types.ts'\n",
      'examples/one/deep.ts': "import '../../packages/dsl/src/types.ts'\n",
      'test/deep.test.ts': "import '../packages/dsl/src/types.ts'\n",
    }
    expect(check(files)).toEqual([
      `packages/schedule/src/deep.ts:1: reaches into packages/dsl by a path; ${allowed}`,
      `packages/schedule/test/deep.test.ts:2: reaches into packages/dsl by a path; ${allowed}`,
      `examples/one/deep.ts:1: reaches into packages/dsl by a path; ${allowed}`,
      `test/deep.test.ts:1: reaches into packages/dsl by a path; ${allowed}`,
    ])
  })

  test('of a workspace-only entry point from an example', () => {
    const files = {
      'packages/dsl/package.json': manifest('dsl', {}, ['./source', './internal']),
      'examples/one/walk.ts': "import '@qernel/dsl/internal'\n",
    }
    expect(check(files)).toEqual([
      'examples/one/walk.ts:1: imports @qernel/dsl/internal; examples show what users may import: @qernel/dsl',
    ])
  })

  test('of something that a package does not export', () => {
    expect(check({ 'test/a.test.ts': "import '@qernel/dsl/src/types.ts'\nimport '@qernel/gone'\n" })).toEqual([
      'test/a.test.ts:1: imports @qernel/dsl/src/types.ts, which is not public; its entry points are @qernel/dsl, @qernel/dsl/source',
      'test/a.test.ts:2: imports @qernel/gone, which is not public; there is no such package',
    ])
  })

  test('that always load an optional package', () => {
    const text = "import type { D } from '@qernel/software-gpu'\nimport '@qernel/software-gpu'\n"
    expect(check({ 'packages/runtime/src/eager.ts': text })).toEqual([
      'packages/runtime/src/eager.ts:2: always loads @qernel/software-gpu, which is optional; use import() or import type',
    ])
  })

  test('of a confined dependency outside its folder', () => {
    expect(check({ 'packages/dsl/src/parse.ts': "import 'ts-morph'\n" })).toEqual([
      'packages/dsl/src/parse.ts:1: imports ts-morph; only packages/codegen-wgsl/src/launcher and packages/kernel-file/src/parse and packages/kernel-file/src/editor may',
    ])
  })
})

describe('refuses a package.json', () => {
  test('with a dependency that the table does not allow', () => {
    const dependencies = { handlebars: '1', '@qernel/runtime': 'workspace:*', webgpu: '1' }
    expect(check({ 'packages/schedule/package.json': manifest('schedule', { dependencies }) })).toEqual([
      'packages/schedule/package.json:9: schedule has @qernel/runtime in dependencies; schedule may import @qernel/dsl',
      'packages/schedule/package.json:10: schedule depends on webgpu; only packages/runtime/src may',
    ])
  })

  test('of a package that is not in the table', () => {
    expect(check({ 'packages/unlisted/package.json': manifest('unlisted') })).toEqual([
      'packages/unlisted/package.json:1: the package unlisted is not in the import table; add a row to importTable in scripts/import-rules.ts',
    ])
  })
})

describe('refuses cycles', () => {
  const allowed = 'move what both need into a file or package below them'

  test('between files of a package', () => {
    const files = {
      'packages/dsl/src/types.ts': "import type { B } from './b.ts'\n",
      'packages/dsl/src/b.ts': "import './c/d.ts'\n",
      'packages/dsl/src/c/d.ts': "\nimport '../types.ts'\n",
    }
    expect(check(files)).toEqual([
      `packages/dsl/src/c/d.ts:2: closes a cycle of files: packages/dsl/src/types.ts -> packages/dsl/src/b.ts -> packages/dsl/src/c/d.ts -> packages/dsl/src/types.ts; ${allowed}`,
    ])
  })

  test('between packages through a devDependency', () => {
    const devDependencies = { '@qernel/schedule': 'workspace:*' }
    expect(check({ 'packages/dsl/package.json': manifest('dsl', { devDependencies }, ['./source']) })).toEqual([
      `packages/schedule/package.json:8: closes a cycle of packages: dsl -> schedule -> dsl; ${allowed}`,
    ])
  })
})
