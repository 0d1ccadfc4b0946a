/** A kernel of a TypeScript file as KERNEL: `./mine.kernel.ts#halved`. */
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { temporaryFolder } from '../../../../test/temporary-folder.ts'
import { inThisProcess } from '../command-line.ts'

const { file } = temporaryFolder()

const ran = async (...words: string[]) => {
  const { exitCode, stdout, stderr } = await inThisProcess(words)
  return [exitCode, stdout + stderr]
}

const scaled = file(
  'scaled.kernel.ts',
  `import { clamp, i4, i8, f32, kernel, max, round, schedule } from '@qernel/dsl/source'
import { tile } from '@qernel/schedule'

export const scaled = ({ bits = 8 }: { bits?: 4 | 8 } = {}) =>
  kernel('scaled', ({ size, input, output }) => {
    const T = size('T')
    const D = size('D')
    const m = 2 ** (bits - 1) - 1
    const x = input('x', f32, [T, D])
    const scale = output('scale', f32, [T], t => max(D, d => Math.abs(x(t, d))) / m)
    output('q', bits === 8 ? i8 : i4, [T, D], (t, d) => clamp(round(x(t, d) / scale(t)), -m, m))
  })

export const eight = schedule(scaled, tile({ t: 8, stage: 'scale' }), 'tile(t=8,d=8,stage=q)')
throw new Error('this file was executed')
`,
)

describe('a kernel file', () => {
  it('is emitted with its own schedule, and is never executed', async () => {
    const { exitCode, stdout } = await inThisProcess([
      'emit',
      `${scaled}#scaled`,
      '--target',
      'cuda',
      '--schedule',
      'eight',
    ])
    expect(exitCode).toBe(0)
    expect(stdout).toContain('// schedule  eight: tile(t=8,stage=scale) tile(t=8,d=8,stage=q)')
  })

  it('takes compile-time parameters and sizes from --set', async () => {
    const set = ['--set', 'bits=4', '--set', 'D=32']
    const { exitCode, stdout } = await inThisProcess(['list', 'kernels', scaled, ...set])
    expect(exitCode).toBe(0)
    expect(stdout).toContain('output     q: i4 [T, D]')
    expect(stdout).toContain('  parameter bits: 4 or 8 (default 8)\n')
    const checked = await inThisProcess(['check', scaled, ...set, '--cases', '12', '--seed', '1'])
    expect(checked.stdout).toBe('12 cases of 3 programs, all right: 12 simulated (seed 1)\n')
  })

  it.each([
    [`${scaled}#scald`, [], "unknown kernel 'scald'"],
    [scaled, ['--set', 'bits=5'], "bits cannot be '5'"],
    [scaled, ['--set', 'bit=4'], "unknown size or parameter 'bit'"],
    ['missing.kernel.ts', [], 'missing.kernel.ts'],
  ])('is refused: %s %j', async (kernel, more, message) => {
    const { exitCode, stderr } = await inThisProcess(['check', kernel, ...more])
    expect(exitCode).toBe(2)
    expect(stderr).toContain(message)
  })

  it('with several kernels is listed, and each is an argument', async () => {
    const kivi = 'packages/kernels/library/kivi.kernel.ts'
    const { exitCode, stdout } = await inThisProcess(['list', 'kernels', kivi])
    const names = [...stdout.matchAll(/^ {2}(\S+)$/gm)].map(([, name]) => name)
    expect([exitCode, names]).toEqual([
      0,
      ['kiviKey', 'kiviKeyDequantize', 'kiviValue', 'kiviValueDequantize'].map(name => `${kivi}#${name}`),
    ])
    expect(await ran('list', 'kernels', names[1] as string)).toEqual([0, expect.stringContaining('back to floats')])
    expect(await ran('check', kivi)).toEqual([2, expect.stringContaining('exports not exactly one kernel')])
  })

  it.each(['wgsl', 'cuda'])('of the tutorial has a schedule that fits codes of both widths (%s)', async target => {
    const words = ['examples/own-kernel/int8-per-token.kernel.ts', '--target', target, '--schedule', 'wide']
    for (const set of ['bits=8', 'bits=4'])
      expect(await ran('emit', ...words, '--set', set)).toEqual([0, expect.stringContaining('schedule  wide')])
  })

  it('with errors shows the line of each error', async () => {
    const wrong = file(
      'wrong.kernel.ts',
      `import { f32, kernel } from '@qernel/dsl/source'

export const wrong = kernel('wrong', ({ size, input, output }) => {
  const D = size('D')
  const x = input('x', f32, [D])
  output('y', f32, [D], d => x(d, d) * 2)
  for (let i = 0; i < 4; i++) output('z', f32, [D], d => x(d))
})
`,
    )
    const { exitCode, stderr } = await inThisProcess(['check', wrong])
    expect(exitCode).toBe(2)
    expect(stderr.replaceAll(wrong, 'wrong.kernel.ts')).toMatchInlineSnapshot(`
      "qernel check: 2 errors in the kernel file
          wrong.kernel.ts:6:30: x has 1 dimension, [D], but is called with 2 indices [rank]
              output('y', f32, [D], d => x(d, d) * 2)
                                         ^^^^^^^
          wrong.kernel.ts:7:3: a kernel has no loops [loop]
              for (let i = 0; i < 4; i++) output('z', f32, [D], d => x(d))
              ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
            instead: a stage computes every element of its tensor; sum(D, d => …), max(D, d => …) or min(D, d => …) run over an axis
        where:   wrong.kernel.ts
      "
    `)
  })
})

describe('a file made from a kernel file', () => {
  const made = async (folder: string, ...options: string[]) => {
    for (const inner of ['kernels', 'out']) mkdirSync(file(`${folder}/${inner}`), { recursive: true })
    const kernel = file(`${folder}/kernels/scaled.kernel.ts`, readFileSync(scaled, 'utf8'))
    const output = file(`${folder}/out/scaled.cu`)
    expect(await ran('emit', kernel, '--target', 'cuda', ...options, '-o', output)).toEqual([0, expect.any(String)])
    return { kernel, output }
  }

  it('names that file relative to its own folder, so that both may be moved', async () => {
    const { output } = await made('first', '--set', 'bits=4', '--set', 'D=64', '--schedule', 'eight')
    expect(readFileSync(output, 'utf8')).toContain(
      '"from":"../kernels/scaled.kernel.ts#scaled","parameters":["bits=4"]',
    )
    expect(await ran('verify', output)).toEqual([0, `${output}: identical\n`])
    const [from, to] = [join(dirname(output), '..'), file('moved')]
    cpSync(from, to, { recursive: true })
    rmSync(from, { recursive: true })
    const moved = join(to, 'out/scaled.cu')
    expect(await ran('verify', moved)).toEqual([0, `${moved}: identical\n`])
  })

  it('is distinguished from one of a kernel that changed or is gone', async () => {
    const { kernel, output } = await made('second')
    writeFileSync(kernel, readFileSync(kernel, 'utf8').replace('/ m)', '/ m + 1)'))
    expect(await ran('verify', output)).toEqual([1, expect.stringContaining('made from another definition of scaled')])
    writeFileSync(kernel, readFileSync(kernel, 'utf8').replace("kernel('scaled'", "kernel('other'"))
    expect(await ran('verify', output)).toEqual([2, expect.stringContaining('kernel is scaled, but ')])
    rmSync(kernel)
    expect(await ran('verify', output)).toEqual([
      2,
      expect.stringContaining('the kernel file that it was made from is not there'),
    ])
  })

  it.each(['a.kernel.js#scaled', 'a.kernel.ts', 'a.kernel.ts#1'])(
    'with a header that names %s is refused',
    async from => {
      const { output } = await made('third', '--force')
      writeFileSync(output, readFileSync(output, 'utf8').replace('../kernels/scaled.kernel.ts#scaled', from))
      expect(await ran('verify', output)).toEqual([2, expect.stringContaining('from is not FILE.kernel.ts#NAME')])
    },
  )
})

describe('--type of a kernel file', () => {
  const mine = file(
    'typed.kernel.ts',
    `import { f32, i8, kernel, type StorageType, toF32 } from '@qernel/dsl/source'

export const typed = (element: StorageType = f32) =>
  kernel('typed', ({ size, input, output }) => {
    const D = size('D')
    const q = input('q', i8, [D])
    const x = input('x', element, [D])
    output('y', element, [D], d => toF32(q(d)) * x(d))
  })
`,
  )

  it('chooses the type of the tensors that use the type parameter', async () => {
    const output = file('typed.wgsl')
    expect(await ran('emit', mine, '--target', 'wgsl', '--type', 'x=f16', '-o', output)).toEqual([
      0,
      expect.any(String),
    ])
    expect(readFileSync(output, 'utf8')).toContain('// kernel    q i8 [D], x f16 [D] → y f16 [D]')
    expect(await ran('verify', output)).toEqual([0, `${output}: identical\n`])
    expect(await ran('list', 'kernels', mine)).toEqual([0, expect.stringContaining('x may be f32, f16, bf16\n')])
  })

  it.each([
    [['--type', 'x=f8e4m3'], "unknown type of x 'f8e4m3'"],
    [['--type', 'q=i8'], 'the type of q cannot be chosen: it is i8'],
    [['--set', 'element=bf16', '--type', 'x=f16'], "unknown type of x 'f16'"],
  ])('refuses %j', async (options, message) => {
    expect(await ran('check', mine, ...options)).toEqual([2, expect.stringContaining(message)])
  })
})
