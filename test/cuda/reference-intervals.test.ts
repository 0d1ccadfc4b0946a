/**
 * The intervals of self-tests, `*_allowed` in `*_reference.h`, compiled by a host compiler and compared with those of `@qernel/acceptance`: two derivations of what a
 * GPU may give that share no code. Where acceptance lists single values, C++ has the interval around them.
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { intervalsOf } from '@qernel/acceptance'
import { dropIn } from '@qernel/codegen-cuda'
import {
  affine,
  f8e4m3,
  f16,
  f32,
  type Index,
  i8,
  type Kernel,
  kernel,
  max,
  packTensor,
  type StorageType,
  sum,
  u3,
  u4,
  u8,
} from '@qernel/dsl'
import { elementCount, elementsPerUnit } from '@qernel/dsl/internal'
import { splitReduction } from '@qernel/schedule'
import { randomInputs, type ValueClass, valueClasses } from '@qernel/testing'
import koffi from 'koffi'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { smallDecode } from '../kernels/small-decode.ts'
import { hasHostCompiler } from './host/host-cuda.ts'

// Compiling is slow on a busy machine.
vi.setConfig({ hookTimeout: 120_000 })

/** Every operation on values that are not certain, because they depend on a sum in another order or on `exp2`. */
const operations = kernel('operations', ({ size, input, output }) => {
  const [T, D] = [size('T'), size('D')]
  const x = input('x', f32, [T, D])
  const y = input('y', f32, [T])
  const total = output('total', f32, { t: T }, t => sum({ d: D }, d => x(t, d)))
  const power = output('power', f32, { t: T }, t => total(t).mul(0.1).exp2())
  output('logarithm', f32, { t: T }, t => total(t).abs().log2())
  output('exponential', f32, { t: T }, t => total(t).exp().sub(power(t).sqrt()))
  output('quotient', f32, { t: T }, t =>
    y(t)
      .div(total(t))
      .add(total(t).div(y(t))),
  )
  output('fused', f32, { t: T }, t => total(t).fma(power(t), y(t)).neg())
  output('vanished', f32, { t: T }, t => total(t).mul(0).add(total(t).fma(0, 1)))
  output('extremes', f32, { t: T }, t => total(t).max(y(t)).min(power(t)).clamp(-3, 3))
  output('rounded', f32, { t: T }, t =>
    total(t).round().add(total(t).floor()).sub(total(t).ceil()).mul(total(t).trunc()).add(total(t).roundHalfAway()),
  )
  output('compared', f32, { t: T }, t =>
    total(t)
      .lt(y(t))
      .select(1, 2)
      .add(total(t).ge(power(t)).select(4, 8)),
  )
  output('codes', i8, { t: T }, t => total(t).mul(20).round())
  output('packed', u3, { t: T }, t => total(t).abs().round())
  output('half', f16, { t: T }, t => total(t).mul(30000))
  output('bytes', f8e4m3, { t: T }, t => total(t).mul(100))
  output('bits', f32, { t: T }, t => total(t).abs().bitcast('u32').shiftRight(1).bitcast('f32'))
})

/** A place that depends on a sum. */
const gathers = kernel('gathers', ({ size, input, output }) => {
  const [T, D] = [size('T'), size('D')]
  const x = input('x', f32, [T, D])
  const table = input('table', u4, [16])
  output('y', f32, { t: T }, t =>
    table(
      sum({ d: D }, d => x(t, d))
        .abs()
        .round()
        .saturate(u8),
    ).toF32(),
  )
})
const softmax = kernel('softmax', ({ size, input, output }) => {
  const [T, D] = [size('T'), size('D')]
  const x = input('x', f16, [T, D])
  const weight = (t: Index, d: Index) =>
    x(t, d)
      .sub(max({ e: D }, e => x(t, e)))
      .exp2()
  output('y', f32, { t: T, d: D }, (t, d) => weight(t, d).div(sum({ e: D }, e => weight(t, e))))
})

const subjects = [operations, gathers, softmax, ...smallDecode.filter(({ name }) => /attention|uint4/.test(name))]

/** A schedule that adds in another order, so that every order is allowed. */
const stepsOf = ({ stages }: Kernel) => {
  const [axis] = stages.flatMap(stage => reducedAxes(stage.value))
  return [splitReduction({ [axis ?? 'd']: 2, combine: 'serial', reassociate: true })]
}
function reducedAxes(value: Kernel['stages'][number]['value']): string[] {
  if (value.kind === 'reduce') return value.op === 'sum' ? value.axes.map(({ name }) => name) : reducedAxes(value.body)
  return value.kind === 'op' ? value.args.flatMap(reducedAxes) : []
}

/** Rows of codes that share words are whole units. */
const rowAlignment = (type: StorageType): number => (type.bits < 8 ? (elementsPerUnit(type) * type.bits) / 8 : 1)

const sizesOf = (kernel: Kernel): Map<string, number> =>
  new Map(
    kernel.sizes.map(({ name, facts: { multipleOf = 1 } }) => [
      name,
      multipleOf > 1 ? multipleOf : name === 'T' ? 9 : 3,
    ]),
  )

/** The header as a part of one file, with a C function that gives the intervals of each output as three numbers. */
function unitOf(kernel: Kernel): string {
  const { files } = dropIn(kernel, stepsOf(kernel), { base: kernel.name, parts: ['main'], seed: 1 })
  const header = files.find(({ name }) => name.endsWith('_reference.h'))
  const text = (header?.source ?? '').replace(/^#.*$/gm, '')
  const parameters = /_allowed\(\s*([^)]*)\)/.exec(text)?.[1] ?? ''
  const scope = /namespace (\w+_reference) \{/.exec(text)?.[1]
  const passed = parameters.split(', ').map(parameter => {
    const [, type, name] = /Interval<(\w+)>\* (\w+)/.exec(parameter) ?? []
    return type === undefined
      ? (parameter.split(/[ *]+/).at(-1) as string)
      : `reinterpret_cast<${scope}::Interval<${type}>*>(${name})`
  })
  return `${text}
extern "C" void ${kernel.name}(${parameters.replace(/Interval<\w+>\*/g, 'void*')}) { ${scope}::${kernel.name}_allowed(${passed.join(', ')}); }`
}

test.skipIf(hasHostCompiler)('the intervals of self-tests are not computed here: there is no g++', () => undefined)

describe.runIf(hasHostCompiler)('the intervals of', () => {
  let folder = ''
  let compiled: ReturnType<typeof koffi.load>
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'qernel-intervals-'))
    const headers = ['algorithm', 'cmath', 'cstdint', 'cstring', 'limits', 'type_traits', 'vector']
    const includes = headers.map(header => `#include <${header}>`)
    writeFileSync(join(folder, 'all.cpp'), [...includes, ...subjects.map(unitOf)].join('\n'))
    execFileSync(
      'g++',
      ['-std=c++17', '-Wall', '-Wno-unused-function', '-Werror', '-shared', '-fPIC', 'all.cpp', '-o', 'all.so'],
      { cwd: folder },
    )
    compiled = koffi.load(join(folder, 'all.so'))
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  /** The intervals of every output in C++: low, high, whether NaN. */
  function computed(kernel: Kernel, values: ValueClass) {
    const sizes = sizesOf(kernel)
    const inputs = randomInputs(kernel, sizes, values, 5)
    const tensors = kernel.tensors.filter(({ role }) => role !== 'temporary')
    const arrays = tensors.map(({ name, type, dims }) => {
      const input = inputs.get(name)
      if (input !== undefined) return Buffer.from(packTensor(input, rowAlignment(type), 4))
      return Buffer.alloc(24 * elementCount(dims.map(dim => affine.extentValue(dim, sizes))))
    })
    const types = [...tensors.map(() => 'void *'), ...kernel.sizes.map(() => 'int64_t')]
    compiled.func(`void ${kernel.name}(${types.join(', ')})`)(...arrays, ...sizes.values())
    const found = tensors.flatMap(({ name, role }, position) => {
      if (role !== 'output') return []
      const bytes = arrays[position] as Buffer
      const intervals = Array.from({ length: bytes.length / 24 }, (_, i) => ({
        low: bytes.readDoubleLE(24 * i),
        high: bytes.readDoubleLE(24 * i + 8),
        hasNaN: bytes.readUInt8(24 * i + 16) !== 0,
      }))
      return [[name, intervals] as const]
    })
    return { found, expected: intervalsOf({ kernel, inputs, sizes, steps: stepsOf(kernel) }, cudaFreedom) }
  }

  test.each(subjects.map(kernel => [kernel.name, kernel] as const))('%s', (_, kernel) => {
    let open = 0
    for (const values of valueClasses) {
      const { found, expected } = computed(kernel, values)
      for (const [name, intervals] of found) {
        const wanted = expected.get(name) ?? []
        expect(intervals.length).toBe(wanted.length)
        for (const [i, interval] of intervals.entries()) {
          expect(interval, `${name}[${i}] of ${values}`).toEqual(wanted[i])
          if (interval.low < interval.high) open++
        }
      }
    }
    expect(open).toBeGreaterThan(0)
  })
})

const cudaFreedom = { language: 'cuda', keepsDenormals: true } as const
