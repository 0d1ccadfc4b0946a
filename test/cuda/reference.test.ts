/**
 * The loops that self-tests compare CUDA with, `*_reference.h`, compiled by a host compiler and compared with the interpreter, bit for
 * bit: two printings of a definition that share no code with the kernels.
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { dropIn } from '@qernel/codegen-cuda'
import {
  affine,
  bf16,
  f16,
  f32,
  i4,
  i8,
  interpretKernel,
  type Kernel,
  kernel,
  packTensor,
  type StorageType,
  type Tensor,
  u3,
  unpackTensor,
} from '@qernel/dsl'
import { arrayByteLength, elementsPerUnit } from '@qernel/dsl/internal'
import { formatKernels } from '@qernel/kernels'
import { findSchedule } from '@qernel/schedule'
import { randomInputs } from '@qernel/testing'
import koffi from 'koffi'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { hasHostCompiler } from './host/host-cuda.ts'

// Compiling is slow on a busy machine.
vi.setConfig({ hookTimeout: 120_000 })

/** One of each family, in three types in turn. */
const elements = [f32, f16, bf16]
const library = formatKernels
  .filter(({ name }) => !/_g(64|128)_|_[iu](8|2)_|kivi|hybrid_u[34]/.test(name))
  .map(({ define }, i) => define(elements[i % 3]))

/** Places that the data decides, in a table of two rows and in one that has none. */
const gather = kernel('gather', ({ size, input, output }) => {
  const [T, E] = [size('T'), size('E')]
  const at = input('at', i8, [T])
  const [some, none] = [input('some', f32, [2]), input('none', f32, [E])]
  output('y', f32, [T], t => some(at(t)).sub(none(at(t))))
})
/** Rows of 19 codes leave bits of their last words over. */
const padded = kernel('padded', ({ size, input, output }) => {
  const [T, D] = [size('T'), size('D')]
  const x = input('x', f32, [T, D])
  output('q', u3, { t: T, d: D }, (t, d) => x(t, d).round())
  output('p', i4, { t: T, d: D }, (t, d) => x(t, d).round())
})
/** Values that are used twice, and so deep that they are named on the way; some arms index outside. */
const shared = kernel('shared', ({ size, input, output }) => {
  const [T, D] = [size('T'), size('D')]
  const x = input('x', f32, [T, D])
  output('y', f32, { t: T, d: D }, (t, d) => {
    let v = x(t, d)
    for (let i = 1; i < 60; i++) {
      const isThere = d.value().ge(i)
      v = isThere
        .select(x(t, d.add(-i)), v)
        .mul(v.abs().min(1))
        .add(isThere.select(v, 0.5))
    }
    return v
  })
})
const subjects = [...library, gather, padded, shared]

/** Rows of codes that share words are whole units. */
const rowAlignment = (type: StorageType): number => (type.bits < 8 ? (elementsPerUnit(type) * type.bits) / 8 : 1)

const sizesOf = (kernel: Kernel): Map<string, number> =>
  new Map(
    kernel.sizes.map(({ name, facts: { multipleOf = 1 } }) => [
      name,
      multipleOf > 1 ? 2 * multipleOf : name === 'T' ? 5 : name === 'E' ? 0 : 19,
    ]),
  )

/** The header as a part of one file, with a C function for its loops. */
function unitOf(kernel: Kernel): string {
  const steps = findSchedule('naive')?.steps({ kernel }) ?? []
  const header = dropIn(kernel, steps, { base: kernel.name, parts: ['main'], seed: 1 }).files.find(({ name }) =>
    name.endsWith('_reference.h'),
  )
  const text = (header?.source ?? '').replace(/^#.*$/gm, '')
  const parameters = /_loops\(\s*([^)]*)\)/.exec(text)?.[1] ?? ''
  const names = parameters.split(',').map(parameter => parameter.split(/[ *]+/).at(-1))
  const call = /namespace (\w+_reference) \{/.exec(text)?.[1]
  return `${text}
extern "C" void ${kernel.name}(${parameters}) { ${call}::${kernel.name}_loops(${names.join(', ')}); }`
}

test.skipIf(hasHostCompiler)('the loops of self-tests are not executed here: there is no g++', () => undefined)

describe.runIf(hasHostCompiler)('the loops of', () => {
  let folder = ''
  let compiled: ReturnType<typeof koffi.load>
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'qernel-reference-'))
    const headers = ['algorithm', 'cmath', 'cstdint', 'cstring', 'vector'].map(name => `#include <${name}>`)
    writeFileSync(join(folder, 'all.cpp'), [...headers, ...subjects.map(unitOf)].join('\n'))
    execFileSync('g++', ['-std=c++17', '-w', '-shared', '-fPIC', 'all.cpp', '-o', 'all.so'], { cwd: folder })
    compiled = koffi.load(join(folder, 'all.so'))
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  test.each(subjects.map(kernel => [kernel.name, kernel] as const))('%s', (name, kernel) => {
    const sizes = sizesOf(kernel)
    const inputs = randomInputs(kernel, sizes, 'mixed', 3)
    const expected = interpretKernel(kernel, inputs, sizes)
    const tensors = kernel.tensors.filter(({ role }) => role !== 'temporary')
    const arrays = tensors.map(({ name: own, type, dims }) => {
      const input = inputs.get(own)
      if (input !== undefined) return Buffer.from(packTensor(input, rowAlignment(type), 4))
      const shape = dims.map(dim => affine.extentValue(dim, sizes))
      // Memory as an allocation may leave it.
      return Buffer.alloc(arrayByteLength(type, shape, rowAlignment(type), 4), 0xa5)
    })
    const types = [...tensors.map(() => 'void *'), ...kernel.sizes.map(() => 'int64_t')]
    compiled.func(`void ${name}(${types.join(', ')})`)(...arrays, ...sizes.values())
    for (const [position, { name: output, type, role }] of tensors.entries()) {
      if (role !== 'output') continue
      const { shape, data } = expected.get(output) as Tensor
      const found = unpackTensor(new Uint8Array(arrays[position] as Buffer), type, shape, rowAlignment(type))
      expect(found.data).toEqual(data)
      if (type.bits >= 8) continue
      const bytes = packTensor({ type, shape, data }, rowAlignment(type), 4)
      expect(arrays[position], 'bits behind the last code').toEqual(Buffer.from(bytes))
    }
  })
})
