import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { temporaryFolder } from '../../../../test/temporary-folder.ts'
import { type OutcomeRecord, readStore, tune, tuningRecords } from '../../src/index.ts'
import { recordLine } from '../../src/store/record-line.ts'
import { generatorHash } from '../../src/worker/generator-hash.ts'
import { exhaustive, listed, program, quantize } from './searches.ts'

const folder = temporaryFolder()
const ids = [
  'tile(t=8,d=16)',
  'tile(t=4,d=64) vectorize(d=4)',
  'tile(t=16,d=32) vectorize(d=4)',
  'tile(t=8,d=8)',
  'tile(t=2,d=3) vectorize(d=2)',
]
const [same, changed, old, current, refused] = ids as [string, string, string, string, string]

it('measures again what another code generator made, where the code has changed', async () => {
  const store = join(folder.path, 'store.jsonl')
  const notes: string[] = []
  const fromStore: string[] = []
  const search = () =>
    tune(quantize, {
      ...{
        device: { kind: 'webgpu', adapter: 'swiftshader' },
        sizes: { T: 64, D: 64 },
        strategy: exhaustive,
        worker: program,
      },
      ...{ space: listed(ids), store, finalists: { count: 0 } },
      onNote: text => notes.push(text),
      onProgress: ({ last }) => last?.isKnown && fromStore.push(last.candidate.id),
    })
  const outcomes = () =>
    tuningRecords(readStore(store).records, store).filter((one): one is OutcomeRecord => one.kind === 'outcome')
  await search()
  const before = outcomes()
  expect(before.map(({ code }) => code !== undefined).filter(Boolean)).toHaveLength(4)
  expect(new Set(before.map(({ generator }) => generator)).size).toBe(1)

  const edits: Readonly<Record<string, Partial<Record<'generator' | 'code', string | undefined>>>> = {
    [same]: { generator: 'other' },
    [changed]: { generator: 'other', code: 'other' },
    // As an older version wrote it.
    [old]: { generator: undefined },
    [refused]: { generator: 'other' },
  }
  const { records } = readStore(store)
  const edited = records.map(({ record }) =>
    recordLine({ ...record, ...edits[(record as Partial<OutcomeRecord>).id ?? ''] }),
  )
  writeFileSync(store, `${edited.join('\n')}\n`)
  const result = await search()
  expect(notes).toEqual([
    'another code generator made 4 results of the store: where the code has changed since then, candidates are measured again',
  ])
  expect(fromStore.toSorted()).toEqual([same, old, current].toSorted())
  expect([result.known, result.counts.correct]).toEqual([3, 4])

  const after = outcomes().slice(before.length)
  const of = (records: readonly OutcomeRecord[], id: string) => records.find(one => one.id === id)
  expect(after.map(({ id }) => id).toSorted()).toEqual([same, changed, old, refused].toSorted())
  for (const id of [same, old])
    expect(of(after, id)).toMatchObject({ timing: of(before, id)?.timing, generator: of(before, id)?.generator })
  expect(of(after, changed)?.timing).not.toEqual(of(before, changed)?.timing)
  expect(of(after, changed)?.code).toBe(of(before, changed)?.code)

  notes.length = 0
  const text = readFileSync(store, 'utf8')
  expect((await search()).known).toBe(5)
  expect(notes).toEqual([])
  expect(readFileSync(store, 'utf8').split('\n')).toHaveLength(text.split('\n').length + 1)
})

it('tells code generators apart by their files', () => {
  expect(generatorHash()).toMatch(/^[0-9a-f]{16}$/)
  expect(generatorHash()).toBe(generatorHash())
})
