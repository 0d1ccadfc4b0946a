/**
 * The files of the library's own schedules are short enough to read, and use few enough registers for two workgroups of 256 threads on a
 * multiprocessor: 800 lines per file, 128 registers per thread.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { cuda } from '@qernel/codegen-cuda'
import { wgsl } from '@qernel/codegen-wgsl'
import { findKernel, kernelLibrary, type LibraryKernel } from '@qernel/kernels'
import { afterAll, describe, expect, test, vi } from 'vitest'

vi.setConfig({ testTimeout: 120_000 })

const mostLines = 800
const mostRegisters = 128

/** Files that may be longer, with the reason. */
const longer = new Map<string, { readonly lines: number; readonly reason: string }>([])

interface Variant {
  readonly entry: LibraryKernel
  readonly target: 'cuda' | 'wgsl'
  readonly rows: 'fixed' | 'open'
}

/** As `emit --schedule best` makes it: with rows of 128, or open ones, which for CUDA are presumed to be multiples of 32. */
function sourceOf({ entry, target, rows }: Variant): string {
  const kernel = entry.define()
  const lengths = new Map([
    ['D', 128],
    ['C', 64],
  ])
  const sizes = kernel.sizes.flatMap(({ name }) => (lengths.has(name) ? [name] : []))
  const fixed = new Map(rows === 'fixed' ? sizes.map(name => [name, lengths.get(name) as number]) : [])
  const multiples = new Map(rows === 'open' && target === 'cuda' ? sizes.map(name => [name, 32]) : [])
  const backEnd = target === 'cuda' ? cuda : wgsl
  const [best] = entry.schedules
  const steps = best?.steps({ kernel, target: backEnd.portableTarget, fixed, multiples }) ?? []
  return backEnd.compile(kernel, steps, { fixed }).source
}

const linesOf = (text: string): number => text.split('\n').length - 1

// A dequantizer has no reduction and is a tenth of its quantizer. Codes of 4 and 8 bits have one schedule for all lengths of groups.
const quantizers = kernelLibrary.filter(
  ({ name, roundTrip }) => roundTrip !== undefined && !/_[iu][48]_g(32|64)_/.test(name),
)

test.each(quantizers.map(entry => ({ name: entry.name, entry })))(
  '$name is short enough to read',
  ({ name, entry }) => {
    for (const target of ['cuda', 'wgsl'] as const)
      for (const rows of ['fixed', 'open'] as const) {
        const most = longer.get(`${name}, ${target}, ${rows}`)?.lines ?? mostLines
        expect(linesOf(sourceOf({ entry, target, rows })), `${target}, ${rows} rows`).toBeLessThanOrEqual(most)
      }
  },
)

test('every file in the list of exceptions is indeed longer', () => {
  for (const [which, { reason }] of longer) {
    const [name = '', target, rows] = which.split(', ') as [string, 'cuda' | 'wgsl', 'fixed' | 'open']
    const entry = findKernel(name) as LibraryKernel
    expect(linesOf(sourceOf({ entry, target, rows })), reason).toBeGreaterThan(mostLines)
  }
})

const nvcc = spawnSync('nvcc', ['--version']).status === 0
if (!nvcc) process.stderr.write('nvcc is not installed: registers are not counted here\n')

describe.skipIf(!nvcc)('registers, by ptxas for sm_90', () => {
  const folder = mkdtempSync(join(tmpdir(), 'qernel-registers-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  // For each kind of schedule, the one whose lanes keep the most values.
  test.each([
    'group_asymmetric_u3_g32_outer',
    'group_asymmetric_u3_g64_outer',
    'group_asymmetric_u3_g128_outer',
    'group_asymmetric_u4_g128_outer',
    'group_asymmetric_u3_g32_inner',
    'innerq_hybrid_u4',
  ])('%s', name => {
    const file = join(folder, `${name}.cu`)
    writeFileSync(file, sourceOf({ entry: findKernel(name) as LibraryKernel, target: 'cuda', rows: 'open' }))
    const options = ['-cubin', '-arch=sm_90', '-Xptxas', '-v', '-o', join(folder, `${name}.cubin`), file]
    const { status, stderr } = spawnSync('nvcc', options, { encoding: 'utf8' })
    expect(status, stderr).toBe(0)
    const counts = [...stderr.matchAll(/Used (\d+) registers/g)].map(found => Number(found[1]))
    expect(counts.length).toBeGreaterThan(0)
    expect(Math.max(...counts)).toBeLessThanOrEqual(mostRegisters)
    // A spill would hide values that do not fit.
    expect(stderr).not.toMatch(/[1-9]\d* bytes spill/)
  })
})
