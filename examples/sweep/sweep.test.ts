/** Runs the script on a software device: what it finds and keeps counts, not how fast anything is. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { readStore, tuningRecords } from '@qernel/tune'
import { afterAll, expect, test } from 'vitest'
import { sweep } from './sweep.ts'

const folder = mkdtempSync(join(tmpdir(), 'sweep-'))
afterAll(() => rmSync(folder, { recursive: true }))
/** The program of workers, as built. */
const worker = fileURLToPath(new URL('../../packages/tune/dist/worker/main.js', import.meta.url))
const device = { kind: 'webgpu', adapter: 'swiftshader' } as const

test('tries candidates, prints each, names the fastest, and goes on from its store', async () => {
  // Workers are started as this process was, but with the built packages.
  process.execArgv = []
  const run = async (candidates: number) => {
    const lines: string[] = []
    const options = { device, budget: { candidates }, store: join(folder, 'sweep.jsonl'), worker }
    const result = await sweep({ T: 33, D: 64 }, line => lines.push(line), options)
    return { result, rows: lines.map(line => JSON.parse(line) as Record<string, unknown>) }
  }
  const { result, rows } = await run(3)
  expect(rows).toHaveLength(4)
  expect(rows.slice(0, 3).map(({ outcome, us }) => [outcome, typeof us])).toEqual(Array(3).fill(['correct', 'number']))
  expect(rows.at(-1)).toMatchObject({ end: 'budget', fastest: result.ranked[0]?.candidate.id })
  expect(rows.slice(0, 3).map(({ schedule }) => schedule)).toContain(rows.at(-1)?.fastest)
  const again = await run(5)
  expect([again.result.known, again.rows.length]).toEqual([3, 6])
}, 120_000)

test('as a program it stops at Ctrl-C, and keeps what it has found', async () => {
  const script = fileURLToPath(new URL('sweep.ts', import.meta.url))
  const store = join(folder, 'program.jsonl')
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', '-C', '@qernel/source', script, '--sizes', '64x64', '--store', store],
    {
      cwd: fileURLToPath(new URL('../..', import.meta.url)),
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  )
  const lines: string[] = []
  const reader = createInterface(child.stdout)
  reader.on('line', line => lines.push(line))
  await once(reader, 'line')
  child.kill('SIGINT')
  const [code] = await once(child, 'close')
  expect(code).toBe(0)
  expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ end: 'interrupted' })
  const kept = tuningRecords(readStore(store).records, store).filter(({ kind }) => kind === 'outcome')
  expect(kept.length).toBeGreaterThanOrEqual(lines.length - 1)
}, 120_000)
