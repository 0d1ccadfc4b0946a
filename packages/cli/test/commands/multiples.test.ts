/** The known multiples of open sizes, and their use in schedules, files and messages. */
import { join } from 'node:path'
import { listKernels } from '@qernel/kernels'
import { describe, expect, it } from 'vitest'
import { temporaryFolder } from '../../../../test/temporary-folder.ts'
import { inThisProcess, type Refusal } from '../command-line.ts'

const folder = temporaryFolder()
const quantize = 'int8_per_channel_quantize'
const best = ['--schedule', 'best']

async function stepsOf(...argv: string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await inThisProcess(['emit', ...argv, ...best])
  expect([exitCode, stderr]).toEqual([0, ''])
  return /^\/\/ schedule {2}best: (.*)$/m.exec(stdout)?.[1] ?? ''
}

describe('--multiple', () => {
  it.each([
    ['wgsl', [], 'tile(t=8,d=128) vectorize(d=4)'],
    ['wgsl', ['D=64'], 'tile(t=64,d=128) vectorize(d=4) coarsen(t=8) predicate(t=peel) predicate(d=assume)'],
    ['cuda', [], 'tile(t=16,d=128) vectorize(d=4) coarsen(t=2) predicate(t=peel) predicate(d=assume)'],
    ['cuda', ['D=4'], 'tile(t=16,d=128) vectorize(d=4) coarsen(t=2) predicate(t=peel) predicate(d=assume)'],
    ['cuda', ['D=1'], 'tile(t=8,d=128) vectorize(d=4)'],
    ['cuda', ['D=512', 'T=8'], 'tile(t=4,d=512) vectorize(d=4) coarsen(t=2) predicate(t=assume) predicate(d=assume)'],
  ])('selects the steps for %s with %j', async (target, multiples, steps) => {
    const given = multiples.flatMap(text => ['--multiple', text])
    expect(await stepsOf(quantize, '--target', target, ...given)).toBe(steps)
  })

  it('assumes nothing about fixed sizes, and about columns only if they are the last axis of the float tensor', async () => {
    expect(await stepsOf(quantize, '--target', 'cuda', '--set', 'D=100')).toBe(
      'tile(t=16,d=128) vectorize(d=4) coarsen(t=2) predicate(t=peel)',
    )
    expect(await stepsOf('int8_per_token', '--target', 'cuda')).not.toContain('t=assume')
    expect(await stepsOf('lmdeploy_u4', '--target', 'cuda')).toContain('predicate(c=assume)')
  })

  it('puts the assumption into the file, whose host function still takes any row, and verify reproduces the file', async () => {
    const file = join(folder.path, 'quantize.cu')
    const argv = ['emit', quantize, '--target', 'cuda', ...best, '--type', 'x=f16']
    expect(await inThisProcess([...argv, '--multiple', 'D=16', '-o', file])).toMatchObject({ exitCode: 0 })
    const { stdout } = await inThisProcess(argv)
    expect(stdout).toContain('// Launch only if D is a multiple of 8, x is aligned to 16 bytes')
    expect(stdout).toContain('// Fast if D is a multiple of 8, x is aligned to 16 bytes')
    expect(stdout).toContain('D % 8 == 0  // assumed by predicate(d=assume)')
    expect(stdout).toMatch(/extern "C" __global__ .*_any_[0-9a-f]+\(/)
    expect(await inThisProcess(['verify', file])).toMatchObject({ exitCode: 0, stdout: `${file}: identical\n` })
  })

  it('has the same default in explain', async () => {
    const { stdout } = await inThisProcess(['explain', quantize, '--target', 'cuda', ...best])
    expect(stdout).toContain('D must be a multiple of 4, by predicate(d=assume)')
  })
})

describe('--multiple refuses, with exit code 2,', () => {
  const emit = ['emit', quantize, '--target', 'cuda']
  it.each<Refusal>([
    {
      what: 'an unknown size',
      argv: [...emit, ...best, '--multiple', 'd=4'],
      says: ["unknown size 'd'", '--multiple d=4', "did you mean 'D'?"],
    },
    {
      what: 'a factor without a size',
      argv: [...emit, ...best, '--multiple', '4'],
      says: ["'4' is not of the form SIZE=N", 'allowed: T=N, D=N'],
    },
    {
      what: 'a multiple of 0',
      argv: [...emit, ...best, '--multiple', 'D=0'],
      says: ["'0' is not the factor of a size", 'allowed: a whole number from 1 to 2147483647'],
    },
    {
      what: 'a factor that is not a whole number',
      argv: [...emit, ...best, '--multiple', 'D=4.5'],
      says: ["'4.5' is not the factor of a size"],
    },
    {
      what: 'a size given twice',
      argv: [...emit, ...best, '--multiple', 'D=4', '--multiple', 'D=8'],
      says: ['size D is given twice, as 4 and 8', '--multiple D=8'],
    },
    {
      what: 'a factor that does not divide the fixed size',
      argv: [...emit, ...best, '--set', 'D=100', '--multiple', 'D=8'],
      says: ['size D is fixed to 100, which is not a multiple of 8', 'allowed: a divisor of 100'],
    },
  ])('$what', async ({ argv, says }) => {
    const { exitCode, stdout, stderr } = await inThisProcess(argv)
    expect([exitCode, stdout]).toEqual([2, ''])
    for (const part of says) expect(stderr).toContain(part)
  })
})

describe('--multiple prints a note if it is true but changes nothing:', () => {
  const emit = ['emit', quantize, '--target', 'cuda']
  it.each<Refusal>([
    {
      what: 'less than the kernel declares',
      argv: ['emit', 'onnx_runtime_int8', '--target', 'wgsl', ...best, '--multiple', 'D=2'],
      says: ['the kernel already declares D a multiple of 4'],
    },
    {
      what: 'a schedule that is the same for all sizes',
      argv: [...emit, '--multiple', 'D=8'],
      says: ['the steps of --schedule naive are the same whatever D is a multiple of', '--schedule best, '],
    },
    {
      what: 'steps that are written out',
      argv: [...emit, '--steps', 'tile(t=8,d=128)', '--multiple', 'D=8'],
      says: ['steps that are written out are the same whatever D is a multiple of', 'predicate(AXIS=assume)'],
    },
    {
      what: 'a multiple that is too small for the vectors',
      argv: [...emit, ...best, '--multiple', 'D=6'],
      says: [
        `best of ${quantize} for cuda makes no use of D being a multiple of 6`,
        'it uses D=4, or a multiple of it',
      ],
    },
    {
      what: 'a multiple of rows without a large enough multiple of columns',
      argv: [
        ...['emit', 'int8_per_channel_dequantize', '--target', 'wgsl', '--type', 'x=f16', ...best],
        ...['--multiple', 'T=4', '--multiple', 'D=64'],
      ],
      says: ['makes no use of T being a multiple of 4', 'it uses T together with D: --multiple T=4 --multiple D=1024'],
    },
    {
      what: 'a size that no steps depend on',
      argv: ['emit', 'int8_per_channel_dequantize', '--target', 'cuda', ...best, '--multiple', 'T=8'],
      says: ['makes no use of T being a multiple of 8, or of any other number'],
    },
  ])('$what', async ({ argv, says }) => {
    const noted = await inThisProcess(argv)
    expect(noted.exitCode).toBe(0)
    const [, fact] = /^note: --multiple (\w+=\d+) /.exec(noted.stderr) ?? []
    const unsaid = argv.map(each => (each === fact ? each.replace(/\d+$/, '1') : each))
    expect(unsaid).not.toEqual(argv)
    expect((await inThisProcess(unsaid)).stdout).toBe(noted.stdout)
    for (const part of says) expect(noted.stderr).toContain(part)
  })

  it('the note is left out with --json', async () => {
    const argv = ['emit', quantize, '--target', 'cuda', '--multiple', 'D=8', '--json']
    expect(await inThisProcess(argv)).toMatchObject({ exitCode: 0, stderr: '' })
  })

  it('no best schedule of the library refuses D=64', async () => {
    for (const { name, define } of listKernels()) {
      if (!define().sizes.some(size => size.name === 'D')) continue
      const argv = ['emit', name, '--target', 'wgsl', ...best, '--multiple', 'D=64']
      expect([name, (await inThisProcess(argv)).exitCode]).toEqual([name, 0])
    }
  })
})
