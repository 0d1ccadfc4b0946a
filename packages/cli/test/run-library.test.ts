/** Every quantizer of the library on the real key cache, as the command line runs it: right to the bit, and within its bound. */
import { fileURLToPath } from 'node:url'
import { affine, type Kernel } from '@qernel/dsl'
import { kernelLibrary } from '@qernel/kernels'
import { describe, expect, it, vi } from 'vitest'
import { inThisProcess } from './command-line.ts'

vi.setConfig({ testTimeout: 60_000 })

const cache = fileURLToPath(new URL('../../../examples/data/kv-head.safetensors', import.meta.url))
const tokens = 128

/** The axes of a kernel over [tokens, 128] as what `--reshape` takes; none where the kernel has those two. */
function reshape({ tensors }: Kernel): string[] {
  const dims = tensors.find(({ name }) => name === 'x')?.dims ?? []
  if (dims.length === 2) return []
  const middle = dims.slice(1, -1).map(dim => (typeof dim === 'number' ? affine.printExtent(dim) : '1'))
  return ['--reshape', `x=${tokens},${middle.join(',')},-1`]
}

const quantizers = kernelLibrary.filter(
  ({ roundTrip, define }) =>
    roundTrip !== undefined && define().tensors.filter(({ role }) => role === 'input').length === 1,
)

describe('qernel run on the real cache', () => {
  it.each(quantizers)('$name', async ({ name, define }) => {
    const argv = ['run', name, '--input', `x=${cache}#key[0:${tokens}]`, ...reshape(define())]
    const { exitCode, stdout, stderr } = await inThisProcess([
      ...argv,
      ...['--schedule', 'best', '--device', 'reference', '--json'],
    ])
    expect([exitCode, stderr]).toEqual([0, ''])
    const { outputs, roundTrip } = JSON.parse(stdout)
    for (const { equal, total } of outputs) expect(equal).toBe(total)
    // The bound is that of exact arithmetic; the cache is in f16, and results are rounded to f32.
    const { error, largest, bound } = roundTrip
    expect(bound?.holds ?? error.maximum <= largest.value * (1 + 2 ** -20)).toBe(true)
  })
})

describe('--reshape', () => {
  const run = (...more: string[]) =>
    inThisProcess(['run', 'lmdeploy_u4', '--input', `x=${cache}#key[0:4]`, '--device', 'reference', ...more])
  const refused = async (...more: string[]) => {
    const { exitCode, stderr } = await run(...more)
    expect(exitCode).toBe(2)
    return stderr
  }
  it('is offered where a kernel has more axes', async () =>
    expect(await refused()).toContain('allowed: --reshape x=4,1,2,64'))
  it('takes -1 for what is left', async () => expect((await run('--reshape', 'x=4, 1, 2, -1')).exitCode).toBe(0))
  it('keeps the number of elements', async () =>
    expect(await refused('--reshape', 'x=4,1,2,63')).toContain(
      '[4, 1, 2, 63] does not hold the 512 elements of [4, 128]',
    ))
  it('knows the inputs', async () => expect(await refused('--reshape', 'y=4,128')).toContain("unknown input 'y'"))
  it('is extents', async () => expect(await refused('--reshape', 'x=4x128')).toContain("cannot read 'x=4x128'"))
})
