import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { kernelLibrary } from '@qernel/kernels'
import { expect, it, vi } from 'vitest'
import { publishedSizes } from '../../src/commands/accuracy/published.ts'
import { publishedText } from '../../src/commands/accuracy/report.ts'
import { inThisProcess, qernel } from '../command-line.ts'

vi.setConfig({ testTimeout: 60_000 })

const cache = fileURLToPath(new URL('../../../../examples/data/kv-head.safetensors', import.meta.url))

it('prints tables for one quantizer on uniform data and on the real cache', async () => {
  const { exitCode, stdout } = await inThisProcess(['accuracy', 'kivi_key_u2', '--cache', cache, '--tokens', '128'])
  expect(exitCode).toBe(0)
  for (const line of [/^uniform \[128, 128\]$/m, /^key \[128, 128\]$/m, /^value \[128, 128\]$/m])
    expect(stdout).toMatch(line)
  expect(stdout).toMatch(/^kivi_key_u2 +3\.000 +0\.3\d+ +0\.3\d+ +0\.1\d+ /m)
  // Keys by channel and values by token, as in KIVI.
  expect(stdout).toMatch(/^kivi_key_u2, kivi_value_u2 +3\.000 +0\.[89]\d+ /m)
  expect(stdout).toContain('Bound: scale/2 + 3·max(scale·2^-11, 2^-25) + max(|zero|·2^-11, 2^-25)')
  expect(stdout).not.toContain('131072')
})

it.each([
  ['int8_per_token', 8.25],
  ['int8_per_tensor', 8.002],
  ['group_symmetric_i3_g32_inner', 3.5],
  ['group_asymmetric_u2_g128_outer', 2.25],
  ['innerq_hybrid_u3', 4],
  ['lmdeploy_u4', 4.5],
  ['llama_cpp_q8_0', 8.5],
  ['llama_cpp_q4_0', 4.5],
])('%s stores %d bits per element, within its bound', async (name, bits) => {
  const { stdout } = await inThisProcess(['accuracy', name, '--cache', cache, '--tokens', '128', '--json'])
  const { quantizers, outputs, published } = JSON.parse(stdout)
  const [{ both, keysAlone, valuesAlone }] = outputs
  expect(outputs).toMatchObject([{ formats: name, bitsPerElement: expect.closeTo(bits, 3) }])
  expect(both.cosine).toBeGreaterThan(0.8)
  // The errors of keys and values add up, at most.
  expect(both.relative.mean).toBeLessThan(1.1 * (keysAlone + valuesAlone))
  expect(Math.min(keysAlone, valuesAlone)).toBeGreaterThan(0)
  expect(published).toEqual([])
  expect(quantizers.map(({ data }: { data: string }) => data)).toEqual(['uniform', 'key', 'value'])
  for (const { bitsPerElement, maximum, rms, bound, attention, data } of quantizers) {
    expect(bitsPerElement).toBeCloseTo(bits, 3)
    expect(maximum).toBeLessThanOrEqual(bound.value * 1.001)
    expect(rms).toBeGreaterThan(0)
    expect(attention === undefined).toBe(data === 'value')
  }
})

const words = (line: string): string => line.trim().split(/ +/).join(' ')
const page = readFileSync(new URL('../../../../docs/accuracy.md', import.meta.url), 'utf8')
  .split('\n')
  .map(words)

it.each(['int8_per_channel', 'kivi_value_u2', 'llama_cpp_q4_0'])(
  '%s gives the figures of docs/accuracy.md',
  async name => {
    const { stdout } = await inThisProcess(['accuracy', name, '--cache', cache])
    const rows = stdout.split('\n').filter(line => line.startsWith(`${name} `))
    expect(rows).toHaveLength(4)
    expect(page).toEqual(expect.arrayContaining(rows.map(words)))
  },
)

it('the smallest published size gives the figures of docs/accuracy.md', () => {
  const [first] = publishedSizes()
  const row = publishedText(first === undefined ? [] : [first])
    .split('\n')
    .find(line => line.includes('2048 × 128'))
  expect(page).toContain(words(row ?? ''))
})

it('refuses an unknown quantizer, and numbers of tokens that do not fit', async () => {
  expect(await inThisProcess(['accuracy', 'kivi_key_u3'])).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining("did you mean 'kivi_key_u4'?"),
  })
  expect(await inThisProcess(['accuracy', '--tokens', '100'])).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining('a multiple of 128'),
  })
  expect(await inThisProcess(['accuracy', '--tokens', '4096', '--cache', cache])).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining('T of at least 4096'),
  })
})

it("list schedules shows the steps of a kernel's schedules for each target", async () => {
  const { stdout } = await inThisProcess(['list', 'schedules', 'llama_cpp_q8_0'])
  expect(stdout).toMatch(/^ {2}naive /m)
  expect(stdout).toMatch(/^ {2}best +one dispatch/m)
  expect(stdout).toMatch(/wgsl: .*vectorize\(b=2\)/)
  expect(stdout).toMatch(/cuda: .*combine=subgroup/)
  const { exitCode, stderr } = await inThisProcess(['list', 'targets', 'wgsl'])
  expect([exitCode, stderr]).toEqual([2, expect.stringContaining('targets cannot be described one by one')])
})

it('run and emit accept the schedule best, and it depends on the target', async () => {
  const input = `x=${cache}#key[0:64]`
  const ran = await qernel([
    'run',
    'kivi_value_u4',
    '--input',
    input,
    '--schedule',
    'best',
    '--adapter',
    'software',
    '--json',
  ])
  expect(ran).toMatchObject({ exitCode: 0, stderr: '' })
  expect(JSON.parse(ran.stdout).roundTrip).toMatchObject({ bytes: { before: 16384, after: 5120 } })
  const [wgsl, cuda] = await Promise.all(
    ['wgsl', 'cuda'].map(target => inThisProcess(['emit', 'kivi_value_u4', '--target', target, '--schedule', 'best'])),
  )
  expect([wgsl?.exitCode, cuda?.exitCode]).toEqual([0, 0])
  expect(wgsl?.stdout).toContain('workgroupBarrier')
  expect(cuda?.stdout).toContain('__shfl')
})

it('every kernel of the library has a schedule best', () => {
  expect(kernelLibrary.filter(({ schedules }) => schedules[0]?.name !== 'best')).toEqual([])
})
