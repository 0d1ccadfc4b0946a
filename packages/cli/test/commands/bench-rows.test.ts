import { appendFileSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Subject } from '@qernel/bench'
import { compilerVersion } from '@qernel/codegen'
import { findKernel, type LibraryKernel } from '@qernel/kernels'
import { type Device, DeviceLostError } from '@qernel/runtime'
import { parseSteps } from '@qernel/schedule'
import { type StoredRecord, StoreFile } from '@qernel/tune'
import { afterAll, describe, expect, it, vi } from 'vitest'
import { temporaryFolder } from '../../../../test/temporary-folder.ts'
import { Pulse } from '../../src/commands/bench/pulse.ts'
import { Rows } from '../../src/commands/bench/rows.ts'
import { subjectsOf } from '../../src/commands/bench/subjects.ts'
import { sweep } from '../../src/commands/bench/sweep.ts'
import { SweepProgress } from '../../src/commands/bench/sweep-progress.ts'
import { writtenSchedules } from '../../src/commands/bench/written-schedules.ts'
import { commands } from '../../src/commands.ts'
import { UsageError } from '../../src/errors/usage-error.ts'
import { runProgram } from '../../src/frame/run-program.ts'
import { qernel } from '../command-line.ts'

vi.setConfig({ testTimeout: 60_000 })

// One device for all runs, because opening it takes as long as a run.
const shared = vi.hoisted((): { device?: Device } => ({}))
vi.mock(import('@qernel/runtime'), async original => {
  const runtime = await original()
  const openDevice: typeof runtime.openDevice = async options => {
    shared.device ??= await runtime.openDevice(options)
    return lasting(shared.device, () => undefined)
  }
  return { ...runtime, openDevice }
})
afterAll(() => shared.device?.close())

/** A device that is not closed, and whose timed launches can be replaced. */
function lasting(device: Device, launched: (source: string) => Promise<never> | undefined): Device {
  return new Proxy(device, {
    get(target, property) {
      const own = Reflect.get(target, property, target)
      if (property === 'close') return async () => undefined
      if (property !== 'launch') return typeof own === 'function' ? own.bind(target) : own
      const launch: Device['launch'] = (executable, plan, buffers, options) =>
        (options?.timed ? launched(executable.compiled.source) : undefined) ??
        target.launch(executable, plan, buffers, options)
      return launch
    },
  })
}

const folder = temporaryFolder()
const kernel = 'int8_per_channel_quantize'
const library = [findKernel(kernel) as LibraryKernel]
const schedules = folder.file(
  'schedules.txt',
  '# tiles\n\ntile(t=2,d=4) vectorize(d=4)\n  tile( t=4, d=4 ) vectorize(d=4)\ntile(t=2,d=4) vectorize(d=4)\ntile(t=2,d=2) vectorize(d=2)\n',
)
const rows = join(folder.path, 'rows.jsonl')

/** @param onWords receives the text on standard error as it is written */
async function bench(argv: readonly string[], onWords: (text: string) => void = () => undefined) {
  const written = { stdout: '', stderr: '' }
  const stderr = {
    write: (text: string) => {
      written.stderr += text
      onWords(text)
    },
  }
  const stdout = { write: (text: string) => (written.stdout += text) }
  const line = ['bench', kernel, '--adapter', 'software', '--sizes', '16x32', '--rows', rows, ...argv]
  const exitCode = await runProgram({ name: 'qernel', version: '1.2.3', summary: '', commands }, line, {
    stdout,
    stderr,
  })
  return { exitCode, ...written }
}

/** Appends rows like the program, with their checksums. */
function store(path: string, records: readonly StoredRecord[]): string {
  const file = StoreFile.open(path)
  for (const record of records) file.append(record)
  file.close()
  return path
}

const lines = () => readFileSync(rows, 'utf8').trimEnd().split('\n')
const parsed = () => lines().map(line => JSON.parse(line))
const results = () => parsed().filter(({ kind }) => kind === 'schedule' || kind === 'ceiling')

it('stores every result in a file, and reuses stored results', async () => {
  const stopped = await bench(['--steps-file', schedules], text => {
    if (text.includes('interleaved')) process.emit('SIGINT')
  })
  expect(stopped.exitCode).toBe(130)
  expect(stopped.stderr).toContain('1 of the schedules repeat others')
  expect(stopped.stderr).toContain('SIGINT: stopping after the current turn')
  expect(stopped.stdout).toContain(
    'Stopped by SIGINT: 2 schedules without a result; run the same command again to resume',
  )
  expect(stopped.stdout).toMatch(/^tile\(t=2,d=2\) vectorize\(d=2\) +webgpu +step 2, .*\[word-split\]$/m)
  expect(results()).toMatchObject([{ failure: 'refused', steps: 'tile(t=2,d=2) vectorize(d=2)' }])

  appendFileSync(rows, '{"kind":"schedule","version":"0.1')
  const finished = await bench(['--steps-file', schedules, '--note', 'a try', '--json'])
  expect(finished.exitCode).toBe(0)
  const [first] = JSON.parse(finished.stdout).subjects
  expect(first.schedules.map(({ earlier, ratio }: Record<string, unknown>) => [earlier, typeof ratio])).toEqual([
    [undefined, 'number'],
    [undefined, 'number'],
    [undefined, 'undefined'],
  ])
  const found = results()
  expect(found.map(({ kind, steps, mix }) => `${kind} ${steps ?? mix}`)).toEqual([
    'schedule tile(t=2,d=2) vectorize(d=2)',
    'schedule tile(t=2,d=4) vectorize(d=4)',
    'schedule tile(t=4,d=4) vectorize(d=4)',
    'ceiling read',
    'ceiling copy',
    'ceiling fill',
  ])
  const { schedules: own, reference } = first
  expect(found[2]).toMatchObject({
    note: 'a try',
    kernel,
    element: 'f32',
    sizes: { T: 16, D: 32 },
    device: { kind: 'webgpu', isSoftware: true },
    settings: { rounds: 2, repeats: 1 },
    schedule: 'tile( t=4, d=4 ) vectorize(d=4)',
    code: own[1].code,
    time: own[1].time,
    ceiling: own[1].ceiling,
    ratio: own[1].ratio,
    verification: { words: 128, different: 0 },
    reference,
  })

  // Rows of another device, version or settings stay in the file and are not reused.
  const others = [
    { ...found[1], device: { ...found[1].device, name: 'another GPU' } },
    { ...found[1], version: '0.0.9', time: 'in units of then' },
    { ...found[1], settings: { ...found[1].settings, rounds: 3 } },
    { ...found[1], code: '0000000000000000' },
  ]
  store(
    rows,
    others.map(({ sum: _, ...row }) => row),
  )
  const before = lines()
  const more = await bench(['--steps-file', schedules, '--steps', 'tile(t=8,d=4) vectorize(d=4)'])
  expect(more.exitCode).toBe(0)
  expect(more.stderr).toContain('1 schedule interleaved, 3 of 4 done')
  expect(more.stdout).toMatch(/^schedule .* its ceiling {2}of ceiling {2}results$/m)
  const date = found[1].date.slice(0, 16).replace('T', ' ')
  const ratio = found[1].ratio.toFixed(3)
  expect(more.stdout).toMatch(
    new RegExp(`^tile\\(t=2,d=4\\) vectorize\\(d=4\\) .* ${ratio}  128 words equal; earlier run, ${date}$`, 'm'),
  )
  expect(more.stdout).toMatch(/^tile\(t=8,d=4\) vectorize\(d=4\) .* 128 words equal$/m)
  expect(more.stdout).toContain(`${rows}: 5 results reused from earlier runs, each with its own ceiling; 1 appended`)
  expect(lines().slice(0, before.length)).toEqual(before)
  expect(
    parsed()
      .slice(before.length)
      .map(({ kind }) => kind),
  ).toEqual(['started', 'schedule', 'ended'])
})

const ended = (members: object) => ({ kind: 'ended', version: compilerVersion, ...members })
it.each([
  { argv: ['--steps-file', folder.file('bad.txt', '# one\ntile(t=8\n')], says: ['bad.txt:2', 'tile(t=8'] },
  {
    argv: ['--steps-file', folder.file('none.txt', '# nothing\n')],
    says: ['none.txt', 'the file contains no schedule'],
  },
  { argv: ['--steps-file', 'absent.txt'], says: ['absent.txt', 'no such file'] },
  { argv: ['--rows', folder.path], says: ['not a regular file'] },
  {
    argv: ['--rows', store(join(folder.path, 'peers.jsonl'), [{ kind: 'quantize' }])],
    says: ['peers.jsonl:1', 'not a row of qernel bench'],
  },
  {
    argv: ['--rows', folder.file('notes.jsonl', '{"name":"triton"}\n')],
    says: ['notes.jsonl is not a store of results'],
  },
  {
    argv: ['--rows', store(join(folder.path, 'half.jsonl'), [ended({ run: 1 })])],
    says: ['half.jsonl:1', 'not a whole row of qernel bench: run is not text'],
  },
  {
    argv: ['--rows', store(join(folder.path, 'headless.jsonl'), [{ ...ended({}), kind: 'ceiling' }])],
    says: ['headless.jsonl:1', 'date is missing'],
  },
])('refuses $argv', async ({ argv, says }) => {
  const own = argv[0] === '--rows' ? argv : [...argv]
  const written = { stderr: '' }
  const exitCode = await runProgram(
    { name: 'qernel', version: '1.2.3', summary: '', commands },
    ['bench', kernel, ...own],
    {
      stdout: { write: () => undefined },
      stderr: { write: text => (written.stderr += text) },
    },
  )
  expect(exitCode).toBe(2)
  for (const part of says) expect(written.stderr).toContain(part)
})

it('reads schedules from standard input', async () => {
  const { exitCode, stderr } = await qernel(['bench', kernel, '--steps-file', '-'])
  expect([exitCode, stderr]).toEqual([2, expect.stringContaining('where:   standard input')])
})

describe('a lost device', () => {
  const lines: string[] = []
  const swept = async (
    sizes: readonly (readonly [number, number])[],
    devices: readonly (Device | Error)[],
    kinds: Device['kind'][] = ['webgpu'],
    more: Subject['schedules'] = [],
  ) => {
    const left = [...devices]
    lines.length = 0
    const { schedules } = writtenSchedules(
      ['tile(t=2,d=2) vectorize(d=2)', ...[2, 4, 8].map(t => `tile(t=${t},d=4) vectorize(d=4)`)],
      undefined,
    )
    const options = { schedule: [], type: [], set: [] } as unknown as Parameters<typeof subjectsOf>[1]
    return sweep({
      kinds,
      open: async () => {
        const next = left.shift()
        if (next instanceof Error) throw next
        return next as Device
      },
      subjectsOn: () =>
        subjectsOf(library, options, schedules, sizes).map(one => ({ ...one, schedules: [...more, ...one.schedules] })),
      settingsOn: () => ({ rounds: 2, repeats: 1, warmup: 0, rotateBytes: 0 }),
      rows: new Rows(undefined, undefined),
      pulse: new Pulse('', undefined, undefined),
      progress: new SweepProgress({ progress: line => void lines.push(line), status: () => undefined }, 1),
      shouldStop: () => false,
    })
  }
  const lostAt = (text: string) =>
    lasting(shared.device as Device, source =>
      source.includes(text) ? Promise.reject(new DeviceLostError('lost', 'the GPU is gone')) : undefined,
    )
  const sound = () => lasting(shared.device as Device, () => undefined)

  it('is opened again: the schedule that lost it is named, and the others are measured', async () => {
    const { subjects, missing, unmeasured } = await swept([[16, 32]], [lostAt('schedule  tile(t=4'), sound()])
    expect(subjects).toHaveLength(1)
    expect(subjects[0]?.schedules.map(({ problem, failure, time }) => [problem, failure, typeof time])).toEqual([
      [expect.any(String), 'refused', 'undefined'],
      [undefined, undefined, 'object'],
      ['the GPU is gone', 'lost', 'undefined'],
      [undefined, undefined, 'object'],
    ])
    expect([missing, unmeasured]).toEqual([[], 0])
    expect(lines).toContain('the GPU is gone; opening the device again')
  })

  it('that cannot be opened again ends the run with the results so far', async () => {
    const gone = new UsageError({ what: 'start a new process' })
    const { subjects, missing, unmeasured } = await swept([[16, 32]], [lostAt('schedule  tile(t=4'), gone])
    expect(subjects[0]?.schedules).toMatchObject([{ failure: 'refused' }, { failure: 'lost' }])
    expect(missing).toEqual([{ device: 'webgpu', problem: 'start a new process' }])
    expect(unmeasured).toBe(2)
  })

  it('that does not exist is reported before anything is measured', async () => {
    const missing = new UsageError({ what: 'no driver' })
    await expect(swept([[16, 32]], [missing, sound()], ['webgpu', 'cuda'])).rejects.toBe(missing)
    expect(lines).toEqual([])
  })

  it('lost by no schedule in particular costs only one subject', async () => {
    const sizes = [
      [16, 32],
      [16, 64],
    ] as const
    const { subjects, missing, unmeasured } = await swept(sizes, [lostAt('fn transfer'), sound()])
    expect(subjects.map(({ sizes: { D }, schedules }) => [D, schedules.length])).toEqual([
      [32, 1],
      [64, 4],
    ])
    expect(missing).toMatchObject([{ subject: `${kernel}, f32, 16x32`, problem: 'the GPU is gone' }])
    expect(unmeasured).toBe(3)
  })

  it('is not opened again forever while a transform throws', async () => {
    const broken = { name: 'broken', summary: '', steps: () => expect.fail('a transform of mine') }
    const devices = [lostAt('fn transfer'), lostAt('fn transfer'), sound()]
    const { subjects, missing } = await swept([[16, 32]], devices, ['webgpu'], [broken])
    expect(subjects[0]?.schedules).toMatchObject([{ failure: 'failed' }, { failure: 'refused' }])
    expect(missing).toMatchObject([{ problem: 'the GPU is gone' }])
  })
})

describe('a row in which one member is null', () => {
  const settings = { rounds: 1, repeats: 1, warmup: 0, rotateBytes: 0 }
  const about = { version: compilerVersion, date: '2026-01-01T00:00:00Z', note: 'a try', settings }
  const device = { kind: 'cuda', name: 'a GPU', driver: '1', isSoftware: false }
  const of = { ...about, device, kernel, hash: '0', element: 'f32', sizes: { T: 16, D: 32 } }
  const ceiling = { mix: 'copy', medianMs: 1, bytes: 4, tbps: 1, shape: { block: 1, unroll: 1 } }
  const check = { elements: 1, different: 0, what: 'every row', order: [{ name: 'q', beyond: 0 }] }
  const schedule = {
    kind: 'schedule',
    ...of,
    ...{ bytes: { reads: 1, writes: 1 }, schedule: 'a', steps: '', code: '0', tbps: 1, ratio: 1, dispatches: 1 },
    time: { medianMs: 1, p20: 1, p80: 1, samples: [1] },
    ceiling,
    reference: { schedule: 'naive', rows: [check], digest: '' },
    verification: { words: 1, different: 0, rows: [check] },
  }
  const started = { kind: 'started', ...of, run: '1', schedules: [{ steps: '', code: '0' }] }
  const { hash, element, sizes } = of
  const died = {
    ...{ kind: 'died', version: compilerVersion, run: '1', date: '', cause: 'own', problem: 'it ended' },
    late: { steps: '', code: '0' },
    preparing: { hash, element, sizes, schedule: 'a' },
  }
  const other = { kind: 'ceiling', ...about, device, size: '1x1', element: 'f32', ...ceiling }

  /** Every value that differs from this one in a single member, at any depth, which is null. */
  function* withNull(value: unknown): Generator<unknown> {
    if (Array.isArray(value)) {
      for (const changed of withNull(value[0])) yield [changed]
      yield [null]
    } else if (typeof value === 'object' && value !== null) {
      for (const [name, member] of Object.entries(value)) {
        yield { ...value, [name]: null }
        for (const changed of withNull(member)) yield { ...value, [name]: changed }
      }
    }
  }

  it.each([schedule, started, died, other])('is refused with its line: $kind', whole => {
    const open = (record: StoredRecord) => {
      const path = store(folder.file('null.jsonl', ''), [record])
      const rows = new Rows(path, undefined)
      rows.close()
    }
    expect(() => open(whole)).not.toThrow()
    const all = [...withNull(whole)] as StoredRecord[]
    expect(all.length).toBeGreaterThan(12)
    for (const record of all) {
      expect(() => open(record), JSON.stringify(record)).toThrow(UsageError)
      expect(() => open(record)).toThrow('null.jsonl:1: not a')
    }
  })
})

describe('a process that ended while it measured schedules', () => {
  const device = { kind: 'cuda', name: 'a GPU', driver: '1', isSoftware: false } as Device
  const settings = { rounds: 1, repeats: 1, warmup: 0, rotateBytes: 0 }
  const options = { schedule: ['naive'], type: [], set: [] } as unknown as Parameters<typeof subjectsOf>[1]
  const [subject] = subjectsOf(library, options, [], [[16, 32]])
  const path = join(folder.path, 'crash.jsonl')
  const scheduleOf = (t: number) => ({ steps: parseSteps(`tile(t=${t})`), code: `code of ${t}` })
  const [a, b] = [scheduleOf(4), scheduleOf(8)]
  let rows: Rows | undefined
  /** Like a process that starts when the previous one is gone. */
  const open = () => {
    rows?.close()
    rows = new Rows(path, undefined)
    return rows.of(device, subject as Subject, settings)
  }
  afterAll(() => rows?.close())

  /** The watching process records how it ended. */
  const died = (members: object) => {
    const { run = '' } = rows ?? {}
    rows?.close()
    const row = { kind: 'died', version: compilerVersion, run, date: '', problem: 'it ended', ...members }
    store(path, [row])
  }
  const resultOf = ({ steps, code }: typeof a) => open().known(steps, code)?.result

  it('is followed by one that measures the unfinished schedules alone, and blames the one that ends it again', () => {
    const first = open()
    first.begin([a, b])
    first.add({ schedule: 'a', ...a, problem: 'too slow', failure: 'failed' }, undefined)
    died({ cause: 'own' })

    const second = open()
    expect(second.known(a.steps, a.code)?.result.problem).toBe('too slow')
    expect(second.known(b.steps, b.code)).toBeUndefined()
    expect([second.isSuspect(a.steps, a.code), second.isSuspect(b.steps, b.code)]).toEqual([false, true])
    second.begin([b])
    died({ cause: 'own' })

    const result = resultOf(b)
    expect(result).toMatchObject({ failure: 'lost', problem: 'it ended' })
    expect(result?.earlier).toMatch(/^\d{4}-/)
  })

  it.each([
    ['it was ended from outside', { cause: 'outside' }],
    ['the reason is unknown', undefined],
  ])('blames no schedule, however often it ends, if %s', (name, how) => {
    const [c, d] = [scheduleOf(16), scheduleOf(32)].map(one => ({ ...one, code: name })) as [typeof a, typeof a]
    for (let time = 0; time < 3; time++) {
      open().begin(time === 0 ? [c, d] : [c])
      if (how !== undefined) died(how)
    }
    expect([resultOf(c), resultOf(d)]).toEqual([undefined, undefined])
  })

  it('blames only the schedule that was running at the deadline', () => {
    const [c, d] = [scheduleOf(16), scheduleOf(32)]
    open().begin([c, d])
    died({ cause: 'deadline', late: { steps: 'tile(t=16)', code: c.code } })
    expect([resultOf(c)?.failure, resultOf(d)]).toEqual(['timeout', undefined])
    expect(open().isSuspect(d.steps, d.code)).toBe(false)
  })

  it('does not apply a schedule again that never finished or ended it twice', () => {
    const first = open()
    const [e, f] = [first.preparing('e'), first.preparing('f')]
    died({ cause: 'deadline', preparing: e })
    died({ cause: 'own', preparing: f })
    expect([open().endsIn('e')?.failure, open().endsIn('f')]).toEqual(['timeout', undefined])
    died({ cause: 'own', preparing: f })
    expect(open().endsIn('f')?.failure).toBe('lost')
  })

  it('writes a result that needs no device only once', () => {
    const before = readFileSync(path, 'utf8').length
    const problem = { schedule: 'c', steps: [], problem: 'TypeError: oops', failure: 'failed' } as const
    open().add(problem, undefined)
    const after = readFileSync(path, 'utf8').length
    expect(after).toBeGreaterThan(before)
    open().add(problem, undefined)
    expect(readFileSync(path, 'utf8')).toHaveLength(after)
  })

  it('leaves no suspects among schedules that finished', () => {
    const first = open()
    first.begin([{ steps: a.steps, code: 'other code' }])()
    expect(open().isSuspect(a.steps, 'other code')).toBe(false)
  })
})
