import { join } from 'node:path'
import { expect, it } from 'vitest'
import { temporaryFolder } from '../../../../test/temporary-folder.ts'
import { readStore, tune, tuningRecords } from '../../src/index.ts'
import { exhaustive, listed, program, quantize } from './searches.ts'

const folder = temporaryFolder()
const common = {
  device: { kind: 'webgpu', adapter: 'swiftshader' },
  sizes: { T: 64, D: 64 },
  strategy: exhaustive,
  worker: program,
} as const
const ids = [
  'tile(t=8,d=16)',
  'tile(t=4,d=64) vectorize(d=4)',
  'tile(t=2,d=2) vectorize(d=2)',
  'tile(t=8,d=8)',
  'tile(t=16,d=32) vectorize(d=4)',
]

it('tries candidates on a device, ranks the right ones, and goes on from what its store holds', async () => {
  const store = join(folder.path, 'store.jsonl')
  const seen: string[] = []
  const result = await tune(quantize, {
    ...common,
    space: listed(ids),
    store,
    onProgress: ({ last }) => seen.push(`${last?.isKnown} ${last?.candidate.id}`),
    onNote: text => expect.fail(text),
  })
  expect(result.end).toBe('done')
  expect(result.ranked.map(({ candidate }) => candidate.id).sort()).toEqual([ids[0], ids[1], ids[3], ids[4]].sort())
  expect(seen.toSorted()).toEqual(ids.map(id => `false ${id}`).toSorted())
  const again = await tune(quantize, {
    ...common,
    space: listed([...ids, 'tile(t=32,d=8)']),
    store,
    finalists: { count: 0 },
  })
  expect([again.known, again.counts.correct]).toEqual([5, 5])
  const records = tuningRecords(readStore(store).records, store)
  expect(records.map(({ kind }) => kind)).toEqual(['search', ...ids.map(() => 'outcome'), 'final', 'search', 'outcome'])
})
