/** `qernel tune export` and `report`, on a store that is written here. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { printSteps } from '@qernel/schedule'
import { outcomeClasses, type StoredRecord, StoreFile } from '@qernel/tune'
import { parseDatabase } from '@qernel/tune/database'
import { beforeAll, describe, expect, it } from 'vitest'
import { temporaryFolder } from '../../../../test/temporary-folder.ts'
import { inThisProcess, type Refusal } from '../command-line.ts'

const folder = temporaryFolder()
const store = join(folder.path, 'sweep.jsonl')
const timing = (median: number) => ({ median, p20: median * 0.9, p80: median * 1.1, samples: [median] })
const conditions = {
  ...{
    version: '0.1.0',
    kernel: 'int8_per_token',
    hash: 'abc',
    element: 'f16',
    sizes: { T: 4096, D: 1024 },
    open: 'T',
  },
  ...{
    target: 'cuda',
    device: 'NVIDIA <H200>',
    kind: 'cuda',
    driver: 'CUDA 13',
    isSoftware: false,
    code: '1',
    bytes: 12_582_912,
  },
  settings: { rounds: 3, repeats: 5, warmup: 1, rotateBytes: 0 },
}
const steps = (t: number) => `tile(t=${t},d=64)`

beforeAll(() => {
  const file = StoreFile.open(store)
  const append = (record: object) => file.append(record as StoredRecord)
  const own = { key: 'k', date: '2026-01-01T00:00:00.000Z' }
  append({ kind: 'search', ...own, conditions, strategy: 'forest', seed: 1, size: 12 })
  for (const [i, each] of outcomeClasses.entries()) {
    const result = each === 'correct' ? { timing: timing(10) } : { problem: `why "${each}" & <b>` }
    append({
      kind: 'outcome',
      ...own,
      id: steps(i + 1),
      class: each,
      costSeconds: 0.5,
      parameters: { 'tile.t': i + 1 },
      ...result,
    })
  }
  append({
    kind: 'outcome',
    ...own,
    id: steps(64),
    class: 'correct',
    costSeconds: 1,
    parameters: { 'tile.t': 64 },
    timing: timing(8),
  })
  const finalists = [64, 1].map(t => ({ id: steps(t), timing: timing(t === 64 ? 7.5 : 9), rounds: [1] }))
  append({ kind: 'final', ...own, finalists, ties: [], ceiling: { mix: 'read 2 : write 1', tbps: 2 } })
  file.close()
})

const tune = (...argv: string[]) => inThisProcess(['tune', ...argv, '--store', store])

describe('export', () => {
  it('writes T4 with every class', async () => {
    const { exitCode, stdout, stderr } = await tune('export')
    expect([exitCode, stderr]).toEqual([0, ''])
    const { schema_version, results } = JSON.parse(stdout)
    expect([schema_version, results.length]).toEqual(['1.0.0', outcomeClasses.length + 1])
    expect(new Set(results.map(({ invalidity }: { invalidity: string }) => invalidity)).size).toBe(6)
  })

  it('writes CSV into a file, and does not replace another', async () => {
    const file = join(folder.path, 'sweep.csv')
    expect((await tune('export', '--format', 'csv', '-o', file)).stdout).toBe(`wrote ${file}: 9 candidates as csv\n`)
    expect(readFileSync(file, 'utf8').split('\r\n')[0]).toBe(
      'schedule,class,median_us,p20_us,p80_us,cost_s,date,problem,tile.t',
    )
    expect(await tune('export', '--format', 'csv', '-o', file)).toMatchObject({ exitCode: 2, stdout: '' })
    expect((await tune('export', '--format', 'csv', '-o', file, '--force')).exitCode).toBe(0)
  })

  it('adds the winner to a database of tuned schedules', async () => {
    const file = join(folder.path, 'own.json')
    for (const _ of [1, 2]) expect((await tune('export', '--format', 'schedules', '-o', file)).exitCode).toBe(0)
    const [one, ...others] = parseDatabase(readFileSync(file, 'utf8'))
    expect(others).toEqual([])
    expect(printSteps(one?.steps ?? [])).toBe(steps(64))
    // 12.58 MB in 7.5 µs is 1.678 TB/s, of 2.
    expect(one).toMatchObject({ fixed: { D: 1024 }, launch: { T: 4096 }, time: 7.5, ofCeiling: 0.8389 })
  })
})

describe('report', () => {
  it('is one page with every candidate, and nothing from elsewhere', async () => {
    const file = join(folder.path, 'sweep.html')
    const { exitCode, stdout } = await tune('report', '--html', file)
    expect([exitCode, stdout]).toEqual([0, `wrote ${file}: 9 candidates\n`])
    const page = readFileSync(file, 'utf8')
    for (const { id } of [...outcomeClasses.keys()].map(i => ({ id: steps(i + 1) })))
      expect(page).toContain(`<code>${id}</code>`)
    for (const each of outcomeClasses) expect(page).toContain(each)
    expect(page).toContain('NVIDIA &lt;H200&gt;')
    expect(page).toContain('why &quot;crashed&quot; &amp; &lt;b&gt;')
    expect(page).toContain('<h3>tile.t ')
    expect(page).not.toMatch(/<script|https?:|@import|url\(/)
    // A page of its own is replaced.
    expect((await tune('report', '--html', file)).exitCode).toBe(0)
  })
})

const t1 = (expression: string) =>
  folder.file(
    'space.json',
    JSON.stringify({
      ConfigurationSpace: {
        TuningParameters: [{ Name: 'rows', Type: 'int', Values: '[1, 2]' }],
        Conditions: [{ Expression: expression }],
      },
    }),
  )
const search = ['tune', 'int8_per_token', '--adapter', 'software']

it('status says which results may be of other code', async () => {
  const path = join(folder.path, 'other-code.jsonl')
  const file = StoreFile.open(path)
  const own = { key: 'k', date: '2026-11-30T10:00:00.000Z' }
  const made = (id: string, generator?: string) =>
    file.append({
      ...{ kind: 'outcome', ...own, id, class: 'correct', timing: timing(1), costSeconds: 1 },
      ...(generator !== undefined && { generator }),
    } as StoredRecord)
  made('tile(t=1,d=64)')
  made('tile(t=2,d=64)', 'before')
  made('tile(t=4,d=64)', 'before')
  made('tile(t=8,d=64)', 'now')
  file.append({ kind: 'search', ...own, conditions, generator: 'now', strategy: 'forest', seed: 1 } as StoredRecord)
  // It was checked, and holds.
  made('tile(t=4,d=64)', 'now')
  file.close()
  const { stdout } = await inThisProcess(['tune', 'status', '--store', path])
  expect(stdout).toContain(
    'made 1 by another code generator, 1 by an unknown one, before qernel kept it: a search measures again what has other code now',
  )
})

it('one is not many', async () => {
  const path = join(folder.path, 'one.jsonl')
  const file = StoreFile.open(path)
  const own = { key: 'k', date: '2026-11-30T10:00:00.000Z' }
  file.append({ kind: 'search', ...own, conditions, generator: 'now', strategy: 'forest', seed: 1 } as StoredRecord)
  const found = { class: 'correct', timing: timing(1), costSeconds: 1, generator: 'now' }
  file.append({ kind: 'outcome', ...own, id: 'tile(t=1,d=64)', ...found } as StoredRecord)
  file.close()
  const said = async (...argv: string[]) => (await inThisProcess(['tune', ...argv, '--store', path])).stdout
  expect(await said('status')).toContain('  1 candidate: 1 correct\n  1 run, from')
  expect(await said('export', '--format', 'csv', '-o', join(folder.path, 'one.csv'))).toContain(
    ': 1 candidate as csv\n',
  )
  expect(await said('report', '--html', join(folder.path, 'one.html'))).toContain(': 1 candidate\n')
})

const refusals: readonly Refusal[] = [
  {
    what: 'T1 without a template',
    argv: [...search, '--t1', t1('rows > 0')],
    says: ['nothing uses the parameters of --t1', '--space'],
  },
  {
    what: 'a choice that T1 does not have',
    argv: [...search, '--t1', t1('rows > 0'), '--space', 'tile(t=$row)'],
    says: ["unknown choice 'row'", '--space', 'tile(t=$row)', '       ^', 'rows'],
  },
  {
    what: 'a condition with an unknown name',
    argv: [...search, '--t1', folder.file('bad.json', '{'), '--space', 'tile(t=$rows)'],
    says: ['not a T1 file: it is not JSON', 'bad.json'],
  },
  { what: 'no store', argv: ['tune', 'export'], says: ['the store is missing', '--store FILE.jsonl'] },
  {
    what: 'a store that is not there',
    argv: ['tune', 'report', '--html', 'x.html', '--store', 'none.jsonl'],
    says: ['none.jsonl', 'no such file'],
  },
  {
    what: 'no file for the page',
    argv: ['tune', 'report', '--store', store],
    says: ['the file of the page is missing', '--html FILE'],
  },
  { what: 'an unknown format', argv: ['tune', 'export', '--format', 't5', '--store', store], says: ['t5', 't4'] },
]
it.each(refusals)('$what is refused', async ({ argv, says }) => {
  const { exitCode, stdout, stderr } = await inThisProcess(argv)
  expect([exitCode, stdout]).toEqual([2, ''])
  for (const text of says) expect(stderr).toContain(text)
  expect(existsSync('x.html')).toBe(false)
})
