/**
 * The files of `qernel emit --target cuda --with main`, executed on the CPU: the host function with its checks, the scheduled kernels, the fallback
 * kernels, and the self-test that compares them with plain loops. Odd sizes, and unaligned pointers.
 */
import type { Target } from '@qernel/codegen'
import { cuda, type DropInFile, dropIn } from '@qernel/codegen-cuda'
import { f8e4m3, f8e5m2, f16, f32, i4, kernel, max, type StorageType, sum, u3 } from '@qernel/dsl'
import { findKernel } from '@qernel/kernels'
import { findSchedule, parseSteps, tile, vectorize } from '@qernel/schedule'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { splitDecode, splitDecodeSteps } from '../kernels/split-decode.ts'
import { type HostProgram, hostProgram } from './drop-in/host-program.ts'
import { hasHostCompiler } from './host/host-cuda.ts'

// Tests are slow on a busy machine.
/** `QERNEL_CASES` above 1000 tries decode attention as well, and mistakes in it. */
const isThorough = Number(process.env.QERNEL_CASES ?? 0) > 1000
vi.setConfig({ testTimeout: isThorough ? 900_000 : 60_000 })

/** Grids of few blocks: the self-test tries sizes for which launches run in parts. */
const { limits } = cuda.portableTarget
const target: Target = {
  ...cuda.portableTarget,
  limits: { ...limits, workgroupsPerDimension: [limits.workgroupsPerDimension[0], 64, 64] },
}

function filesOf(
  name: string,
  schedule: string,
  fixed: Record<string, number> = {},
  element?: StorageType,
  multiples: Record<string, number> = {},
): readonly DropInFile[] {
  const library = findKernel(name)
  if (library === undefined) throw new Error(`no kernel ${name}`)
  const kernel = library.define(element)
  const sizes = new Map(Object.entries(fixed))
  const found = library.schedules.find(each => each.name === schedule) ?? findSchedule(schedule)
  const steps = found?.steps({ kernel, target, fixed: sizes, multiples: new Map(Object.entries(multiples)) }) ?? []
  return dropIn(kernel, steps, { base: name, parts: ['main'], seed: 3, fixed: sizes, target }).files
}

const broken = (files: readonly DropInFile[], from: RegExp, to: string): readonly DropInFile[] =>
  files.map((file, i) => {
    if (i > 0) return file
    expect(file.source).toMatch(from)
    return { ...file, source: file.source.replace(from, to) }
  })

/** Rows of codes whose last words have unused bits. */
const padded = kernel('padded', ({ size, input, output }) => {
  const [T, D] = [size('T'), size('D')]
  const x = input('x', f32, [T, D])
  output('q', u3, { t: T, d: D }, (t, d) => x(t, d).round())
  output('p', i4, { t: T, d: D }, (t, d) => x(t, d).round())
})
const naive = () =>
  dropIn(padded, findSchedule('naive')?.steps({ kernel: padded }) ?? [], {
    base: 'padded',
    parts: ['main'],
    seed: 3,
    target,
  }).files

/** All codes occur, including NaN and infinities, and most results overflow one of the types. */
const float8 = kernel('float8', ({ size, input, output }) => {
  const [T, D] = [size('T'), size('D')]
  const x = input('x', f8e5m2, [T, D])
  output('p', f8e4m3, { t: T, d: D }, (t, d) => x(t, d).mul(0.3))
  output('q', f8e5m2, { t: T, d: D }, (t, d) => x(t, d).mul(3))
})
const bytes = () =>
  dropIn(float8, [tile({ t: 4, d: 32 }), vectorize({ d: 4 })], { base: 'float8', parts: ['main'], seed: 3, target })
    .files

/** Sums of lanes, and `exp2`: the results of a GPU are not those of the CPU bit for bit. */
const softmax = kernel('softmax', ({ size, input, output, temporary }) => {
  const [T, D] = [size('T'), size('D')]
  const x = input('x', f16, [T, D])
  const m = temporary('m', f32, { t: T }, t => max({ d: D }, d => x(t, d)))
  const l = temporary('l', f32, { t: T }, t => sum({ d: D }, d => x(t, d).sub(m(t)).exp2()))
  output('y', f32, { t: T, d: D }, (t, d) => x(t, d).sub(m(t)).exp2().div(l(t)))
})
const weights = () =>
  dropIn(
    softmax,
    parseSteps(
      'tile(t=4,stage=m) tile(t=4,d=8,stage=y) splitReduction(d=8,combine=shared,inner=lane,reassociate=true,stage=l) bind(t=grid.x,lane=block.x,stage=l)',
    ),
    {
      base: 'softmax',
      parts: ['main'],
      seed: 3,
      target,
    },
  ).files

const splitAttention = () =>
  dropIn(splitDecode(16), parseSteps(splitDecodeSteps), {
    base: 'split',
    parts: ['main'],
    seed: 3,
    fixed: new Map([['D', 16]]),
    target,
  }).files
const attentionOf = (format: string) => () => filesOf(`attention_${format}`, 'best', { D: 32 })

const vectorized = () => filesOf('int8_per_channel', 'vectorized')
/** One kernel, which is enough to break. */
const small = () => filesOf('int8_per_channel_quantize', 'vectorized')
interface Tried {
  title: string
  files: () => readonly DropInFile[]
  sizes: string[]
  says: RegExp
  exitCode?: number
}
/** Mistakes in attention: each is beyond what the definition allows at some element. */
const mistakes: readonly (readonly [what: string, files: () => readonly DropInFile[], from: RegExp, to: string])[] = [
  ['a wrong zero point of keys', splitAttention, /k_reg\[d_2\] - 8/, 'k_reg[d_2] - 7'],
  ['weights without the maximum', splitAttention, /exp2f\(s_tile_value_3 - m_kept2\)/, 'exp2f(s_tile_value_3)'],
  ['another base of weights', splitAttention, /exp2f\(s_tile_value_2 -/, 'expf(s_tile_value_2 -'],
  ['a lane that is not added', splitAttention, /lanes_2_value_3\.y \+ lanes_2_value_4\.y/, 'lanes_2_value_3.y'],
  ['a sum that is not scaled to the largest maximum', splitAttention, /exp2f\(m_value_2 - M_kept\)/, '1.0f'],
  ['a chunk that is left out', splitAttention, /(o_sum_part = 0[^}]*?)T \/ 16u\)/, '$1T / 16u - 1u)'],
  ['a swapped weight', attentionOf('int8_per_token'), /p_tile\[(t_\d) \+/, 'p_tile[($1 ^ 1u) +'],
  ['a wrong factor of scores', attentionOf('int8_per_token'), /1\.442695f/, '1.45f'],
]
const thorough: readonly Tried[] = [
  {
    title: 'attention in chunks of 16 passes',
    files: splitAttention,
    sizes: ['H=1', 'T=16'],
    says: /(\d+) of \1 cases within/,
  },
  ...['int8_per_token', 'int4_groups'].map(format => ({
    title: `attention on ${format} passes`,
    files: attentionOf(format),
    sizes: ['K=1', 'R=1', 'T=1'],
    says: /(\d+) of \1 cases within/,
  })),
  ...mistakes.map(([what, files, from, to]) => ({
    title: `${what} is found`,
    files: () => broken(files(), from, to),
    sizes: ['T=16'],
    exitCode: 1,
    says: /o\[\d+\] is \S+; .* is allowed/,
  })),
]

const cases: readonly Tried[] = [
  {
    title: 'weights of softmax pass',
    files: weights,
    sizes: ['T=1', 'D=4'],
    says: /(\d+) of \1 cases within the intervals/,
  },
  {
    title: 'a lane that a sum leaves out is found',
    files: () => broken(weights(), /lanes\[0\] \+ /, ''),
    sizes: ['T=1', 'D=4'],
    exitCode: 1,
    says: /y\[\d+\] is \S+; \S+ to \S+ is allowed/,
  },
  {
    title: 'another base is found',
    files: () => broken(weights(), /exp2f(\(x_value - m_value\), l)/, 'expf$1'),
    sizes: ['T=1', 'D=4'],
    exitCode: 1,
    says: /y\[\d+\] is \S+; \S+ to \S+ is allowed/,
  },
  ...(isThorough ? thorough : []),
  {
    title: 'two stages in vectors pass',
    files: vectorized,
    sizes: ['T=3', 'D=8'],
    says: /121 of 121 cases equal to the CPU/,
  },
  {
    title: 'rows of a fixed length in f16, with lanes that combine, pass',
    files: () => filesOf('int8_per_token', 'best', { D: 128 }, f16),
    sizes: ['T=3'],
    says: /(\d+) of \1 cases equal/,
  },
  {
    title: 'rows of any length in f16 pass',
    files: () => filesOf('int8_per_channel_dequantize', 'best', {}, f16, { D: 32 }),
    sizes: ['T=3', 'D=24'],
    says: /(\d+) of \1 cases equal/,
  },
  {
    title: '3-bit codes pass',
    files: () => filesOf('group_symmetric_i3_g32_inner', 'best'),
    sizes: ['T=1', 'D=32'],
    says: /(\d+) of \1 cases equal/,
  },
  {
    title: '4-bit codes as inputs pass',
    files: () => filesOf('kivi_value_u4_dequantize', 'best'),
    sizes: ['T=1', 'D=32'],
    says: /(\d+) of \1 cases equal/,
  },
  {
    title: '8-bit floats pass, and all their NaNs are equal',
    files: bytes,
    sizes: ['T=1', 'D=8'],
    says: /(\d+) of \1 cases equal/,
  },
  {
    title: 'a wrong 8-bit float is found',
    files: () => broken(bytes(), /, 0x7fu\);/, ', 0x7eu);'),
    sizes: ['T=1', 'D=8'],
    exitCode: 1,
    says: /p\[\d+\] is 0x[7f]e, 0x[7f]f is expected/,
  },
  {
    title: 'zero bits after the last code of a row pass',
    files: naive,
    sizes: ['T=1', 'D=5'],
    says: /(\d+) of \1 cases equal/,
  },
  {
    title: 'other bits after the last code of a row are found',
    files: () => broken(naive(), /(\n *p\[[^\n]* =)([^;]*);/, '$1 0x80000000u | $2;'),
    sizes: ['T=1', 'D=5'],
    exitCode: 1,
    says: /p\[\d+\] is 0x[89a-f]/,
  },
  {
    title: 'nibbles of two halves, and an argmax, pass',
    files: () => filesOf('llama_cpp_q4_0', 'best'),
    sizes: ['T=1', 'D=32'],
    says: /(\d+) of \1 cases equal/,
  },
  {
    title: 'an error of an earlier call that is not cleared is found',
    files: () => broken(small(), / *cudaGetLastError\(\);[^\n]*\n/, ''),
    sizes: ['T=1', 'D=4'],
    exitCode: 1,
    says: /: invalid argument/,
  },
  {
    title: 'a wrong bound is found',
    files: () => broken(small(), /(divide_to_codes\([^;]*-128, )127\)/, '$1126)'),
    sizes: ['T=1', 'D=4'],
    exitCode: 1,
    says: /q\[\d+\] is 0x7e, 0x7f is expected/,
  },
  {
    title: 'a wrong bound in the fallback kernels is found',
    files: () => broken(small(), /(_any_[0-9a-f]{8}\([\s\S]*?-128, )127\)/, '$1126)'),
    sizes: ['T=1', 'D=4'],
    exitCode: 1,
    says: /unaligned[^\n]*q\[\d+\] is 0x7e, 0x7f is expected/,
  },
  {
    title: 'a part that is written to the place of another is found',
    files: () => broken(small(), /q \+ first \* D/, 'q'),
    sizes: ['T=1', 'D=4'],
    exitCode: 1,
    says: /^T=1029 D=4 aligned, special values: q\[\d+\] is/,
  },
  {
    title: 'an unaligned pointer that reaches vectors is found',
    files: () => broken(small(), /&& reinterpret_cast<uintptr_t>\(x\) % 16 == 0/, ''),
    sizes: ['T=1', 'D=4'],
    exitCode: 1,
    says: /x unaligned: launch failed/,
  },
  {
    title: 'a write outside of an array is found',
    files: () => broken(vectorized(), /scale\[d\] = __fdiv_rn/, 'scale[d + (d + 1 == D)] = __fdiv_rn'),
    sizes: ['T=1', 'D=4'],
    exitCode: 1,
    says: /a write outside scale/,
  },
]

test.skipIf(hasHostCompiler)('self-tests of generated CUDA are not executed here: there is no g++', () => undefined)

describe.runIf(hasHostCompiler)('self-tests on the CPU', () => {
  let programs: HostProgram[] = []
  beforeAll(async () => {
    const sets = cases.map(({ files }) => files())
    // Two compilers at once.
    programs = await Promise.all([0, 1].map(half => hostProgram(sets.filter((_, i) => i % 2 === half))))
  }, 120_000)
  afterAll(() => {
    for (const program of programs) program.remove()
  })

  test.each(cases.map((one, position) => ({ ...one, position })))(
    '$title',
    async ({ position, sizes, says, exitCode }) => {
      const program = programs[position % 2] as HostProgram
      const { exitCode: ended, output } = await program.run(position >> 1, sizes)
      expect(output).toMatch(says)
      expect(ended).toBe(exitCode ?? 0)
    },
  )
})
