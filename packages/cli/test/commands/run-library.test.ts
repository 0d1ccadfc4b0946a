/** Every quantizer of the library on the real key cache, as the command line runs it: exact, and within its bound. */
import { fileURLToPath } from 'node:url'
import { npyBytes, readNpy } from '@qernel/arrays'
import { affine, f32, i32, interpretKernel, type Kernel, packTensor, type Tensor, u8 } from '@qernel/dsl'
import { stored } from '@qernel/dsl/internal'
import { findKernel, kernelLibrary } from '@qernel/kernels'
import { randomInputs } from '@qernel/testing'
import { describe, expect, it, vi } from 'vitest'
import { temporaryFolder } from '../../../../test/temporary-folder.ts'
import { writeAllWhole } from '../../src/files/write-whole.ts'
import { inThisProcess } from '../command-line.ts'

vi.setConfig({ testTimeout: 60_000 })

const cache = fileURLToPath(new URL('../../../../examples/data/kv-head.safetensors', import.meta.url))
const tokens = 128

/** The `--reshape` option for a kernel over [tokens, 128]; none if the kernel has exactly these two axes. */
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

describe('qernel run on the real cache is exact and within the bound', () => {
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
    const { bound, groups } = roundTrip
    expect(bound?.holds ?? (groups.holds && groups.saturated === 0)).toBe(true)
  })
})

describe('dequantizers read elements of any width from files', () => {
  const folder = temporaryFolder()
  const dequantizers = kernelLibrary.filter(({ element, define }) =>
    define().tensors.some(({ name, role }) => name === element.tensor && role === 'output'),
  )
  const inputsOf = (kernel: Kernel) => {
    const sizes = new Map(kernel.sizes.map(({ name, facts }) => [name, facts.multipleOf ?? 2]))
    // A device holds only values of the type, but a file of a wider type could hold others.
    const rounded = ([name, tensor]: [string, Tensor]): [string, Tensor] => [
      name,
      { ...tensor, data: tensor.data.map(stored(tensor.type)) },
    ]
    return new Map([...randomInputs(kernel, sizes, 'uniform', 1)].map(rounded))
  }
  const filesOf = (inputs: ReadonlyMap<string, Tensor>) =>
    [...inputs].flatMap(([name, tensor]) => {
      const path = folder.file(`${name}-${Math.random()}.npy`)
      writeAllWhole([{ path, content: npyBytes(tensor) }])
      return ['--input', `${name}=${path}`]
    })

  it('some dequantizers take codes narrower than a byte', () => {
    const narrow = dequantizers.filter(({ define }) => define().tensors.some(({ type }) => type.bits < 8))
    expect(narrow.length).toBeGreaterThan(20)
  })

  it.each(dequantizers)('$name', async ({ name, define }) => {
    const kernel = define()
    const inputs = inputsOf(kernel)
    const { exitCode, stdout, stderr } = await inThisProcess([
      'run',
      name,
      ...filesOf(inputs),
      '--device',
      'reference',
      '--out',
      folder.file(name),
    ])
    expect([exitCode, stderr], stdout).toEqual([0, ''])
    const found = await readNpy(folder.file(`${name}/x.npy`))
    expect(found.data).toEqual(interpretKernel(kernel, inputs).get('x')?.data)
  })

  it('8-bit floats may be given as their bits', async () => {
    const name = 'fp8_e4m3_per_token_dequantize'
    const kernel = findKernel(name)?.define() as Kernel
    const inputs = inputsOf(kernel)
    const q = inputs.get('q') as Tensor
    const bits: Tensor = { type: u8, shape: q.shape, data: packTensor(q, 1, 1) }
    const argv = ['run', name, ...filesOf(new Map([...inputs, ['q', bits]])), '--device', 'reference']
    const { exitCode, stderr } = await inThisProcess([...argv, '--out', folder.file('bits')])
    expect([exitCode, stderr]).toEqual([0, ''])
    const found = await readNpy(folder.file('bits/x.npy'))
    expect(found.data).toEqual(interpretKernel(kernel, inputs).get('x')?.data)
  })

  it('the first float that does not fit is named', async () => {
    const name = 'fp8_e4m3_per_token_dequantize'
    const inputs = inputsOf(findKernel(name)?.define() as Kernel)
    const q: Tensor = { type: f32, shape: [2, 2], data: Float32Array.of(1, 448, 449, NaN) }
    const { exitCode, stderr } = await inThisProcess(['run', name, ...filesOf(new Map([...inputs, ['q', q]]))])
    expect(exitCode).toBe(2)
    expect(stderr).toContain('q[1, 0] is 449 in a file of f32, and q is f8e4m3')
  })

  it('the first integer that does not fit is named', async () => {
    const name = 'group_symmetric_i4_g32_inner_dequantize'
    const inputs = inputsOf(findKernel(name)?.define() as Kernel)
    const q = inputs.get('q') as Tensor
    const data = Int32Array.from(q.data)
    data[33] = 8
    const wide = new Map([...inputs, ['q', { type: i32, shape: q.shape, data }]])
    const { exitCode, stderr } = await inThisProcess(['run', name, ...filesOf(wide), '--device', 'reference'])
    expect(exitCode).toBe(2)
    expect(stderr).toContain('q[1, 1] is 8 in a file of i32, and q is i4')
    expect(stderr).toContain('allowed: values from -8 to 7')
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
  it('is proposed if a kernel has more axes', async () =>
    expect(await refused()).toContain('allowed: --reshape x=4,1,2,64'))
  it('computes the extent that is -1', async () => expect((await run('--reshape', 'x=4, 1, 2, -1')).exitCode).toBe(0))
  it('must keep the number of elements', async () =>
    expect(await refused('--reshape', 'x=4,1,2,63')).toContain(
      '[4, 1, 2, 63] does not hold the 512 elements of [4, 128]',
    ))
  it('refuses an unknown input', async () =>
    expect(await refused('--reshape', 'y=4,128')).toContain("unknown input 'y'"))
  it('refuses malformed extents', async () =>
    expect(await refused('--reshape', 'x=4x128')).toContain("cannot read 'x=4x128'"))
})
