/** What schedules do with open sizes that are known multiples. */
import { cuda } from '@qernel/codegen-cuda'
import { wgsl } from '@qernel/codegen-wgsl'
import { f16, f32, type StorageType } from '@qernel/dsl'
import { formatKernels, type LibraryKernel } from '@qernel/kernels'
import { applySchedule, printSteps, type Step } from '@qernel/schedule'
import { describe, expect, test } from 'vitest'

const none = new Map<string, number>()
const bestOf = (
  { define, schedules }: LibraryKernel,
  name: 'wgsl' | 'cuda',
  element: StorageType,
  multiples: Readonly<Record<string, number>>,
  fixed: ReadonlyMap<string, number> = none,
) =>
  schedules[0]?.steps({
    kernel: define(element),
    target: (name === 'cuda' ? cuda : wgsl).portableTarget,
    fixed,
    multiples: new Map(Object.entries(multiples)),
  }) ?? []

/** The known multiples of rows, and possibly of their number. */
const known = [
  { D: 4, C: 4 },
  { D: 32, C: 32 },
  { D: 24, T: 1024 },
  { D: 512, T: 8 },
  { D: 4096, C: 4096, T: 4096 },
]
/** Kernels of one factory differ only in numbers. */
const library = formatKernels.filter(({ name }) => !/_g(64|128)_/.test(name))
const asking = library.filter(
  each => printSteps(bestOf(each, 'cuda', f32, { D: 32, C: 32 })) !== printSteps(bestOf(each, 'cuda', f32, {})),
)

test('exactly the kernels whose definitions do not declare rows of whole words depend on multiples', () => {
  const isOpen = ({ define }: LibraryKernel) =>
    define().sizes.some(({ name, facts: { multipleOf = 1 } }) => /^[CD]$/.test(name) && multipleOf === 1)
  expect(asking.map(({ name }) => name)).toEqual(library.filter(isOpen).map(({ name }) => name))
})

/** Other zero points have the same schedules; codes of 2 and 3 bits have those of 4 bits with more lanes. */
const tried = asking.filter(({ name }) => !/asymmetric|kivi|_i[23]_/.test(name))

describe.each(tried.map(each => [each.name, each] as const))('%s', (name, each) => {
  // The others have the same number of lanes for every type.
  const elements = name.startsWith('int8_per_channel_') ? [f32, f16] : [f32]
  test('relies on the known multiple and on nothing else', () => {
    for (const target of ['wgsl', 'cuda'] as const)
      for (const element of elements)
        for (const multiples of known) {
          const steps = bestOf(each, target, element, multiples)
          const { nest } = applySchedule(each.define(element), steps)
          for (const { size, multipleOf } of nest.assumptions)
            expect(
              ((multiples as Record<string, number>)[size] ?? 1) % multipleOf,
              `${printSteps(steps)}: ${size}`,
            ).toBe(0)
        }
  })

  test('is the same for rows of a fixed length', () => {
    const fixed = new Map([
      ['D', 128],
      ['C', 64],
    ])
    for (const target of ['wgsl', 'cuda'] as const)
      for (const element of elements)
        expect(bestOf(each, target, element, { D: 32, C: 32 }, fixed)).toEqual(bestOf(each, target, element, {}, fixed))
  })

  test('accesses whole vectors, and CUDA has fallback kernels for other rows', () => {
    const steps = bestOf(each, 'cuda', f32, { D: 32, C: 32 })
    const { source, requires } = cuda.compile(each.define(), steps)
    const [scheduled = '', others = ''] = source.split(
      '// The same kernels without wide accesses and assumptions about sizes',
    )
    expect(requires.some(({ isAssumed, size }) => isAssumed && /^[CD]$/.test(size))).toBe(true)
    expect(scheduled).toMatch(/reinterpret_cast<(const )?\w+4\*>/)
    expect(scheduled).not.toMatch(/inside_\d/)
    expect(scheduled).toMatch(/\/\/ Launch only if .*\b[CD] is a multiple of \d+/)
    expect(others).toMatch(/__global__[^(]*\(\d+\) \w+_any_[0-9a-f]+\(/)
    expect(others).toMatch(/const bool fits =\s+[CD] % \d+ == 0/)
    const module = wgsl.compile(each.define(), bestOf(each, 'wgsl', f32, { D: 32, C: 32 })).source
    expect(module).toMatch(/\/\/ Launch only if .*\b[CD] is a multiple of \d+\.\n@compute/)
  })
})

test('the comment above each kernel also lists the facts of its definition, since no guard keeps half a group in bounds', () => {
  const kivi = formatKernels.find(({ name }) => name === 'kivi_key_u4') as LibraryKernel
  for (const [{ compile }, name, kernels] of [
    [cuda, 'cuda', 2],
    [wgsl, 'wgsl', 1],
  ] as const) {
    const { source } = compile(kivi.define(), bestOf(kivi, name, f32, { D: 32 }))
    expect(source.match(/extern "C" __global__|@compute/g)).toHaveLength(kernels)
    expect(source.match(/Launch only if T is a multiple of 32\b/g)).toHaveLength(kernels)
  }
})

/** The lengths of the vectors of a schedule. */
const vectorOf = (steps: readonly Step[]): Step['d'] => steps.find(({ transform }) => transform === 'vectorize')?.d

test.each(['int8_per_channel_scale', 'int8_per_channel_quantize', 'int8_per_channel_dequantize'])(
  '%s: to fix rows makes no vector narrower',
  name => {
    const each = formatKernels.find(one => one.name === name) as LibraryKernel
    for (const target of ['wgsl', 'cuda'] as const)
      for (const element of [f32, f16])
        for (const D of [8, 64, 96, 128, 192, 1024]) {
          const fixed = bestOf(each, target, element, {}, new Map([['D', D]]))
          expect(vectorOf(fixed), printSteps(fixed)).toBe(vectorOf(bestOf(each, target, element, { D })))
          expect(applySchedule(each.define(element), fixed, { fixed: new Map([['D', D]]) }).nest.assumptions).toEqual(
            [],
          )
        }
  },
)
