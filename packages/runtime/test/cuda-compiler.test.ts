import { spawnSync } from 'node:child_process'
import { cuda } from '@qernel/codegen-cuda'
import { f32, i8, kernel } from '@qernel/dsl'
import { describe, expect, test } from 'vitest'
import { CompilationLog, quoteErrors } from '../src/cuda/compilation-log.ts'
import { translate } from '../src/cuda/executable.ts'
import { findNvcc } from '../src/cuda/nvcc.ts'
import { slots } from '../src/cuda/slots.ts'

const source = ['// a kernel', 'extern "C" __global__ void k(float* x) {', '  x[0] = nonsense;', '}'].join('\n')

describe('compiler errors', () => {
  test('quote the line that they are about', () => {
    const log = [
      'k.cu(3): error: identifier "nonsense" is undefined',
      '    x[0] = nonsense;',
      '           ^',
      '',
      '1 error detected in the compilation of "k.cu".',
    ].join('\n')
    expect(quoteErrors(log, source)).toBe('3 |   x[0] = nonsense;\n    ^ identifier "nonsense" is undefined')
  })

  test('in another format are shown unchanged', () => {
    expect(quoteErrors('nvrtc: error: invalid value for --gpu-architecture (-arch)\n', source)).toBe(
      'nvrtc: error: invalid value for --gpu-architecture (-arch)',
    )
    expect(quoteErrors('k.cu(1): catastrophic error: cannot open source file "cuda_fp16.h"', source)).toContain(
      '1 | // a kernel\n    ^ cannot open source file "cuda_fp16.h"',
    )
  })
})

const hasNvcc = spawnSync('nvcc', ['--version']).status === 0
const nvcc = hasNvcc ? findNvcc([]) : undefined

describe.skipIf(nvcc === undefined)('nvcc, where NVRTC is missing (skipped if it is not installed)', () => {
  const compiler = nvcc as NonNullable<typeof nvcc>

  test('compiles a generated file to machine code for one GPU', async () => {
    const halve = kernel('halve', ({ size, input, output }) => {
      const N = size('N')
      const x = input('x', f32, [N])
      output('y', i8, [N], n => x(n).mul(0.5).round())
    })
    const image = await compiler.compile(cuda.compile(halve, []).source, 'halve.cu', 90)
    expect([...image.subarray(0, 4)]).toEqual([0x7f, ...Buffer.from('ELF')])
    expect(compiler.name).toMatch(/^nvcc \d+\.\d+$/)
  }, 60_000)

  test('names the line that it refuses', async () => {
    await expect(compiler.compile(source, 'k.cu', 90)).rejects.toThrow(CompilationLog)
    await expect(translate(compiler, source, 'k', 90)).rejects.toThrow(
      /^The CUDA of k does not compile with nvcc .*:\n3 \| {3}x\[0\] = nonsense;\n {4}\^ identifier "nonsense" is undefined/,
    )
  }, 60_000)
})

test('at most a few tasks run at a time, each once, and a failure frees its slot', async () => {
  const inTurn = slots(3)
  let running = 0
  let most = 0
  const tasks = Array.from({ length: 20 }, (_, task) =>
    inTurn(async () => {
      most = Math.max(most, ++running)
      await new Promise(resolve => setImmediate(resolve))
      running--
      if (task % 4 === 0) throw new Error(`task ${task}`)
      return task
    }).catch((error: Error) => error.message),
  )
  expect(await Promise.all(tasks)).toEqual(
    Array.from({ length: 20 }, (_, task) => (task % 4 === 0 ? `task ${task}` : task)),
  )
  expect(most).toBe(3)
})
