/** Mistakes that executing CUDA on the CPU finds: kernels that are each wrong in one way, and a correct kernel. */
import { readFileSync } from 'node:fs'
import { disagreements, freedomOf } from '@qernel/acceptance'
import { cuda } from '@qernel/codegen-cuda'
import { f32, kernel } from '@qernel/dsl'
import { DeviceOperationError, runKernel } from '@qernel/runtime'
import { parseSteps } from '@qernel/schedule'
import { randomInputs } from '@qernel/testing'
import { afterAll, describe, expect, test } from 'vitest'
import { libraryCases, oddSizes } from '../kernels/library-cases.ts'
import { hasHostCompiler, openHostCuda } from './host/host-cuda.ts'
import { callLauncher } from './host/launcher.ts'

const hosts = hasHostCompiler ? [await openHostCuda()] : []
afterAll(() => Promise.all(hosts.map(({ device }) => device.close())))
test.skipIf(hasHostCompiler)('nothing is executed here: there is no g++', () => undefined)

const i = 'const unsigned i = threadIdx.x;'
const faults = [
  { what: 'nothing in a correct kernel', body: `${i} if (i < n) x[i] += 1u;`, says: /^$/ },
  {
    what: 'a read past the end of an array',
    body: `${i} x[i] = x[i + 1u];`,
    says: /byte 256 of an array of 256 bytes.*thread \(63/,
  },
  { what: 'a write past the end of an array', body: `${i} x[i + 1u] = 0u;`, says: /byte 256 of an array of 256 bytes/ },
  { what: 'a write before an array', body: 'x[-1] = 0u;', says: /byte -4 of an array/ },
  {
    what: 'a misaligned vector',
    body: 'const uint4 v = *reinterpret_cast<uint4*>(x + 1); x[0] = v.x;',
    says: /^undefined behaviour \(a misaligned access/,
  },
  {
    what: 'an index outside of shared memory',
    body: `__shared__ unsigned s[8]; ${i} s[i & 15u] = i; x[i] = s[0];`,
    says: /^undefined behaviour/,
  },
  {
    what: 'an index outside of a private array',
    body: 'unsigned a[4]; a[(n & 7u) + 4u] = 1u; x[0] = a[0];',
    says: /^undefined behaviour/,
  },
  { what: 'a sum of integers that overflows', body: 'x[0] = unsigned(int(x[1]) + 2147483647);', says: /^undefined/ },
  { what: 'a shift by 32', body: 'x[0] = 1u << (n / 2u);', says: /^undefined/ },
  {
    what: 'a barrier that some threads miss',
    body: `${i} if (i < 7u) __syncthreads(); x[i] = 0u;`,
    says: /^__syncthreads is not reached by all threads/,
  },
  {
    what: 'a shuffle that some lanes miss',
    body: `${i} if (i < 40u) x[i] = __shfl_xor_sync(0xffffffffu, i, 1u);`,
    says: /^a shuffle is not reached by all threads/,
  },
  {
    what: 'a missing barrier, by what a thread reads instead',
    body: `__shared__ unsigned s[64]; ${i} s[i] = i; if (s[63u - i] != 63u - i) __builtin_trap();`,
    says: /^undefined behaviour/,
  },
  {
    what: 'shared memory that is read before it is written, by the garbage in it',
    body: '__shared__ unsigned s[64]; if (s[threadIdx.x] != 0u) __builtin_trap();',
    says: /^undefined behaviour/,
  },
  {
    what: 'a shuffle with other warps',
    body: `${i} x[i] = __shfl_xor_sync(0xffffffffu, i, 32u);`,
    says: /^a shuffle reads a lane that does not take part/,
  },
]

const sourceOf = ({ body }: { readonly body: string }) =>
  `extern "C" __global__ void k(unsigned* __restrict__ x, unsigned n) {\n  ${body}\n}\n`
await hosts[0]?.compile(faults.map(fault => ({ source: sourceOf(fault) })))

test.each(hosts.flatMap(({ problemOf }) => faults.map(fault => ({ ...fault, problemOf }))))(
  'it finds $what',
  ({ says, problemOf, ...fault }) => {
    expect(problemOf(sourceOf(fault), 64, 64)).toMatch(says)
  },
)

test.each(hosts)('a kernel that fails is reported, and the next one runs', async ({ device }) => {
  const copy = kernel('copy', ({ size, input, output }) => {
    const N = size('N')
    const x = input('x', f32, [N])
    output('y', f32, [N], n => x(n))
  })
  const compiled = cuda.compile(copy, parseSteps('tile(n=32)'))
  const sizes = new Map([['N', 40]])
  const inputs = randomInputs(copy, sizes, 'uniform', 1)
  const run = async (source: string) =>
    runKernel(device, await device.load({ ...compiled, source }), { inputs, sizes: { N: 40 } })
  // Only one end of the array is watched at a time.
  const broken = compiled.source.replace(/(__global__[^}]*?)\bx\[n\]/, '$1(x[n + 8u] + x[size_t(n) - 40])')
  expect(broken).not.toBe(compiled.source)
  await expect(run(broken)).rejects.toThrow(DeviceOperationError)
  await expect(run(broken)).rejects.toThrow(
    /access outside of memory: byte -?\d+ of an array of 160 bytes, block \(\d, 0, 0\)/,
  )
  expect((await run(compiled.source)).outputs.get('y')?.data).toEqual(inputs.get('x')?.data)
})

/** Even if the compiler may contract, as nvcc does, products stay as written. */
const hasFma = hasHostCompiler && / fma /.test(readFileSync('/proc/cpuinfo', 'utf8'))
describe.each(hasFma ? hosts : [])('when the compiler contracts a * b + c', ({ device }) => {
  const affine = kernel('affine', ({ size, input, output }) => {
    const N = size('N')
    const x = input('x', f32, [N])
    const y = input('y', f32, [N])
    const z = input('z', f32, [N])
    output('r', f32, [N], n => x(n).mul(y(n)).add(z(n)))
  })
  const sizes = new Map([['N', 200]])
  const inputs = randomInputs(affine, sizes, 'uniform', 5)
  const wrong = async (source: (text: string) => string) => {
    const before = process.env.CUDA_HOST_FLAGS
    process.env.CUDA_HOST_FLAGS = '-O2 -mfma -ffp-contract=fast'
    try {
      const compiled = cuda.compile(affine, parseSteps('tile(n=64)'))
      const executable = await device.load({ ...compiled, source: source(compiled.source) })
      const { outputs } = await runKernel(device, executable, { inputs, sizes: { N: 200 } })
      return disagreements({ kernel: affine, inputs }, outputs, freedomOf(device)).length
    } finally {
      if (before === undefined) delete process.env.CUDA_HOST_FLAGS
      else process.env.CUDA_HOST_FLAGS = before
    }
  }

  test('generated code rounds twice, and code without __fmul_rn does not', async () => {
    expect(await wrong(text => `${text}\n`)).toBe(0)
    expect(await wrong(text => text.replace(/__fmul_rn\((.*?), (.*?)\)/, '($1 * $2)'))).toBeGreaterThan(0)
  })
})

describe.each(hosts)('the host function of a file', async ({ device, compile }) => {
  const cases = libraryCases(
    device,
    ({ name }) => /^(int8_per_(channel|token|tensor)|group_symmetric_i[43]_g32_inner|kivi_key_u2)$|q[48]_0/.test(name),
    { named: ['vectorized'] },
  )
  await compile(cases.map(({ compiled }) => compiled))

  const calls = cases.flatMap(one => [
    { ...one, how: 'aligned arrays', unaligned: false },
    { ...one, how: 'arrays that are aligned only to their elements', unaligned: true },
  ])
  test.each(calls)('launches $title on $how', ({ kernel: subject, compiled, unaligned }) => {
    const sizes = oddSizes(subject, compiled)
    const inputs = randomInputs(subject, sizes, 'mixed', 3)
    const { status, outputs } = callLauncher(compiled, { inputs, sizes: Object.fromEntries(sizes), unaligned })
    expect(status).toBe(0)
    expect(disagreements({ kernel: subject, inputs, sizes }, outputs, freedomOf(device))).toEqual([])
  })
})
