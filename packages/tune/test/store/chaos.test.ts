/** What a store stands: `QERNEL_CHAOS=full` tries as much as is claimed, the usual run a part of it. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { randomNumbers } from '@qernel/dsl/internal'
import { expect, it } from 'vitest'
import { temporaryFolder } from '../../../../test/temporary-folder.ts'
import { recordLine } from '../../src/store/record-line.ts'
import { readStore, StoreFile } from '../../src/store/store-file.ts'

const isFull = process.env.QERNEL_CHAOS === 'full'
const folder = temporaryFolder()
const random = randomNumbers(Number(process.env.QERNEL_SEED))

const record = (n: number) => ({ kind: 'outcome', n, name: `tile(t=${n}) – ${n / 7}`, samples: [n, n + 0.5] })
const whole = (count: number) => Array.from({ length: count }, (_, n) => `${recordLine(record(n))}\n`)
const numbersIn = (path: string) => readStore(path).records.map(({ record }) => (record as { n?: number }).n)
const upTo = (count: number) => Array.from({ length: count }, (_, n) => n)

it('reopens after a cut at any byte, and loses the record that was cut', () => {
  const lines = whole(isFull ? 200 : 2)
  const bytes = Buffer.from(lines.join(''))
  const path = join(folder.path, 'cut.jsonl')
  for (let length = 0; length <= bytes.length; length++) {
    writeFileSync(path, bytes.subarray(0, length))
    const file = StoreFile.open(path)
    let [kept, end] = [0, 0]
    // A record is whole without its line break.
    while (kept < lines.length && end + Buffer.byteLength(lines[kept] as string) - 1 <= length)
      end += Buffer.byteLength(lines[kept++] as string)
    expect(file.content.records).toHaveLength(kept)
    expect(file.content.unused).toEqual([])
    file.append(record(kept))
    file.close()
    if (numbersIn(path).join() !== upTo(kept + 1).join()) expect.fail(`cut at ${length}: ${numbersIn(path)}`)
  }
}, 300_000)

it('finds every changed byte, names its line, and keeps all other records', () => {
  const count = isFull ? 200 : 40
  const lines = whole(count)
  const starts = lines.map((_, n) => Buffer.byteLength(lines.slice(0, n).join('')))
  const bytes = Buffer.from(lines.join(''))
  const path = join(folder.path, 'flip.jsonl')
  for (let flip = 0; flip < (isFull ? 5000 : 300); flip++) {
    const changed = Buffer.from(bytes)
    const at = Math.floor(random() * bytes.length)
    changed[at] = (bytes[at] as number) ^ (1 + Math.floor(random() * 255))
    writeFileSync(path, changed)
    const { records, unused, cutBytes } = readStore(path)
    const hit = starts.findLastIndex(start => start <= at)
    // A changed line break joins two lines; at the end of the file it makes a tail, of a whole line and more.
    const lost = bytes[at] === 0x0a ? [hit, hit + 1] : [hit]
    expect(
      records.map(({ record }) => (record as { n?: number }).n),
      `byte ${at}`,
    ).toEqual(upTo(count).filter(n => !lost.includes(n)))
    expect(unused.length > 0 || cutBytes > 0, `byte ${at}`).toBe(true)
    // A line break in the place of its first byte makes an empty line before it.
    const first = changed[at] === 0x0a && starts[hit] === at ? hit + 2 : hit + 1
    if (unused.length > 0) expect(unused[0]?.line, `byte ${at}`).toBe(first)
  }
}, 300_000)

it('keeps all that was acknowledged when its process is killed at any moment', async () => {
  const path = join(folder.path, 'killed.jsonl')
  const program = `
    import { StoreFile } from ${JSON.stringify(new URL('../../dist/index.js', import.meta.url).href)}
    const file = StoreFile.open(process.argv[1])
    const record = ${record.toString()}
    for (let n = file.content.records.length; ; n++) { file.append(record(n)); console.log(n) }`
  let acknowledged = 0
  for (let kill = 0; kill < (isFull ? 500 : 4); kill++) {
    const child = spawn(process.execPath, ['--input-type=module', '-e', program, path], {
      cwd: fileURLToPath(new URL('../..', import.meta.url)),
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const lines = createInterface(child.stdout).on('line', line => {
      acknowledged = Number(line) + 1
    })
    const closed = once(child, 'close')
    // Every other one at any moment of its start, too.
    if (kill % 2 === 0) await once(lines, 'line')
    await setTimeout(random() * 100)
    child.kill('SIGKILL')
    await closed
    const numbers = existsSync(path) ? numbersIn(path) : []
    expect(numbers).toEqual(upTo(numbers.length))
    expect(numbers.length - acknowledged).toBeGreaterThanOrEqual(0)
  }
  const { records, unused } = readStore(path)
  expect(records.length).toBeGreaterThan(0)
  expect(unused).toEqual([])
}, 300_000)
