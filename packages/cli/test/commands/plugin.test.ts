/** Transforms and kernels from a user's file, which every command with a schedule accepts. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { int8PerChannelQuantize } from '@qernel/kernels'
import { applyStep, findTransform, registerTransform, reorder } from '@qernel/schedule'
import { defaultNest } from '@qernel/schedule/internal'
import { expect, it } from 'vitest'
import { temporaryFolder } from '../../../../test/temporary-folder.ts'
import { inThisProcess, qernel, type Refusal } from '../command-line.ts'

const { path: folder, file } = temporaryFolder()

/** A transform and two kernels, one with a schedule, in TypeScript, far from any package. */
const mine = file(
  'mine.mts',
  `import { f32, i8, kernel, type Nest } from '@qernel/dsl'
import { libraryKernel } from '@qernel/kernels'
import { defineTransform, loopName, parameters, replaceLoopIn, loopsOf, tile, vectorize } from '@qernel/schedule'

export const twice = kernel('twice', ({ size, input, output }) => {
  const x = input('x', f32, [size('N')])
  output('y', f32, { n: 64 }, n => x(n).mul(2))
})

const thrice = kernel('thrice', ({ size, input, output }) => {
  const N = size('N')
  const x = input('x', i8, [N])
  output('y', i8, { n: N }, n => x(n).mul(3))
})

export default libraryKernel(thrice, { schedules: [{ name: 'best', summary: 'words', steps: () => [tile({ n: 64 }), vectorize({ n: 4 })] }] })

export const unrollAll = defineTransform({
  name: 'unrollAll',
  summary: 'unrolls a loop',
  parameters: parameters({ loop: loopName() }),
  numerics: 'exact',
  example: 'split(loop=d,by=2,inner=k) unrollAll(loop=k)',
  apply: (nest: Nest, { loop }: { loop: string }) =>
    loopsOf(nest.body).filter(path => path.loop.name === loop)
      .reduce((next, path) => replaceLoopIn(next, path.loop.id, l => [{ ...l, mode: 'unroll' }]), nest),
})
`,
)

it('emits a kernel of a file under a transform of that file, in a separate process and without a loader', async () => {
  const argv = ['emit', 'twice', '--target', 'wgsl', '--plugin', mine]
  const { exitCode, stdout, stderr } = await qernel([...argv, '--steps', 'split(loop=n,by=2) unrollAll(loop=n_in)'])
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
  expect(stdout).toMatch(/y\[n \* 2u \+ 1u\] = /)
}, 60_000)

it('refuses a schedule that gives its steps as text', async () => {
  const textual = file(
    'text.mjs',
    `import { f32, kernel } from '@qernel/dsl'
import { libraryKernel } from '@qernel/kernels'
export default libraryKernel(
  kernel('once', ({ size, input, output }) => {
    const N = size('N')
    const x = input('x', f32, [N])
    output('y', f32, { n: N }, n => x(n))
  }),
  { schedules: [{ name: 'best', summary: 'text', steps: () => 'tile(n=64)' }] },
)
`,
  )
  const argv = ['--target', 'wgsl', '--plugin', textual]
  const { exitCode, stderr } = await qernel(['emit', 'once', ...argv, '--schedule', 'best'])
  expect({ exitCode, stderr }).toEqual({
    exitCode: 2,
    stderr: `qernel emit: the schedule best gives its steps as text
  where:   --schedule best
  allowed: an array of steps, as [tile({ t: 16, d: 16 })]
  parseSteps of @qernel/schedule makes steps of text
`,
  })
  expect((await qernel(['list', 'schedules', 'once', '--plugin', textual])).exitCode).toBe(2)
}, 60_000)

it('list shows its kernels and transforms, with the schedules of a kernel', async () => {
  const { stdout } = await qernel(['list', '--plugin', mine, '--json'])
  const { kernels, transforms } = JSON.parse(stdout)
  const names = (all: { name: string }[]) => all.map(({ name }) => name)
  expect(names(kernels).slice(-2)).toEqual(['thrice', 'twice'])
  expect(names(transforms)).toContain('unrollAll')
  expect(kernels.at(-1).typeOf).toEqual({ x: ['f32'] })
}, 60_000)

it('accepts the schedule that was written for a kernel', async () => {
  const argv = ['explain', 'thrice', '--schedule', 'best', '--plugin', mine, '--plugin', mine]
  const { exitCode, stdout } = await qernel(argv)
  expect(exitCode).toBe(0)
  expect(stdout).toContain('2. vectorize(n=4)')
}, 60_000)

it('accepts a transform that another copy of the package defined', () => {
  registerTransform({ ...reorder.transform, name: 'permute' } as unknown as Parameters<typeof registerTransform>[0])
  expect(findTransform('permute')?.summary).toBe(reorder.transform.summary)
  const nest = defaultNest(int8PerChannelQuantize())
  const step = { order: 'd.t' }
  expect(applyStep(nest, { transform: 'permute', ...step })).toEqual(applyStep(nest, reorder(step)))
})

mkdirSync(join(folder, 'folder.js'))
const refusals: readonly (Refusal & { readonly plugin: string })[] = [
  {
    what: 'a missing file',
    plugin: join(folder, 'mime.mts'),
    argv: [],
    says: ['no such file', `did you mean '${mine}'`],
  },
  { what: 'a folder', plugin: join(folder, 'folder.js'), argv: [], says: ['a plug-in must be a file'] },
  {
    what: 'a schedule as a plug-in',
    plugin: file('schedule.json', '[]'),
    argv: [],
    says: ['a plug-in must be a JavaScript or TypeScript module', '.mjs', '--schedule'],
  },
  {
    what: 'a module without a transform or a kernel',
    plugin: file('empty.mjs', 'export const a = 1'),
    argv: [],
    says: ['the plug-in exports no transform and no kernel', 'defineTransform'],
  },
  {
    what: 'a module that throws',
    plugin: file('throws.mjs', 'export const a = 1\nnull.b'),
    argv: [],
    says: ['cannot load the plug-in: Cannot read properties of null', 'throws.mjs:2'],
  },
  {
    what: 'a module with a syntax error',
    plugin: file('syntax.mjs', 'export const a = 1 +'),
    argv: [],
    says: ['cannot load the plug-in'],
  },
  {
    what: 'a module that imports a package that is not installed',
    plugin: file('imports.mjs', "import 'not-installed-here'"),
    argv: [],
    says: ["Cannot find package 'not-installed-here'", 'run npm install not-installed-here beside the file'],
  },
  {
    what: 'a kernel with the name of a kernel of the library',
    plugin: file(
      'taken.mjs',
      "export const k = { name: 'int8_per_channel', summary: '', sizes: [], tensors: [], stages: [] }",
    ),
    argv: [],
    says: ['a kernel named int8_per_channel is there already'],
  },
]
it.each(refusals)('refuses $what', async ({ plugin, says }) => {
  const argv = ['emit', 'int8_per_channel', '--target', 'wgsl', '--plugin', plugin]
  const { exitCode, stdout, stderr } = await inThisProcess(argv)
  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' })
  for (const part of says) expect(stderr).toContain(part)
})

it('help mentions --plugin for every command with a schedule', async () => {
  for (const command of ['emit', 'explain', 'run', 'bench', 'list', 'verify'])
    expect((await inThisProcess([command, '--help'])).stdout).toContain('--plugin FILE')
})
