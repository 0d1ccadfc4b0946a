import { randomNumbers } from '@qernel/dsl/internal'
import { describe, expect, test } from 'vitest'
import {
  type Candidate,
  defineStrategy,
  findStrategy,
  listStrategies,
  type Outcome,
  readRecordedSpace,
  type Space,
  type Strategy,
} from '../../src/index.ts'
import { Asked } from '../../src/strategy/asked.ts'
import { smallSpace, tinyJson } from '../replay/small-space.ts'

const tiny = readRecordedSpace(tinyJson)
const large = smallSpace()
const names = listStrategies().map(({ name }) => name)

interface Ask {
  readonly id: string
  readonly effort: number
}

/** The candidates that a search asks for, told in the order of asking, `window` of them late. */
async function sequence(
  name: string,
  space: Space,
  {
    seed = 1,
    count = 60,
    window = 1,
    outcome,
  }: { seed?: number; count?: number; window?: number; outcome: (candidate: Candidate) => Outcome },
): Promise<Ask[]> {
  const search = (findStrategy(name) as Strategy).start(space, { seed, budget: undefined })
  const asked: Ask[] = []
  const pending: Candidate[] = []
  while (asked.length < count) {
    const candidate = await search.next()
    if (candidate === undefined) {
      const late = pending.shift()
      if (late === undefined) break
      search.tell(outcome(late))
      continue
    }
    asked.push({ id: candidate.id, effort: search.effort?.() ?? 1 })
    pending.push(candidate)
    if (pending.length >= window) search.tell(outcome(pending.shift() as Candidate))
  }
  return asked
}

const outcome = large.outcome
const failing = (candidate: Candidate): Outcome => ({ candidate, class: 'crashed', costSeconds: 1 })

describe.each(names)('%s', name => {
  test('is replayed by its seed and outcomes, and differs by seed', async () => {
    const once = await sequence(name, large, { outcome })
    expect(await sequence(name, large, { outcome })).toEqual(once)
    expect(await sequence(name, large, { outcome, seed: 2 })).not.toEqual(once)
  })

  test('asks for each candidate once per effort, and for all of a small space', async () => {
    const asked = await sequence(name, tiny, { count: 1000, outcome: tiny.outcome })
    expect(new Set(asked.map(({ id }) => id)).size).toBe(tiny.size)
    expect(new Set(asked.map(({ id, effort }) => `${id} ${effort}`)).size).toBe(asked.length)
    for (const { effort } of asked) expect(effort > 0 && effort <= 1).toBe(true)
  })

  test('works with several candidates under way', async () => {
    const asked = await sequence(name, tiny, { count: 1000, window: 4, outcome: tiny.outcome })
    expect(new Set(asked.map(({ id }) => id)).size).toBe(tiny.size)
    expect(new Set((await sequence(name, large, { window: 8, outcome })).map(({ id }) => id)).size).toBeGreaterThan(30)
  })

  test('goes on where everything fails', async () => {
    expect(
      new Set((await sequence(name, large, { outcome: failing, count: 30 })).map(({ id }) => id)).size,
    ).toBeGreaterThanOrEqual(30)
    expect(new Set((await sequence(name, tiny, { outcome: failing, count: 100 })).map(({ id }) => id)).size).toBe(8)
  })

  test('begins with what the space names first', async () => {
    const [one, other] = [...large.candidates()].slice(100)
    const first = [one, other] as Candidate[]
    const asked = await sequence(name, { ...large, first }, { outcome, count: 5 })
    expect(asked.slice(0, 2).map(({ id }) => id)).toEqual(first.map(({ id }) => id))
  })

  test('ends at once in an empty space', async () => {
    const nothing: Space = {
      size: 0,
      candidates: () => [],
      sample: () => {
        throw new RangeError('the space has no candidate')
      },
      neighbours: () => [],
    }
    expect(await sequence(name, nothing, { outcome })).toEqual([])
  })
})

test('exhaustive and forest try what is predicted to be fast first', async () => {
  const estimate = (candidate: Candidate) => large.outcome(candidate).time ?? 1e9
  const [best] = [...large.candidates()].sort((a, b) => estimate(a) - estimate(b))
  const [first] = await sequence('exhaustive', { ...large, estimate }, { outcome, count: 1 })
  expect(first?.id).toBe(best?.id)
  const random = randomNumbers(1)
  const drawn = Array.from({ length: 8 }, () => large.sample(random))
  const [fastest] = drawn.sort((a, b) => estimate(a) - estimate(b))
  const [predicted] = await sequence('forest', { ...large, estimate }, { outcome, count: 1 })
  expect(predicted?.id).toBe(fastest?.id)
})

test('what is drawn and not asked for stays to be drawn', async () => {
  const asked = new Asked(tiny, randomNumbers(1))
  const [last, ...others] = tiny.candidates()
  for (const candidate of others) asked.ask(candidate)
  for (let i = 0; i < 20; i++) expect((await asked.draw())?.id).toBe(last?.id)
  asked.ask(last as Candidate)
  expect(await asked.draw()).toBeUndefined()
})

test('auto tries small spaces whole, and others as forest does', async () => {
  expect(await sequence('auto', tiny, { outcome: tiny.outcome })).toEqual(
    await sequence('exhaustive', tiny, { outcome: tiny.outcome }),
  )
  expect(await sequence('auto', large, { outcome })).toEqual(await sequence('forest', large, { outcome }))
})

test('successive halving measures survivors again, for longer', async () => {
  const asked = await sequence('successive-halving', large, { outcome, count: 14 })
  expect(asked.map(({ effort }) => effort)).toEqual([...Array(8).fill(0.25), ...Array(4).fill(0.5), 1, 1])
  const time = (id: string) =>
    large.outcome([...large.candidates()].find(each => each.id === id) as Candidate).time ?? 1e9
  const fastest = asked.slice(0, 8).sort((a, b) => time(a.id) - time(b.id))
  expect(new Set(asked.slice(8, 12).map(({ id }) => id))).toEqual(new Set(fastest.slice(0, 4).map(({ id }) => id)))
})

test('a plug-in adds a strategy; its name must be new and in kebab case', async () => {
  const mine: Strategy = { ...(findStrategy('random') as Strategy), name: 'mine' }
  defineStrategy(mine)
  expect(findStrategy('mine')).toBe(mine)
  expect(() => defineStrategy(mine)).toThrow('a strategy named mine is already defined')
  expect(() => defineStrategy({ ...mine, name: 'My' })).toThrow('not in kebab case')
})
