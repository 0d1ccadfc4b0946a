/** KERNEL as a kernel of a TypeScript file: `./mine.kernel.ts#halved`. */
import { describe, expect, it } from 'vitest'
import { temporaryFolder } from '../../../../test/temporary-folder.ts'
import { inThisProcess } from '../command-line.ts'

const { file } = temporaryFolder()

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
  it('is emitted with a schedule of its own, and never executed', async () => {
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

  it('takes compile-time parameters and sizes by --set', async () => {
    const set = ['--set', 'bits=4', '--set', 'D=32']
    const { exitCode, stdout } = await inThisProcess(['list', 'kernels', scaled, ...set])
    expect(exitCode).toBe(0)
    expect(stdout).toContain('output     q: i4 [T, D]')
    const checked = await inThisProcess(['check', scaled, ...set, '--cases', '12', '--seed', '1'])
    expect(checked.stdout).toBe('12 cases of 3 programs, all right: 12 simulated (seed 1)\n')
  })

  it.each([
    [`${scaled}#scald`, [], "unknown kernel 'scald'"],
    [scaled, ['--set', 'bits=5'], "bits cannot be '5'"],
    [scaled, ['--set', 'bit=4'], "unknown size 'bit'"],
    ['missing.kernel.ts', [], 'missing.kernel.ts'],
  ])('%s %j is refused', async (kernel, more, message) => {
    const { exitCode, stderr } = await inThisProcess(['check', kernel, ...more])
    expect(exitCode).toBe(2)
    expect(stderr).toContain(message)
  })

  it('with errors shows the line of each', async () => {
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
