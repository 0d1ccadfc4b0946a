/**
 * Faults of every kind, each of which costs one candidate: its class is right, all others are measured, and the winner is that of a run without faults.
 * `QERNEL_CHAOS=full` adds kinds that take their time, since a worker has to end twice.
 */
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { temporaryFolder } from '../../../../test/temporary-folder.ts'
import { type OutcomeClass, readStore, tune, tuningRecords } from '../../src/index.ts'
import { exhaustive, listed, quantize } from './searches.ts'

const folder = temporaryFolder()
const program = fileURLToPath(new URL('./faulty-worker.mjs', import.meta.url))

/** Each fault, and the class that it must get. */
const classes: Readonly<Record<string, OutcomeClass>> = {
  'compile error': 'compile error',
  'launch error': 'launch error',
  segfault: 'crashed',
  'device lost': 'device lost',
  'wrong result': 'wrong result',
  NaN: 'wrong result',
  'partial write': 'wrong result',
  'write outside': 'wrong result',
  'stale output': 'wrong result',
  'skipped launch': 'launch error',
  'wait in run': 'timeout',
  ...(process.env.QERNEL_CHAOS === 'full' && {
    'exit in compile': 'crashed',
    'hang in compile': 'timeout',
    'wait in compile': 'timeout',
    'hang in run': 'timeout',
  }),
}

const schedules = [1, 2, 4, 8, 16, 32].flatMap(t =>
  [4, 8, 16, 32].filter(d => t * d <= 256).map(d => `tile(t=${t},d=${d})`),
)

const outcomesOf = (path: string) =>
  new Map(tuningRecords(readStore(path).records, path).flatMap(one => (one.kind === 'outcome' ? [[one.id, one]] : [])))

it('gives each of many faults its class, and measures all others', async () => {
  const faults = Object.keys(classes)
  const bad = new Map(faults.map((fault, i) => [schedules[i] as string, fault]))
  process.env.QERNEL_TEST_FAULTS = folder.file('faults.json', JSON.stringify(Object.fromEntries(bad)))
  const store = join(folder.path, 'faults.jsonl')
  const notes: string[] = []
  const result = await tune(quantize, {
    device: { kind: 'webgpu', adapter: 'swiftshader' },
    sizes: { T: 48, D: 32 },
    strategy: exhaustive,
    space: listed(schedules),
    store,
    worker: program,
    deadlines: { compileSeconds: 15, runSeconds: 6 },
    onNote: text => notes.push(text),
  })
  const outcomes = outcomesOf(store)
  expect(Object.fromEntries([...bad].map(([id, fault]) => [fault, outcomes.get(id)?.class]))).toEqual(classes)
  const good = schedules.filter(id => !bad.has(id))
  expect(good.map(id => outcomes.get(id)?.class)).toEqual(good.map(() => 'correct'))
  expect(result.end).toBe('done')
  expect(result.ranked).toHaveLength(good.length)
  // The times are given by the source: the fastest of those that are good.
  const times = good.map(id => outcomes.get(id)?.timing?.median as number)
  expect(result.ranked[0]?.candidate.id).toBe(good[times.indexOf(Math.min(...times))])
  // Each end of a worker is told.
  expect(notes.length).toBeGreaterThan(3)
}, 120_000)
