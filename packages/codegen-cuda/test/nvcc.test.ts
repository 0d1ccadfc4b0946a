/** Every generated file compiles without a warning, where nvcc is installed. */
import { execFile, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { CompiledKernel } from '@qernel/codegen'
import { bf16, f8e4m3, f8e5m2, f16, f32, i4, i8, i32, type Kernel, kernel, sum, u8, u32 } from '@qernel/dsl'
import { int8PerChannel, int8PerChannelDequantize, int8PerChannelQuantize } from '@qernel/kernels'
import { namedSchedules } from '@qernel/schedule'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { compileNamed, compileSteps } from './compile.ts'

const nvcc = spawnSync('nvcc', ['--version']).status === 0
if (!nvcc) process.stderr.write('nvcc is not installed: generated CUDA files are not compiled here\n')

const vectors = 'tile(t=8,d=64) vectorize(d=8) predicate(d=assume)'
const masked = 'tile(t=8,d=64) vectorize(d=8) predicate(d=mask)'

/** Operations and types that the library does not use. */
const arithmetic = kernel('arithmetic', ({ size, input, output }) => {
  const T = size('T')
  const D = size('D')
  const x = input('x', f32, [T, D])
  const n = input('n', i32, [T, D])
  const c = input('c', u8, [T, D])
  output('reals', f32, [T, D], (t, d) => x(t, d).mul(2).add(1).clamp(-1, x(t, d)).exp2().roundHalfAway())
  output('wrapped', i32, [T, D], (t, d) => n(t, d).add(1).mul(n(t, d)).abs().neg().shiftLeft(3))
  output('bits', u32, [T, D], (t, d) => c(t, d).shiftRight(2).xor(x(t, d).bitcast('u32')).not())
  output('bytes', u8, [T, D], (t, d) => x(t, d).round().saturate(u8))
  output('nibbles', i4, [T, D], (t, d) => x(t, d).round().saturate(i4))
})

const total = kernel('total', ({ size, input, output }) => {
  const T = size('T')
  const D = size('D')
  const x = input('x', f16, [T, D])
  output('y', bf16, [T], t => sum(D, d => x(t, d).mul(x(t, d))))
  output('z', i8, [T, D], (t, d) => x(t, d).round().saturate(i8))
})

const bytes = kernel('bytes', ({ size, input, output }) => {
  const [T, D] = [size('T'), size('D')]
  const x = input('x', f8e5m2, [T, D])
  output('y', f8e4m3, [T, D], (t, d) => x(t, d).mul(x(t, d)))
  output('z', f8e5m2, [T, D], (t, d) => x(t, d).narrow(f8e4m3))
})

const library: readonly ((element?: typeof f32) => Kernel)[] = [
  int8PerChannelQuantize,
  int8PerChannelDequantize,
  int8PerChannel,
]

type Compile = (rename: (kernel: Kernel) => Kernel) => CompiledKernel
type Program = [file: string, kernels: readonly Compile[]]

/** The kernels of each file, compiled under a schedule. */
const programs = new Map<string, readonly Compile[]>([
  ...namedSchedules.map(
    ({ name }): Program => [name, library.map(make => rename => compileNamed(rename(make()), name))],
  ),
  ...[f16, bf16].map(
    (element): Program => [
      `int8_per_channel.${element.name}`,
      [rename => compileNamed(rename(int8PerChannel(element)), 'vectorized')],
    ],
  ),
  ...[f16, bf16].map(
    (element): Program => [
      `words.${element.name}`,
      [int8PerChannelQuantize, int8PerChannelDequantize].map(
        make => rename => compileSteps(rename(make(element)), vectors),
      ),
    ],
  ),
  ['arithmetic.vectors', [rename => compileSteps(rename(arithmetic), vectors)]],
  ['arithmetic.masked', [rename => compileSteps(rename(arithmetic), masked)]],
  ['total', [rename => compileSteps(rename(total), 'tile(t=64)')]],
  ['bytes', [rename => compileSteps(rename(bytes), vectors)]],
])

/**
 * Most of the time is spent on starting nvcc. So each file is compiled alone for one architecture, and all of them together for all architectures
 * and the host.
 */
const alone = ['-cubin', '-arch=sm_80']
/** Turing, Ampere and Hopper. */
const everywhere = ['-c', ...[75, 80, 90].map(sm => `-gencode=arch=compute_${sm},code=sm_${sm}`)]
const all = 'all of them, for sm_75, sm_80 and sm_90'

const sourcesOf = (name: string, rename: (kernel: Kernel) => Kernel = kernel => kernel): string[] =>
  (programs.get(name) ?? []).map(compile => compile(rename).source)
/** Several files as one text: each in its own namespace, since two may define the same functions, after everything that any of them includes. */
const together = (sources: readonly string[]) => {
  const includes = sources.flatMap(source => source.match(/^#include .*$/gm) ?? [])
  return [...new Set(includes), ...sources.map((source, i) => `namespace file_${i} {\n${source}\n}`)].join('\n')
}
/** Each kernel gets its own name, because its host function is C. */
const allText = () =>
  together(
    [...programs.keys()].flatMap((name, i) => sourcesOf(name, kernel => ({ ...kernel, name: `${kernel.name}_${i}` }))),
  )

describe.skipIf(!nvcc)('nvcc -Werror all-warnings', () => {
  const folder = mkdtempSync(join(tmpdir(), 'qernel-nvcc-'))
  const messages = new Map<string, string>()

  beforeAll(async () => {
    const waiting = [
      [all, everywhere, allText()] as const,
      ...[...programs.keys()].map(name => [name, alone, together(sourcesOf(name))] as const),
    ]
    const run = promisify(execFile)
    const worker = async () => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        const [name, options, source] = next
        const path = join(folder, name === all ? 'all.cu' : `${name}.cu`)
        writeFileSync(path, source)
        const argv = [...options, '-Werror', 'all-warnings', path, '-o', `${path}.o`]
        const message = await run('nvcc', argv).then(
          ({ stdout, stderr }) => stdout + stderr,
          (error: { stdout: string; stderr: string }) => `failed: ${error.stdout}${error.stderr}`,
        )
        messages.set(name, message)
      }
    }
    await Promise.all(Array.from({ length: availableParallelism() }, worker))
  }, 120_000)
  afterAll(() => rmSync(folder, { recursive: true }))

  test.each([...programs.keys(), all])('compiles %s', name => {
    expect(messages.get(name)).toBe('')
  })
})
