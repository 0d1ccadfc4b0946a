/**
 * Generated CUDA next to other code: arrays, sizes and axes with the names of macros, several files in one program and in one translation unit,
 * under `using namespace std`, and the header in C.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isPlainName } from '@qernel/codegen/internal'
import { type DropInFile, dropIn } from '@qernel/codegen-cuda'
import { f16, f32, i4, type Kernel, kernel, type Value } from '@qernel/dsl'
import { findKernel } from '@qernel/kernels'
import { findSchedule } from '@qernel/schedule'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { buildLibrary, hasHostCompiler } from './host/host-cuda.ts'

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

const naive = (one: Kernel, base: string): readonly DropInFile[] =>
  dropIn(one, findSchedule('naive')?.steps({ kernel: one }) ?? [], { base, parts: ['main'], seed: 1 }).files

const library = (name: string): Kernel => {
  const found = findKernel(name)
  if (found === undefined) throw new Error(`no kernel ${name}`)
  return found.define(f16)
}

/** Inputs of the given names, and an output of packed codes, whose pointer is a uint32_t*. */
const named = (name: string, names: readonly string[]): Kernel =>
  kernel(name, ({ size, input, output }) => {
    const N = size('N')
    const arrays = names.map(each => input(each, f32, [N]))
    output('q', i4, { n: N }, n =>
      (arrays.map(each => each(n)) as [Value, ...Value[]]).reduce((a, b) => a.add(b)).round(),
    )
  })

const sized = (name: string): Kernel =>
  kernel(name, ({ size, input, output }) => {
    const N = size(name)
    const x = input('x', f32, [N])
    output('q', i4, { [name === 'x' ? 'n' : name]: N } as { n: typeof N }, n => x(n).round())
  })

test.skipIf(hasHostCompiler)('names are not compiled here: there is no g++', () => undefined)

describe.runIf(hasHostCompiler)('in one program', () => {
  let folder = ''
  let include = ''
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'qernel-names-'))
    include = join(buildLibrary(), '..', 'include')
    writeFileSync(join(folder, 'cuda_runtime_api.h'), '#include <cuda_runtime.h>\n')
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  /** Turns the launches of a file into calls, which a C++ compiler understands. */
  const plain = (source: string): string => source.replace(/(\w+)<<<([^;]*?)>>>\(([^;]*)\);/g, '(void)$1;')
  const compile = (name: string, text: string, ...flags: string[]): void => {
    writeFileSync(join(folder, name), text)
    const argv = ['-std=c++17', '-w', '-fsyntax-only', `-I${include}`, `-I${folder}`, ...flags, name]
    const { stderr, status } = spawnSync('g++', argv, { cwd: folder, encoding: 'utf8' })
    expect([status, stderr.slice(0, 2000)]).toEqual([0, ''])
  }
  const place = (files: readonly DropInFile[]): void => {
    for (const { name, source } of files) writeFileSync(join(folder, name), plain(source))
  }

  test('names of the author never collide with macros of the headers', () => {
    const headers = [
      'algorithm',
      'cmath',
      'cstdint',
      'cstdio',
      'cstdlib',
      'cstring',
      'string',
      'vector',
      'cerrno',
      'climits',
      'csignal',
    ]
    const text = headers.map(header => `#include <${header}>\n`).join('')
    const listed = execFileSync('g++', ['-dM', '-E', '-x', 'c++', '-'], {
      input: text,
      encoding: 'utf8',
      maxBuffer: 2 ** 26,
    })
    const macros = [...listed.matchAll(/^#define (\w+)/gm)].map(([, name]) => name as string)
    expect(macros.filter(isPlainName)).toEqual([])
    expect(macros.filter(name => /^[A-Za-z].*_$/.test(name))).toEqual([])
    const usable = [...new Set(macros)].filter(name => /^[A-Za-z][A-Za-z0-9_]{0,62}$/.test(name))
    expect(usable.length).toBeGreaterThan(200)
    const others = [
      'uint32_t',
      'int64_t',
      'make_float4',
      'float4',
      'dim3',
      'cudaError_t',
      'size_t',
      'fits',
      'pack_f16',
      'std',
      'stdin',
      'words',
    ]
    const all = [...new Set([...usable, ...others])].filter(name => name !== 'q' && name !== 'N')
    const kernels = Array.from({ length: Math.ceil(all.length / 150) }, (_, i) =>
      named(`macros_${i}`, all.slice(150 * i, 150 * (i + 1))),
    )
    for (const one of [...kernels, sized('INT_MAX'), sized('stdin'), sized('linux'), named('unix', ['x'])]) {
      const files = naive(one, one.name)
      place(files)
      compile(`${one.name}.cpp`, `${text}#include "${one.name}.cu"`)
      compile(`${one.name}_reference.cpp`, `${text}#include "${one.name}_reference.h"`)
    }
  })

  test('three files compile together under `using namespace std`, with their headers and loops', () => {
    const sets = [
      naive(library('int8_per_channel_dequantize'), 'a'),
      naive(library('int8_per_token_dequantize'), 'b'),
      naive(library('innerq_hybrid_u3'), 'c'),
    ]
    for (const files of sets) place(files)
    const includes = sets
      .flatMap((_, i) => ['.cu', '_reference.h'].map(end => `#include "${'abc'[i]}${end}"\n`))
      .join('')
    compile('all.cpp', `#include <algorithm>\n#include <cmath>\nusing namespace std;\n${includes}`)
  })

  test('kernels with the same prefix have different entry points and host functions', () => {
    const symbols = ['int8_per_channel', 'int8_per_channel_scale', 'int8_per_channel_quantize'].map(name => {
      const [source] = naive(library(name), name)
      return [...(source?.source ?? '').matchAll(/extern "C" (?:__global__ void .*? |cudaError_t )(\w+)\(/g)].map(
        found => found[1],
      )
    })
    expect(symbols.flat().length).toBeGreaterThan(5)
    expect(new Set(symbols.flat()).size).toBe(symbols.flat().length)
  })

  test('the header compiles as C', () => {
    const [, header] = naive(library('int8_per_channel_quantize'), 'header')
    const own = mkdtempSync(join(folder, 'c-'))
    writeFileSync(join(own, 'header.cuh'), header?.source ?? '')
    const types = 'typedef int cudaError_t;\ntypedef struct CUstream_st* cudaStream_t;\n'
    writeFileSync(join(own, 'cuda_runtime_api.h'), types)
    const call = 'return qernel_int8_per_channel_quantize(0, 0, 0, 1, 2, 0);'
    writeFileSync(join(own, 'uses.c'), `#include "header.cuh"\nint main(void) { ${call} }\n`)
    const flags = ['-std=c11', '-Wall', '-Wextra', '-Werror', '-pedantic', '-fsyntax-only', '-I.', 'uses.c']
    const { stderr, status } = spawnSync('gcc', flags, { cwd: own, encoding: 'utf8' })
    expect([status, stderr]).toEqual([0, ''])
  })
})
