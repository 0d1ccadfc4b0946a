import { setTimeout } from 'node:timers/promises'
import { cuda } from '@qernel/codegen-cuda'
import { wgsl } from '@qernel/codegen-wgsl'
import { f16 } from '@qernel/dsl'
import { randomNumbers } from '@qernel/dsl/internal'
import {
  groupAsymmetric,
  groupAsymmetricDequantize,
  int8PerChannel,
  int8PerChannelQuantize,
  int8PerToken,
} from '@qernel/kernels'
import type { Step } from '@qernel/schedule'
import { describe, expect, test } from 'vitest'
import { type Legality, legality, scheduleSpace } from '../../src/index.ts'
import { idsOf } from './ids-of.ts'

const number = (steps: readonly Step[], at: number, name: string): number => Number(steps[at]?.[name] ?? 0)

/** 16 of 4,096 combinations are legal, under beginnings of which some have one and others seven: rules that look at beginnings, at pairs and at all steps. */
const rare: Legality = Object.assign(
  (steps: readonly Step[]) => {
    const [t, d, v, c] = [number(steps, 0, 't'), number(steps, 0, 'd'), number(steps, 1, 'd'), number(steps, 2, 't')]
    return t <= 4 && d === 64 * t && v <= t && c === 2 * v && t + v + c !== 10
  },
  {
    canBegin: (steps: readonly Step[]) =>
      number(steps, 0, 't') <= 4 &&
      number(steps, 0, 'd') === 64 * number(steps, 0, 't') &&
      (steps.length < 2 || number(steps, 1, 'd') <= number(steps, 0, 't')),
  },
)
const template = 'tile(t={1..128},d={64..8192}) vectorize(d={1..128}) coarsen(t={1..128})'
const spaceOfRare = () => scheduleSpace({ templates: [template], isLegal: rare })

/** The statistic of Pearson: about as much as there are classes, less one. */
function chiSquare(counts: ReadonlyMap<string, number>, draws: number): number {
  const expected = draws / counts.size
  return [...counts.values()].reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0)
}

test('the first draw of a search is each legal candidate equally often', async () => {
  const legal = await idsOf(spaceOfRare())
  const counts = new Map(legal.map(id => [id, 0]))
  const searches = 40 * legal.length
  for (let seed = 0; seed < searches; seed++) {
    const { id } = await spaceOfRare().sample(randomNumbers(seed))
    counts.set(id, (counts.get(id) ?? 0) + 1)
  }
  expect(counts.size).toBe(legal.length)
  // Chance exceeds it in one of 10,000 cases.
  expect(chiSquare(counts, searches)).toBeLessThan(2 * legal.length + 20)
})

test('a search that has learned what is not legal draws all that is legal, and each equally often', async () => {
  const space = spaceOfRare()
  const legal = await idsOf(space)
  const random = randomNumbers(1)
  for (let draw = 0; draw < 3000; draw++) await space.sample(random)
  const counts = new Map(legal.map(id => [id, 0]))
  const draws = 200 * legal.length
  for (let draw = 0; draw < draws; draw++) {
    const { id } = await space.sample(random)
    counts.set(id, (counts.get(id) ?? 0) + 1)
  }
  expect(chiSquare(counts, draws)).toBeLessThan(2 * legal.length + 20)
})

test('what is legal in one place only is drawn, although it failed everywhere else', async () => {
  const values = Array.from({ length: 30 }, (_, i) => i + 1)
  const isLegal = (steps: readonly Step[]) => {
    const t = number(steps, 0, 't')
    return t === 1 || (t === 64 && number(steps, 1, 'd') === 30 && number(steps, 2, 't') === 64)
  }
  for (let seed = 1; seed <= 4; seed++) {
    const space = scheduleSpace({
      templates: [`tile(t={1,64}) vectorize(d={${values}}) coarsen(t={1,64})`],
      isLegal,
    })
    const random = randomNumbers(seed)
    const drawn = new Set<string>()
    for (let draw = 0; draw < 12000; draw++) drawn.add((await space.sample(random)).id)
    expect(drawn).toEqual(new Set(await idsOf(space)))
  }
})

test('the same seed draws the same candidates, however long the process pauses', async () => {
  const drawn = async (slow: boolean) => {
    const isLegal: Legality = Object.assign(
      (steps: readonly Step[]) => {
        const until = performance.now() + (slow ? 3 : 0)
        while (performance.now() < until);
        return rare(steps)
      },
      { ...rare },
    )
    const space = scheduleSpace({ templates: [template], isLegal })
    const random = randomNumbers(3)
    const ids: string[] = []
    for (let i = 0; i < 20; i++) ids.push((await space.sample(random)).id)
    return ids
  }
  expect(await drawn(true)).toEqual(await drawn(false))
})

describe('where nothing is legal', () => {
  const slow: Legality = () => {
    const until = performance.now() + 2
    while (performance.now() < until);
    return false
  }
  const space = scheduleSpace({ templates: [template], isLegal: slow })

  test.each([
    ['a draw', (signal: AbortSignal) => space.sample(randomNumbers(1), signal)],
    [
      'a list',
      async (signal: AbortSignal) => {
        for await (const candidate of space.candidates(signal)) expect(candidate).toBeUndefined()
      },
    ],
  ])('%s lets the process go on, and ends with the signal', async (_, work) => {
    const abort = new AbortController()
    const ended = work(abort.signal)
    await setTimeout(50)
    abort.abort(new Error('enough'))
    await expect(ended).rejects.toThrow('enough')
  })
})

/** Templates in which beginnings are refused for all reasons: vectors in front, lanes, limits, and words that end within a thread. */
const subjects = [
  [
    'int8PerChannelQuantize',
    int8PerChannelQuantize(f16),
    ['tile(t={4,256},d={2,64,1024}) vectorize(d={1,2,4,32})? coarsen(t={2,16})? predicate(t={assume,peel})'],
  ],
  [
    'int8PerChannel',
    int8PerChannel(f16),
    [
      'splitReduction(t=256,combine={atomic,shared},stage=scale) tile(d={64,1024},stage=scale) tile(t=4,d={2,64},stage=q) vectorize(d={2,4},stage=q)? cache(buffer=x,memory=shared,stage=q)?',
    ],
  ],
  [
    'int8PerToken',
    int8PerToken(f16),
    [
      'fuse(producer=scale,consumer=q,loops={1,2}) tile(t={1,8}) splitReduction(d={8,256},combine={serial,shared,subgroup}) split(loop=d,by={8,256},stage=q) vectorize(d={2,8}) bind(t_in={block.y,serial},d_in={block.x,grid.x,serial})',
    ],
  ],
  [
    'groupAsymmetric',
    groupAsymmetric({ bits: 4, length: 32, along: 'inner' })(f16),
    [
      'tile(t={1,64},d={32,2048},stage=q) vectorize(d={2,8,16},stage=q)? tile(t={2,64},stage=scale)? predicate(t={assume,peel})?',
    ],
  ],
  [
    'groupAsymmetricDequantize',
    groupAsymmetricDequantize({ bits: 4, length: 32, along: 'inner' })(f16),
    ['tile(t={1,64},d={1,64,2048}) vectorize(d={2,8,16})? coarsen(t={2,32})? cache(buffer=q,memory=shared)?'],
  ],
] as const

test.each(
  subjects.flatMap(([name, kernel, templates]) =>
    [wgsl, cuda].map(({ portableTarget }) => ({ name, kernel, templates, target: portableTarget })),
  ),
)('beginnings that are cut have no legal schedule: $name, $target.name', async ({ kernel, templates, target }) => {
  const isLegal = legality({ kernel, target, fixed: new Map([['D', 1024]]) })
  const cut = await idsOf(scheduleSpace({ templates, isLegal }))
  const each = await idsOf(scheduleSpace({ templates, isLegal: steps => isLegal(steps) }))
  expect(cut).toEqual(each)
  expect(each.length).toBeGreaterThan(0)
})
