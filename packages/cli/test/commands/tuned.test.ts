/** `--schedule tuned`: found in a database, and said which and why. */
import { npyBytes } from '@qernel/arrays'
import { f32, kernelHash } from '@qernel/dsl'
import { int8PerChannelQuantize } from '@qernel/kernels'
import { parseSteps } from '@qernel/schedule'
import { databaseText, type TunedSchedule } from '@qernel/tune/database'
import { describe, expect, it, vi } from 'vitest'
import { temporaryFolder } from '../../../../test/temporary-folder.ts'
import { inThisProcess, type Refusal } from '../command-line.ts'

vi.setConfig({ testTimeout: 60_000 })

const folder = temporaryFolder()
const kernel = int8PerChannelQuantize()
const steps = 'tile(t=8,d=64) vectorize(d=4)'

const entry = (device: string, target: 'wgsl' | 'cuda'): TunedSchedule => ({
  kernel: kernel.name,
  hash: kernelHash(kernel),
  element: 'f32',
  fixed: { D: 64 },
  launch: { T: 64 },
  target,
  device,
  driver: 'made up',
  time: 1,
  version: '0.1.0',
  steps: parseSteps(steps),
})
const database = folder.file(
  'own.json',
  databaseText([entry('SwiftShader Device (Subzero)', 'wgsl'), entry('Made Up 1', 'cuda')]),
)
const tuned = [kernel.name, '--schedule', 'tuned', '--database', database, '--set', 'D=64']

/** An array of ones. */
const npy = (shape: readonly number[]) => {
  const count = shape.reduce((product, extent) => product * extent, 1)
  return Buffer.concat([...npyBytes({ type: f32, shape, data: new Float32Array(count).fill(1) })])
}

describe('--schedule tuned', () => {
  it('emit takes the schedule of the device that --for names, and says which', async () => {
    const { exitCode, stdout, stderr } = await inThisProcess([
      'emit',
      ...tuned,
      '--target',
      'cuda',
      '--for',
      'made up 1',
    ])
    expect([exitCode, stderr]).toEqual([0, 'note: the schedule is tuned for Made Up 1, D=64 T=64 (qernel 0.1.0)\n'])
    expect(stdout).toContain(`// schedule  tuned: ${steps}\n`)
  })

  it('falls back to best, named so, where nothing is known', async () => {
    const { stdout, stderr } = await inThisProcess(['emit', ...tuned, '--target', 'cuda', '--for', 'AMD'])
    expect(stderr).toContain('not on AMD or another device of its vendor; the schedule is best\n')
    expect(stdout).toContain('// schedule  best: ')
  })

  it('explain says it too', async () => {
    const { stdout, stderr } = await inThisProcess(['explain', ...tuned, '--target', 'cuda', '--for', 'Made Up 1'])
    expect(stderr).toContain('tuned for Made Up 1')
    expect(stdout).toContain('vectorize(d=4)')
  })

  it('bench, check and run look up the device at hand', async () => {
    const adapter = ['--adapter', 'software']
    const own = 'the schedule is tuned for SwiftShader Device (Subzero)'
    const [name = '', ...withSizes] = tuned
    const bench = await inThisProcess(['bench', ...tuned.slice(0, 5), '--sizes', '64x64', '--rounds', '1', ...adapter])
    expect(bench.stderr).toContain(`note: ${name}, tuned: ${own}`)
    const simulated = ['--cases', '2', '--alone', '--seed', '1', '--device', 'webgpu']
    const check = await inThisProcess(['check', ...tuned, ...simulated, ...adapter])
    expect(check.stderr).toContain(`note: ${own}`)
    const x = folder.file('x.npy', npy([64, 64]))
    const scale = folder.file('scale.npy', npy([64]))
    const inputs = ['--input', `x=${x}`, '--input', `scale=${scale}`]
    const run = await inThisProcess(['run', name, ...withSizes, ...inputs, ...adapter])
    expect([run.exitCode, run.stderr]).toEqual([0, expect.stringContaining(`note: ${own}`)])
  })
})

const refusals: readonly Refusal[] = [
  {
    what: 'a device without tuned',
    argv: ['emit', kernel.name, '--target', 'cuda', '--for', 'H200'],
    says: ['--for is about tuned schedules', '--schedule tuned'],
  },
  {
    what: 'a database that is none',
    argv: ['emit', kernel.name, '--target', 'cuda', '--schedule', 'tuned', '--database', folder.file('bad.json', '[]')],
    says: ['not a database of schedules', 'bad.json'],
  },
  {
    what: 'a database that is not there',
    argv: ['emit', kernel.name, '--target', 'cuda', '--schedule', 'tuned', '--database', 'none.json'],
    says: ['no such file', 'none.json'],
  },
  {
    what: 'a misspelt name',
    argv: ['emit', kernel.name, '--target', 'cuda', '--schedule', 'tunde'],
    says: ["unknown schedule 'tunde'", 'tuned'],
  },
]
it.each(refusals)('$what is refused', async ({ argv, says }) => {
  const { exitCode, stdout, stderr } = await inThisProcess(argv)
  expect([exitCode, stdout]).toEqual([2, ''])
  for (const text of says) expect(stderr).toContain(text)
})
