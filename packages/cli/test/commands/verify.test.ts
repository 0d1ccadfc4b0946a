import { readFileSync } from 'node:fs'
import type { Target } from '@qernel/codegen'
import { cuda } from '@qernel/codegen-cuda'
import { wgsl } from '@qernel/codegen-wgsl'
import { f16 } from '@qernel/dsl'
import { int8PerChannelQuantize, kernelLibrary } from '@qernel/kernels'
import { parseSteps } from '@qernel/schedule'
import { describe, expect, it } from 'vitest'
import { temporaryFolder } from '../../../../test/temporary-folder.ts'
import { withContentHash } from '../../src/emission/content-hash.ts'
import { inThisProcess, qernel } from '../command-line.ts'

const folder = temporaryFolder()

async function emitted(name: string, ...argv: string[]): Promise<string> {
  const file = folder.file(name)
  const { exitCode, stderr } = await inThisProcess(['emit', ...argv, '-o', file])
  expect([exitCode, stderr]).toEqual([0, ''])
  return file
}

const verify = (file: string, ...options: string[]) => inThisProcess(['verify', file, ...options])

describe('a file as it was generated', () => {
  it.each([
    ['CUDA under steps', ['int8_per_channel', '--target', 'cuda', '--steps', 'tile(d=64,stage=scale) tile(t=8,d=128)']],
    [
      'WGSL with a fixed size and f16',
      ['int8_per_token', '--target', 'wgsl', '--schedule', 'best', '--set', 'D=128', '--type', 'x=f16'],
    ],
    [
      'a kernel with its own name',
      ['int8_per_token', '--target', 'cuda', '--name', 'quantize_keys', '--type', 'x=f16'],
    ],
    ['a folded grid', ['int8_per_token', '--target', 'cuda', '--folds']],
    ['WGSL with another division', ['int8_per_token', '--target', 'wgsl', '--division', 'integer']],
  ])('%s is identical', async (name, argv) => {
    const { exitCode, stdout } = await verify(await emitted(name, ...argv))
    expect([exitCode, stdout]).toEqual([0, expect.stringMatching(/: identical\n$/)])
  })

  it('is identical as a TypeScript module around WGSL', async () => {
    const file = await emitted(
      'token.ts',
      'int8_per_token',
      '--target',
      'wgsl',
      '--schedule',
      'vectorized',
      '--with',
      'launcher',
    )
    expect(readFileSync(file, 'utf8')).toContain('export class Int8PerToken {')
    const { exitCode, stdout } = await verify(file)
    expect([exitCode, stdout]).toEqual([0, `${file}: identical\n`])
  })

  it('records every option that changes the file', async () => {
    const plain = await emitted('plain.cu', 'int8_per_channel_quantize', '--target', 'cuda')
    const folded = await emitted('folded.cu', 'int8_per_channel_quantize', '--target', 'cuda', '--folds')
    expect(readFileSync(folded, 'utf8')).toContain('"folds":true')
    expect(readFileSync(folded, 'utf8')).not.toBe(readFileSync(plain, 'utf8'))
  })

  it.each(kernelLibrary.filter((_, i) => i % 9 === 0).map(({ name }) => [name]))(
    'is identical for %s with best',
    async name => {
      const { stdout } = await verify(
        await emitted(`${name}.cu`, name, '--target', 'cuda', '--schedule', 'best'),
        '--json',
      )
      expect(JSON.parse(stdout).is).toBe('identical')
    },
  )

  it('may have other line endings', async () => {
    const file = await emitted('lines.wgsl', 'int8_per_token', '--target', 'wgsl')
    const { exitCode, stdout } = await verify(
      folder.file('crlf.wgsl', readFileSync(file, 'utf8').replaceAll('\n', '\r\n')),
    )
    expect([exitCode, stdout]).toEqual([0, expect.stringContaining('identical except for line endings')])
  })
})

describe('a file that a program made with compile', () => {
  const halves = int8PerChannelQuantize(f16)
  const steps = parseSteps('tile(t=4,d=64)')
  const device: Target = {
    ...wgsl.portableTarget,
    limits: { ...wgsl.portableTarget.limits, workgroupThreads: 1024 },
    subgroup: { min: 4, max: 4 },
  }
  it.each([
    ['CUDA', 'made.cu', cuda.compile(halves, steps)],
    ['CUDA with a size fixed', 'made.cu', cuda.compile(halves, steps, { fixed: new Map([['D', 128]]) })],
    ['WGSL', 'made.wgsl', wgsl.compile(halves, steps, { scheduleName: 'of my own' })],
    ['WGSL for one device', 'made.wgsl', wgsl.compile(halves, steps, { target: device })],
  ])('is identical: %s', async (_, name, { source }) => {
    const file = folder.file(name, source)
    expect(await verify(file)).toMatchObject({ exitCode: 0, stdout: `${file}: identical\n` })
    const edited = folder.file(name, source.replace(/-128/g, '-127'))
    expect(await verify(edited)).toMatchObject({ exitCode: 1, stdout: expect.stringContaining('edited by hand') })
  })
})

describe('a file that differs from what was generated', () => {
  const original = () => emitted('original.cu', 'int8_per_channel_quantize', '--target', 'cuda')
  const changed = async (from: string | RegExp, to: string) =>
    folder.file('changed.cu', readFileSync(await original(), 'utf8').replace(from, to))

  it('is reported with a diff if it was edited by hand', async () => {
    const { exitCode, stdout } = await verify(await changed('scale_value, -128, 127)', 'scale_value, -128, 126)'))
    expect(exitCode).toBe(1)
    expect(stdout).toContain('changed.cu: edited by hand\n--- as generated\n+++ changed.cu\n@@')
    expect(stdout).toMatch(/\n-.*-128, 127\).*\n\+.*-128, 126\)/)
  })

  it('cannot send control characters to the terminal by its text or its name', async () => {
    const text = readFileSync(await emitted('plain.wgsl', 'int8_per_token', '--target', 'wgsl'), 'utf8')
    const file = folder.file('a: identical\n\u001b[8mb.wgsl', `${text}// \r\u001b[2Kidentical \u202e\u0085\n`)
    const { exitCode, stdout } = await verify(file)
    expect([exitCode, stdout]).toEqual([
      1,
      expect.stringContaining('a: identical\\x0a\\x1b[8mb.wgsl: edited by hand\n'),
    ])
    expect(stdout).toContain('+// \\x0d\\x1b[2Kidentical \\u{202e}\\x85\n')
  })

  it('is reported as made by another version', async () => {
    const { exitCode, stdout } = await verify(await changed('"version":"0.1.0"', '"version":"0.0.9"'))
    expect([exitCode, stdout]).toEqual([1, expect.stringContaining('made by version 0.0.9')])
  })

  it('is reported as made by another build if it was not edited, and as edited otherwise', async () => {
    const text = readFileSync(await original(), 'utf8').replace(/,"text":"\w+"/, '')
    const older = withContentHash(text.replace('scale_value, -128, 127)', 'scale_value, -128, +127)'))
    const { exitCode, stdout } = await verify(folder.file('older.cu', older))
    expect(exitCode).toBe(1)
    expect(stdout).toContain('older.cu: not edited, but made by another build of version 0.1.0\n--- as generated')
    const both = await verify(folder.file('both.cu', older.replace('scale_value, -128', 'scale_value, -127')))
    expect([both.exitCode, both.stdout]).toEqual([1, expect.stringContaining('both.cu: edited by hand')])
    const early = withContentHash(text.replace('"version":"0.1.0"', '"version":"0.0.9"'))
    const kept = await verify(folder.file('early.cu', early))
    expect([kept.exitCode, kept.stdout]).toEqual([
      1,
      expect.stringContaining('generate something else; not edited since\n'),
    ])
    const changed = await verify(
      folder.file('early.cu', early.replace('scale_value, -128, 127)', 'scale_value, -128, 126)')),
    )
    expect([changed.exitCode, changed.stdout]).toEqual([1, expect.stringContaining('; and edited by hand since\n')])
  })

  it('is reported as made from another definition', async () => {
    const { exitCode, stdout } = await verify(await changed(/"hash":"\w+"/, '"hash":"0123456789abcdef"'))
    expect([exitCode, stdout]).toEqual([1, expect.stringContaining('another definition of int8_per_channel_quantize')])
  })

  it('gives a process the same exit code', async () => {
    const { exitCode, stdout } = await qernel([
      'verify',
      await changed('scale_value, -128, 127)', 'scale_value, -128, 126)'),
    ])
    expect([exitCode, stdout]).toEqual([1, expect.stringContaining('edited by hand')])
  })
})

describe('verify refuses, with exit code 2,', () => {
  const line = (json: string) => `// rebuild   ${json}\n`
  const good = {
    kernel: 'int8_per_token',
    hash: '0123456789abcdef',
    version: '0.1.0',
    target: 'wgsl',
    steps: [],
    fixed: {},
  }
  const rebuild = (changes: object) => line(JSON.stringify({ ...good, ...changes }))
  it.each([
    ['a missing file', undefined, 'cannot read the file: no such file'],
    ['a file without provenance', 'int main() {}\n', 'its header has no line "rebuild"'],
    ['a page that quotes a provenance', `# How to\n\n\`\`\`wgsl\n${rebuild({})}\`\`\`\n`, 'a page that quotes one'],
    ['a file that is not UTF-8', new Uint8Array([0xff, 0xfe]), 'not UTF-8'],
    ['a truncated line', line('{"kernel":"int'), 'cannot be read'],
    ['a list instead of an object', line('[]'), 'it is not an object'],
    ['a missing version', rebuild({ version: undefined }), 'version is missing'],
    [
      'a version with control characters',
      rebuild({ version: '\r\u001b[2Ka.cu: identical\n\u001b[8m' }),
      'version is not a version such as 1.2.3',
    ],
    ['a malformed hash', rebuild({ hash: '\u001b[8m' }), 'hash is not a hash of 16'],
    ['a kernel name with a line break', rebuild({ kernel: 'a\nb' }), 'kernel is not a name'],
    ['an unknown kernel', rebuild({ kernel: 'int8_per_tokn' }), "did you mean 'int8_per_token'?"],
    ['an incomplete device', rebuild({ target: { name: 'wgsl', limits: {} } }), 'nor all of a device'],
    ['another target', rebuild({ target: 'metal' }), 'target is neither one of wgsl, cuda nor'],
    ['an unknown division', rebuild({ division: 'fast' }), 'division is not one of native, refined, integer'],
    ['an unknown size', rebuild({ fixed: { E: 1 } }), "unknown size 'E'"],
    [
      'a size that the kernel does not take',
      rebuild({ kernel: 'group_symmetric_i4_g32_inner', fixed: { D: 33 } }),
      'the nearest are 32 and 64',
    ],
    ['a malformed size', rebuild({ fixed: { D: 1e30 } }), "'1e+30' is not a size\n  where:   /"],
    ['an unknown type', rebuild({ type: 'x=f15' }), "did you mean 'f16'?"],
    ['malformed steps', rebuild({ steps: [{ t: 16 }] }), 'step 1 has no "transform"'],
  ])('%s', async (_, content, says) => {
    const file = folder.file(`${Math.random()}.cu`, content)
    const { exitCode, stdout, stderr } = await verify(file)
    expect([exitCode, stdout, stderr]).toEqual([2, '', expect.stringContaining(says)])
    expect(stderr).not.toContain('bug')
  })

  it('steps that do not apply', async () => {
    const text = readFileSync(await emitted('steps.wgsl', 'int8_per_token', '--target', 'wgsl'), 'utf8')
    const { exitCode, stderr } = await verify(
      folder.file('bad.wgsl', text.replace('"transform":"tile","t":', '"transform":"tile","z":')),
    )
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining('there is no axis z')])
  })
})
