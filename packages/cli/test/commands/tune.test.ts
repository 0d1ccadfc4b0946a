import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { readStore, tuningRecords } from '@qernel/tune'
import { expect, it, vi } from 'vitest'
import { temporaryFolder } from '../../../../test/temporary-folder.ts'
import { inThisProcess, type Refusal } from '../command-line.ts'

vi.setConfig({ testTimeout: 120_000 })

/** The built program, which its workers run too. */
const bin = fileURLToPath(new URL('../../bin/qernel.js', import.meta.url))
process.env.QERNEL_TUNE_PROGRAM = fileURLToPath(new URL('../../dist/main.js', import.meta.url))
process.execArgv = []

const folder = temporaryFolder()
const kernel = 'int8_per_channel_quantize'
const line = (...argv: string[]) => ['tune', kernel, '--sizes', '16x32', '--adapter', 'software', ...argv]
const idsOf = (path: string) =>
  tuningRecords(readStore(path).records, path).flatMap(one => (one.kind === 'outcome' ? [one.id] : []))

it('searches a space, stores every result, resumes, and reports what a store holds', async () => {
  const store = join(folder.path, 'store.jsonl')
  const space = ['--space', 'tile(t={2,4,8},d={8,16}) vectorize(d=4)?', '--strategy', 'exhaustive']
  const first = await inThisProcess([...line(...space), '--budget', '3', '--store', store])
  expect([first.exitCode, first.stdout]).toEqual([4, expect.stringContaining('The budget is used up. 3 candidates')])
  expect(first.stdout).toContain(`With a larger --budget, the same command goes on from ${store}`)
  const told = first.stderr
    .trimEnd()
    .split('\n')
    .map(text => JSON.parse(text))
  expect(told.map(({ done, total, candidate }) => [done, total, candidate])).toEqual(
    idsOf(store).map((_, i) => [i + 1, 3, told[i].candidate]),
  )
  expect(told.map(({ candidate }) => candidate).sort()).toEqual(idsOf(store).sort())

  const used = await inThisProcess(['tune', 'resume', '--store', store])
  expect([used.exitCode, used.stdout]).toEqual([4, expect.stringContaining('3 from the store')])
  const rest = await inThisProcess(['tune', 'resume', '--store', store, '--budget', '100', '--json'])
  expect(rest.exitCode).toBe(0)
  const result = JSON.parse(rest.stdout)
  expect([result.end, result.known, result.counts.correct]).toEqual(['done', 3, 12])
  expect(result.ranked.slice(0, 5).every(({ isFinalist }: { isFinalist: boolean }) => isFinalist)).toBe(true)
  expect(new Set(idsOf(store)).size).toBe(12)
  expect(idsOf(store)).toHaveLength(12)

  const status = await inThisProcess(['tune', 'status', '--store', store])
  expect([status.exitCode, status.stderr]).toEqual([0, ''])
  expect(status.stdout).toContain('12 candidates: 12 correct\n  3 runs')
  expect(status.stdout).toContain(result.ranked[0].steps)

  const merged = join(folder.path, 'merged.jsonl')
  const merge = () => inThisProcess(['tune', 'merge', '--from', store, '--from', store, '--store', merged])
  const records = readStore(store).records.length
  expect((await merge()).stdout).toBe(`${merged}: ${records} records of 2 stores added; ${records} were there\n`)
  const before = readFileSync(merged, 'utf8')
  expect((await merge()).stdout).toBe(`${merged}: 0 records of 2 stores added; ${2 * records} were there\n`)
  expect(readFileSync(merged, 'utf8')).toBe(before)
})

it('splits a space into parts that contain each candidate exactly once', async () => {
  const parts = [1, 2, 3].map(part => join(folder.path, `part-${part}.jsonl`))
  const space = ['--space', 'tile(t={1,2,4,8},d={4,8})', '--strategy', 'exhaustive']
  await Promise.all(
    parts.map((store, i) => inThisProcess([...line(...space), '--shard', `${i + 1}/3`, '--store', store])),
  )
  const all = parts.filter(path => existsSync(path)).flatMap(idsOf)
  expect(all).toHaveLength(8)
  expect(new Set(all).size).toBe(8)
})

it('stops at Ctrl-C with a store that can be resumed', async () => {
  const store = join(folder.path, 'stopped.jsonl')
  const child = spawn(process.execPath, [bin, ...line('--store', store)], { stdio: ['ignore', 'pipe', 'pipe'] })
  let text = ''
  child.stdout.setEncoding('utf8').on('data', more => {
    text += more
  })
  // The first candidate is done.
  await once(child.stderr, 'data')
  child.kill('SIGINT')
  expect(await once(child, 'close')).toEqual([130, null])
  expect(text).toContain('Stopped by SIGINT.')
  expect(idsOf(store).length).toBeGreaterThan(0)
  expect(readStore(store).unused).toEqual([])
  expect(existsSync(`${store}.lock`)).toBe(false)
})

/** Opens no device, as where a driver hangs. */
const hangs = folder.file('hangs.mjs', 'setInterval(() => {}, 1000)\n')

it('stops at Ctrl-C while its worker starts, at once, with a store that nobody holds', async () => {
  const store = join(folder.path, 'waiting.jsonl')
  const child = spawn(process.execPath, [bin, ...line('--store', store)], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, QERNEL_TUNE_PROGRAM: hangs },
  })
  let text = ''
  child.stdout.setEncoding('utf8').on('data', more => {
    text += more
  })
  const closed = once(child, 'close')
  // From then on it waits for the worker.
  await vi.waitUntil(() => existsSync(`${store}.lock`), { timeout: 60_000, interval: 20 })
  await setTimeout(200)
  const start = performance.now()
  child.kill('SIGINT')
  expect(await closed).toEqual([130, null])
  expect(performance.now() - start).toBeLessThan(2000)
  expect(text).toContain('The same command begins again.')
  expect(existsSync(`${store}.lock`)).toBe(false)
  const again = await inThisProcess(line('--space', 'tile(t={2,4},d=8)', '--store', store))
  expect([again.exitCode, idsOf(store).length]).toEqual([0, 2])
})

it('fails if no candidate applies', async () => {
  const { exitCode, stdout } = await inThisProcess(line('--space', 'tile(t=2,d=2) vectorize(d=2)'))
  expect([exitCode, stdout]).toEqual([1, expect.stringContaining('No candidate is right.')])
})

it.each<Refusal>([
  { what: 'a missing kernel', argv: ['tune'], says: ['KERNEL is missing', 'resume'] },
  { what: 'an unknown kernel', argv: ['tune', 'int8_per_chanel'], says: ["unknown kernel 'int8_per_chanel'"] },
  { what: 'a malformed budget', argv: line('--budget', 'much'), says: ['--budget', '30m'] },
  { what: 'a part beyond the last', argv: line('--shard', '4/3'), says: ['--shard', '3/16'] },
  { what: 'an unknown strategy', argv: line('--strategy', 'exhaustiv'), says: ['exhaustive'] },
  { what: 'a malformed template', argv: line('--space', 'tile(t={1'), says: ['--space', '^'] },
  { what: 'a malformed time', argv: line('--run-deadline', 'soon'), says: ['--run-deadline', '90s'] },
  { what: 'two sizes', argv: ['tune', kernel, '--sizes', '16x32,32x32'], says: ['a search is for one size'] },
  {
    what: 'an unknown adapter',
    argv: ['tune', kernel, '--adapter', 'no such GPU'],
    says: ['No WebGPU adapter', 'no such GPU'],
  },
  {
    what: 'all devices without CUDA',
    argv: ['tune', kernel, '--devices', 'all'],
    says: ['cannot tell GPUs of the same name apart', '--device cuda --devices all', 'one adapter'],
  },
  {
    what: 'all devices and one of them',
    argv: ['tune', kernel, '--device', 'cuda', '--devices', 'all', '--adapter', '0'],
    says: ['both given', '--device cuda --adapter ADAPTER'],
  },
  { what: 'a missing store', argv: ['tune', 'resume'], says: ['the store is missing', '--store FILE.jsonl'] },
  {
    what: 'an absent store',
    argv: ['tune', 'status', '--store', 'absent.jsonl'],
    says: ['absent.jsonl', 'no such file'],
  },
  {
    what: 'a file that is not a store',
    argv: ['tune', 'status', '--store', folder.file('notes', 'my notes\n')],
    says: ['not a store of results'],
  },
  { what: 'a folder as a store', argv: line('--store', folder.path), says: ['not a regular file'] },
  { what: 'a merge without stores', argv: ['tune', 'merge', '--store', 'a.jsonl'], says: ['--from FILE.jsonl'] },
  { what: 'stores to merge in a search', argv: line('--from', 'a.jsonl'), says: ['--from belongs to merge'] },
])('refuses $what', async ({ argv, says }) => {
  const { exitCode, stdout, stderr } = await inThisProcess(argv)
  expect([exitCode, stdout]).toEqual([2, ''])
  for (const part of says) expect(stderr).toContain(part)
})
