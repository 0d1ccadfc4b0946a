import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it, vi } from 'vitest'
import { temporaryFolder } from '../../../../test/temporary-folder.ts'
import { benchChart } from '../../src/commands/bench/chart.ts'
import type { MeasuredSubject } from '../../src/commands/bench/results.ts'
import { inThisProcess } from '../command-line.ts'

vi.setConfig({ testTimeout: 60_000 })

const folder = temporaryFolder()
const kernel = 'int8_per_channel_quantize'
folder.file('file', '')
const peers = [
  { kind: 'device', name: 'a GPU' },
  { kind: 'ceiling', name: 'quantize mix', size: '64x128', dtype: 'f32', ms: 0.5, bytes: 41472, TBps: 2 },
  { kind: 'quantize', name: 'triton', size: '64x128', dtype: 'f32', ms: 1, bytes: 41472, TBps: 1 },
  { kind: 'quantize', name: 'elsewhere', size: '64x256', dtype: 'f32', ms: 1, bytes: 1, TBps: 1 },
]

it('prints and draws schedules and peers', async () => {
  const rows = folder.file('peers.jsonl', peers.map(row => `${JSON.stringify(row)}\n`).join(''))
  const svg = folder.file('bench.svg')
  const argv = ['bench', kernel, '--sizes', '64x128', '--schedule', 'best', '--steps', 'tile(t=1,d=128) vectorize(d=4)']
  const { exitCode, stdout, stderr } = await inThisProcess([
    ...argv,
    '--adapter',
    'software',
    '--peers',
    rows,
    '--svg',
    svg,
  ])
  expect(stderr).toContain('2 schedules interleaved')
  expect(exitCode).toBe(0)
  expect(stdout).toMatch(/^int8_per_channel_quantize, f32, 64x128$/m)
  expect(stdout).toMatch(/^ceiling: read 4 : write 1 +webgpu /m)
  expect(stdout).toMatch(/^best +webgpu .* 2048 words equal$/m)
  expect(stdout).toMatch(/^tile\(t=1,d=128\) vectorize\(d=4\) +webgpu .* 2048 words equal$/m)
  const times = [...stdout.matchAll(/^(?:best|tile\S* \S*) +webgpu .*?([\d.]+) (µs|ms) /gm)].map(
    ([, time, unit]) => Number(time) * (unit === 'ms' ? 1000 : 1),
  )
  expect(times).toHaveLength(2)
  expect(times).toEqual(times.toSorted((a, b) => b - a))
  expect(stdout).toMatch(/^triton +peer +1\.00 ms +1\.000 +0\.500$/m)
  expect(stdout).not.toContain('elsewhere')
  expect(stdout).toContain('8192 of its elements interpreted from the definition, 0 differ')
  expect(stdout).toContain('its times mean nothing')
  const drawing = readFileSync(svg, 'utf8')
  expect(drawing).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" viewBox="0 0 1068 312"/)
  for (const name of ['>triton<', '>best<', '>Roofline<', '>ceiling, peers<', '>64×128<'])
    expect(drawing).toContain(name)
  expect(drawing.match(/<g[ >]/g)?.length).toBe(drawing.match(/<\/g>/g)?.length)
})

it('draws more schedules than there are colours: the fastest with their names, the others pale', () => {
  const schedules = Array.from({ length: 40 }, (_, i) => ({
    schedule: `tile(t=${i + 1}) <a schedule that has a long name> vectorize(d=${i + 1})`,
    steps: [],
    tbps: 1 + i / 40,
  }))
  const subject: MeasuredSubject = {
    kernel,
    element: 'f32',
    device: 'cuda',
    sizes: { T: 64, D: 64 },
    bytes: { reads: 4, writes: 1 },
    ceiling: { mix: 'copy', medianMs: 1, bytes: 5, tbps: 0.004, shape: { block: 256, unroll: 1 } },
    reference: { schedule: 'naive', rows: [], digest: '' },
    schedules,
    operationsPerElement: 4,
  }
  const options = { rounds: 1, repeats: 1, warmup: 0 }
  const results = {
    version: '1',
    note: undefined,
    devices: [],
    options,
    subjects: [subject],
    ceilings: [],
    peers: [],
    cpu: [],
  }
  const drawing = benchChart(results)
  const texts = [...drawing.matchAll(/<text x="([\d.]+)" y="([\d.]+)"[^>]*>([^<]*)</g)]
  const [, width = ''] = /viewBox="0 0 (\d+)/.exec(drawing) ?? []
  const listed = texts.filter(([, x]) => x === '343').map(([, , y, content]) => ({ y: Number(y), content }))
  expect(listed.map(({ content }) => content?.match(/vectorize\(d=(\d+)\)$/)?.[1] ?? content)).toEqual([
    'ceiling',
    ...Array.from({ length: 9 }, (_, i) => String(32 + i)),
    '31 slower',
    '0.00400 TB/s',
    'channel_quantize, f32',
  ])
  for (const { y, content } of listed) {
    expect(y).toBeLessThan(300)
    expect(343 + 6 * (content?.replace(/&\w+;/g, '?').length ?? 0)).toBeLessThan(Number(width) / 2)
  }
  expect(drawing.match(/<title>tile[^<]*&lt;a schedule/g)).toHaveLength(40)
})

it('prints data for a program', async () => {
  const argv = ['bench', kernel, '--sizes', '32x64', '--schedule', 'naive', '--type', 'x=f16']
  const { exitCode, stdout } = await inThisProcess([
    ...argv,
    '--adapter',
    'software',
    '--note',
    'a try',
    '--cpu',
    '--json',
  ])
  expect(exitCode).toBe(0)
  const { subjects, ceilings, devices, note, cpu, cpuNote } = JSON.parse(stdout)
  expect(note).toBe('a try')
  expect(devices).toMatchObject([{ kind: 'webgpu', isSoftware: true }])
  expect(subjects).toMatchObject([
    {
      element: 'f16',
      sizes: { T: 32, D: 64 },
      bytes: { reads: 4352, writes: 2048 },
      ceiling: { mix: 'read 2 : write 1' },
      operationsPerElement: 4,
      reference: { schedule: 'plain', digest: expect.stringMatching(/^[0-9a-f]{64}$/) },
    },
  ])
  expect(ceilings.map(({ mix, element }: Record<string, string>) => `${mix} ${element}`)).toEqual([
    'read f16',
    'copy f16',
    'fill f16',
  ])
  if (cpuNote === undefined) {
    expect(cpu).toMatchObject([{ order: 'column by column', size: '32x64' }, { order: 'row by row' }])
    for (const { quantizeMs, differentCodes } of cpu) {
      expect(quantizeMs).toBeGreaterThan(0)
      expect(differentCodes).toBeLessThan(2048 / 100)
    }
  } else expect(cpuNote).toContain('no C++ compiler')
})

it.each([
  { argv: ['--sizes', '64'], says: "'64' is not of the form TxD" },
  { argv: ['--sizes', '64x0'], says: "'64x0' is not of the form TxD" },
  { argv: ['--rounds', '0'], says: "'0' is not a count" },
  { argv: ['--schedule', 'naiv'], says: "did you mean 'naive'?" },
  { argv: ['--steps', 'tile(t=8'], says: 'tile(t=8' },
  { argv: ['--device', 'reference'], says: 'reference' },
  { argv: ['--peers', 'absent.jsonl'], says: 'no such file' },
  { argv: ['--type', 'q=f16'], says: 'the type of q cannot be chosen' },
  { argv: ['--sizes', '64x64', '--set', 'D=32'], says: 'size D is already given by --sizes' },
  { argv: ['--svg', join(folder.path, 'file', 'bench.svg')], says: 'a part of the path is a file' },
])('refuses $argv', async ({ argv, says }) => {
  const { exitCode, stderr } = await inThisProcess(['bench', kernel, ...argv])
  expect(exitCode).toBe(2)
  expect(stderr).toContain(says)
  expect(stderr).not.toContain('interleaved')
})

const row = { kind: 'quantize', name: 'triton', size: '64x64', dtype: 'f32', ms: 1, TBps: 1 }
it.each([
  ['a time that is text', { ...row, ms: '1' }, 'not a result of a peer: ms is not a number'],
  ['a time of 0', { ...row, ms: 0 }, 'ms is not above 0'],
  ['an array', [row], 'the line is not an object'],
  ['an unknown kind', { ...row, kind: 'quantise' }, "did you mean 'quantize'?"],
  ['an unknown type', { ...row, dtype: 'f8' }, 'f32, f16, bf16'],
  ['a malformed size', { ...row, size: '64 by 64' }, "'64 by 64' is not of the form TxD"],
])('refuses a file of peers and names the line: %s', async (_, line, says) => {
  const rows = folder.file('broken.jsonl', `{"kind": "device"}\n${JSON.stringify(line)}\n`)
  const { exitCode, stderr } = await inThisProcess(['bench', kernel, '--peers', rows])
  expect([exitCode, stderr]).toEqual([2, expect.stringContaining(says)])
  expect(stderr).toContain(`${rows}:2`)
})

it('refuses a file without results of peers', async () => {
  const rows = folder.file('none.jsonl', '{"kind": "device"}\n')
  const { exitCode, stderr } = await inThisProcess(['bench', kernel, '--peers', rows])
  expect([exitCode, stderr]).toEqual([2, expect.stringContaining('no results of peers')])
})
