/** `qernel check`: right schedules, a wrong transform of a plug-in with the line that replays it, and bad usage. */
import { symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { int8PerChannelQuantize } from '@qernel/kernels'
import { parseSteps } from '@qernel/schedule'
import type { ValueClass } from '@qernel/testing'
import { triesEnough } from '@qernel/testing/internal'
import { describe, expect, it } from 'vitest'
import { shellWords } from '../../../../test/printed-commands/shell-words.ts'
import { temporaryFolder } from '../../../../test/temporary-folder.ts'
import { failureText, reportText, type Words } from '../../src/commands/check/report.ts'
import { inThisProcess, qernel, type Refusal } from '../command-line.ts'

const { file, path: folder } = temporaryFolder()

/** A tile without its guards. */
const careless = file(
  'careless.mts',
  `import { axisFactors, defineTransform, mapLeaves, tile } from '@qernel/schedule'

export const carelessTile = defineTransform({
  name: 'carelessTile',
  summary: 'drops every guard',
  parameters: axisFactors({}),
  numerics: 'exact',
  example: 'carelessTile(d=16)',
  apply(nest, args, context) {
    const tiled = tile.transform.apply(nest, args, context)
    return 'refused' in tiled ? tiled : { ...tiled, body: mapLeaves(tiled.body, leaf => ({ ...leaf, where: [] })) }
  },
})
`,
)

describe('check accepts', () => {
  it('a right schedule, alone and with further steps', async () => {
    const { exitCode, stdout } = await inThisProcess(
      'check int8_per_token --schedule best --cases 40 --seed 1'.split(' '),
    )
    expect(exitCode).toBe(0)
    expect(stdout).toMatch(/^40 cases of 10 programs, all right: \d+ simulated.* \(seed 1\)\n$/)
  })

  it('a schedule for a known multiple of a size', async () => {
    const on = 'check int8_per_channel_quantize --schedule best --cases 2 --seed 1 --alone --multiple'.split(' ')
    expect(await inThisProcess([...on, 'D=8'])).toMatchObject({ exitCode: 0 })
    const { exitCode, stderr } = await inThisProcess([...on, 'D=2'])
    expect([exitCode, stderr]).toEqual([0, expect.stringContaining('it uses D=4, or a multiple of it')])
  })

  it('a schedule for CUDA, which it simulates as emit writes it', async () => {
    const on = 'check int8_per_token --schedule best --target cuda --cases 12 --seed 1 --alone'.split(' ')
    const { exitCode, stdout } = await inThisProcess(on)
    // Its lanes combine in subgroups, and other threads need more shared memory than WebGPU guarantees, so only CUDA is simulated.
    expect([exitCode, stdout]).toEqual([0, expect.stringMatching(/^12 cases .*: 12 simulated \(/)])
    const { stderr } = await inThisProcess([...on, '--multiple', 'D=2'])
    expect(stderr).toContain('best of int8_per_token for cuda makes no use of D being a multiple of 2')
  })

  it('a single case, and raises a size that no launch takes, with a note', async () => {
    const on = 'check int8_per_channel_quantize --schedule best --values uniform --seed 1 --at T=3 --at'.split(' ')
    const { exitCode, stderr } = await inThisProcess([...on, 'D=5', '--multiple', 'D=4'])
    expect([exitCode, stderr]).toEqual([0, 'D=5 is raised to a multiple of 4: assumed by predicate(d=assume)\n'])
    expect(await inThisProcess([...on, 'D=5'])).toMatchObject({ exitCode: 0, stderr: '' })
  })

  it('a signal, after which it reports what was tried and exits with its code', async () => {
    const before = process.listenerCount('SIGINT')
    const run = inThisProcess('check int8_per_token --cases 100000 --seed 1'.split(' '))
    const told = setInterval(() => {
      if (process.listenerCount('SIGINT') === before) return
      clearInterval(told)
      process.emit('SIGINT')
    }, 100)
    const { exitCode, stdout, stderr } = await run
    expect(exitCode).toBe(130)
    expect(stdout).toMatch(/^Stopped by SIGINT (after \d+ of 100000 cases\. \d+ cases of \d+ programs|before a case)/)
    expect(stderr).toContain('SIGINT: stopping after the current program')
  })

  it('a run on a device, and prints data with --json', async () => {
    const argv = 'check int8_per_token --alone --cases 8 --seed 1 --device webgpu --adapter software --json'.split(' ')
    const { exitCode, stdout } = await inThisProcess(argv)
    expect(exitCode).toBe(0)
    const { cases, ran, seed, failure } = JSON.parse(stdout)
    expect({ cases, seed, failure }).toEqual({ cases: 8, seed: 1, failure: null })
    expect(Object.values(ran)).toEqual([8])
  }, 60_000)
})

describe('a wrong transform', () => {
  const argv = [
    'check',
    'int8_per_channel_quantize',
    '--steps',
    'split(loop=t,by=2) carelessTile(d=8)',
    '--plugin',
    careless,
  ]

  it('is found, shrunk, and replayed by the printed line', async () => {
    const { exitCode, stdout, stderr } = await qernel([...argv, '--alone', '--seed', '1'])
    expect([exitCode, stderr]).toEqual([1, ''])
    expect(stdout).toContain('schedule  carelessTile(d=')
    const line = /^ {2}replay {4}qernel (check .*)$/m.exec(stdout)?.[1] ?? ''
    const words = shellWords(line)
    expect(words).toContain('--plugin')
    const again = await qernel(words)
    expect(again.exitCode).toBe(1)
    expect(again.stdout.split('\n')[0]).toBe(stdout.split('\n')[0])
  }, 60_000)
})

/** A plug-in whose name has to be quoted in a shell. */
const oddlyNamed = join(folder, "it's mine.ts")
symlinkSync(join(import.meta.dirname, '../open-results.ts'), oddlyNamed)

it('a check that tried less than half of its cases in some place is not all right, and says what was not tried', () => {
  const counts = { cases: 40, programs: 10, simulated: 40, refused: 0 }
  const why = 'the source is too long'
  const report = { ...counts, ran: { GPU: 12 }, untried: [{ where: 'GPU', why, cases: 28 }] }
  expect([triesEnough(report), triesEnough({ ...report, ran: { GPU: 20 } })]).toEqual([false, true])
  expect(reportText(report, 3)).toBe(
    '40 cases of 10 programs, TOO FEW TESTED: nothing was wrong, but less than half of the cases ran in some place: ' +
      '40 simulated, 12 on GPU (seed 3)\n  not tested: 28 on GPU: the source is too long\n',
  )
})

describe('the line that replays a failure runs', () => {
  const failures = [
    { what: 'without steps', steps: '', values: 'constant groups' },
    { what: 'with the longest seed', steps: 'tile(t=2,d=3)', seed: 2 ** 31 - 1 },
    { what: 'with a size that is fixed', steps: 'vectorize(d=4)', fixed: { D: 8 }, sizes: { T: 3, D: 8 } },
    { what: 'with a file whose name a shell reads otherwise', steps: '', plugin: [oddlyNamed] },
    { what: 'on a device', steps: '', device: ['webgpu'], adapter: 'software' },
    { what: 'of another type', steps: '', type: 'x=f16' },
  ] as const

  it.each(failures)('$what', async failure => {
    const {
      steps,
      fixed = {},
      sizes = { T: 3, D: 5 },
      values = 'uniform',
      seed = 1,
    } = { fixed: {}, ...failure } as {
      readonly steps: string
      readonly fixed?: Record<string, number>
      readonly sizes?: Record<string, number>
      readonly values?: ValueClass
      readonly seed?: number
    }
    const { type, plugin = [], device = [], adapter } = failure as Partial<Words['options']>
    const kernel = int8PerChannelQuantize()
    const trial = { kernel, steps: parseSteps(steps), fixed, cases: [{ sizes, values, seed }], machine: 0 }
    const words = { kernel: kernel.name, parameters: [], options: { type, plugin, device, adapter } }
    const text = failureText({ what: 'wrong', trial, shrinks: 0, seed: 1 }, words)
    const [name, ...argv] = shellWords(/^ {2}replay {4}(.*)$/m.exec(text)?.[1] ?? '')
    expect(name).toBe('qernel')
    const { exitCode, stdout, stderr } = await inThisProcess(argv)
    // This kernel is right, so the reported failure does not occur.
    expect([exitCode, stderr], stdout).toEqual([0, ''])
    expect(stdout).toContain(`(seed ${seed})`)
  })
})

const refusals: readonly Refusal[] = [
  { what: 'a missing kernel', argv: ['check'], says: ['KERNEL is missing'] },
  {
    what: 'a step that does not apply',
    argv: ['check', 'int8_per_token', '--steps', 'tile(q=3)'],
    says: ['there is no axis q'],
  },
  { what: '0 cases', argv: ['check', 'int8_per_token', '--cases', '0'], says: ['nothing to check: 0 cases'] },
  {
    what: 'a seed that is not a number',
    argv: ['check', 'int8_per_token', '--seed', 'x'],
    says: ["'x' is not a whole number"],
  },
  {
    what: 'an adapter without a device',
    argv: ['check', 'int8_per_token', '--adapter', 'software'],
    says: ['--adapter is given without --device', '--device webgpu'],
  },
  {
    what: 'an incomplete case',
    argv: ['check', 'int8_per_token', '--at', 'T=3'],
    says: ['a single case needs more options', '--at D=N', '--values CLASS', '--seed S'],
  },
  {
    what: 'a case that does not fit into memory',
    argv: 'check int8_per_token --at T=100000 --at D=100000 --values NaN --seed 1'.split(' '),
    says: ['x would have 10000000000 elements', 'where:   --at', 'more than 16777216'],
  },
  {
    what: 'a size below 0',
    argv: ['check', 'int8_per_token', '--at', 'T=-3'],
    says: ["'-3' is not a size", 'where:   --at T=-3'],
  },
  {
    what: 'an unknown class of values',
    argv: ['check', 'int8_per_token', '--schedule', 'none', '--values', 'nans'],
    says: ["unknown values 'nans'", "did you mean 'NaN'"],
  },
  {
    what: 'an unknown device',
    argv: ['check', 'int8_per_token', '--device', 'metal'],
    says: ["unknown value for --device 'metal'"],
  },
]

it.each(refusals)('refuses $what', async ({ argv, says }) => {
  const { exitCode, stderr, stdout } = await inThisProcess(argv)
  expect([exitCode, stdout]).toEqual([2, ''])
  for (const part of says) expect(stderr).toContain(part)
})
