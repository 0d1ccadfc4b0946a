/**
 * Arrays of more than 2^32 elements, with each size below 2^31: no subscript of generated CUDA overflows, under any schedule of the library and in
 * the fallback kernels; and subscripts have 64 bits only where needed.
 */
import { cuda } from '@qernel/codegen-cuda'
import { kernelLibrary, type LibraryKernel } from '@qernel/kernels'
import { namedSchedules } from '@qernel/schedule'
import { expect, test } from 'vitest'
import { overflows } from './index-values.ts'

/** The largest sizes that every schedule of the library divides. */
const most = 2 ** 31 - 4096
const longRows = { T: 4096, G: 128, D: most, C: most, B: 2 ** 24, H: 128, K: 128, R: 1 }
const manyRows = { T: most, G: most / 32, D: 4096, C: 4096, B: 64, H: 128, K: 128, R: 1 }

function sources({ define, schedules }: LibraryKernel, fixed: ReadonlyMap<string, number> = new Map()): string[] {
  const kernel = define()
  const own = schedules.map(({ steps }) => steps({ kernel, target: cuda.portableTarget, fixed }))
  const named = namedSchedules.filter(({ name }) => isThorough || /naive|vectorized/.test(name))
  return [...own, ...named.map(({ steps }) => steps({ kernel }))].map(
    steps => cuda.compile(kernel, steps, { fixed }).source,
  )
}

const isThorough = Number(process.env.QERNEL_CASES ?? 0) > 1000
/** Kernels of one factory differ only in numbers; 3-bit codes are those that straddle words. */
const families = kernelLibrary.filter(
  ({ name }) => isThorough || !/_g(32|128)_|_[iu][248]_(g|de)|kivi|hybrid_u[24]|group_asymmetric/.test(name),
)

test.each(families)('$name: no subscript overflows', library => {
  for (const source of sources(library))
    for (const sizes of [longRows, manyRows]) expect(overflows(source, new Map(Object.entries(sizes)))).toEqual([])
})

const perToken = kernelLibrary.find(({ name }) => name === 'int8_per_token') as LibraryKernel

test('without its casts, every file would overflow', () => {
  const open = new Map(Object.entries(manyRows))
  const narrow = sources(perToken).map(source => overflows(source.replaceAll('size_t(', '('), open))
  expect(narrow.every(found => found.length > 0)).toBe(true)
})

test('subscripts have 64 bits only where arrays may be that large', () => {
  const fixed = new Map([
    ['T', 2 ** 19],
    ['D', 2 ** 13],
  ])
  // 32 bits can number at most 2^32 elements.
  expect(sources(perToken, fixed).filter(source => source.includes('size_t('))).toEqual([])
  expect(sources(perToken, fixed.set('T', 2 ** 19 + 1)).every(source => source.includes('size_t('))).toBe(true)
})
