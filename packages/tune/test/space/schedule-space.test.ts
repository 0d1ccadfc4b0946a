import { cuda } from '@qernel/codegen-cuda'
import { wgsl } from '@qernel/codegen-wgsl'
import { randomNumbers } from '@qernel/dsl/internal'
import { int8PerChannelQuantize } from '@qernel/kernels'
import { axisFactors, defineTransform, parseSteps, printSteps } from '@qernel/schedule'
import { describe, expect, test } from 'vitest'
import {
  type Candidate,
  legality,
  neighbours,
  predictedCost,
  type Space,
  scheduleSpace,
  templateAround,
} from '../../src/index.ts'
import { idsOf } from './ids-of.ts'

const kernel = int8PerChannelQuantize()
const isLegal = legality({ kernel, target: wgsl.portableTarget })
const ids = (candidates: readonly { readonly id: string }[]) => candidates.map(({ id }) => id)

async function candidatesOf(space: Space): Promise<Candidate[]> {
  const all: Candidate[] = []
  for await (const candidate of space.candidates()) all.push(candidate)
  return all
}

describe('the space of a template', () => {
  const space = scheduleSpace({ templates: ['tile(t={1,2},d={64,512}) coarsen(t={2,4})?'], isLegal })

  test('has every legal combination once, in a fixed order', async () => {
    expect(await idsOf(space)).toMatchInlineSnapshot(`
      [
        "tile(t=1,d=64)",
        "tile(t=1,d=64) coarsen(t=2)",
        "tile(t=1,d=64) coarsen(t=4)",
        "tile(t=2,d=64)",
        "tile(t=2,d=64) coarsen(t=2)",
      ]
    `)
  })

  test('counts combinations before legality', () => expect(space.size).toBe(2 * 2 * (1 + 2)))

  test('names the chosen values; those of a step that is off are absent', async () => {
    const [first] = await candidatesOf(space)
    expect(first?.parameters).toEqual({ 'tile.t': 1, 'tile.d': 64, coarsen: 'off' })
  })

  test('draws each candidate about equally often', async () => {
    const all = await idsOf(space)
    const random = randomNumbers(1)
    const counts = new Map(all.map(id => [id, 0]))
    for (let i = 0; i < 300 * all.length; i++) {
      const { id } = await space.sample(random)
      counts.set(id, (counts.get(id) as number) + 1)
    }
    for (const count of counts.values()) expect(Math.abs(count - 300)).toBeLessThan(100)
  })

  test('neighbours differ in one choice, are mutual, and belong to the space', async () => {
    const all = await candidatesOf(space)
    for (const candidate of all)
      for (const other of await space.neighbours(candidate)) {
        expect(ids(all)).toContain(other.id)
        expect(other.id).not.toBe(candidate.id)
        expect(ids(await space.neighbours(other))).toContain(candidate.id)
      }
  })
})

test('a constraint sees the chosen values and the steps', async () => {
  const space = scheduleSpace({
    templates: ['tile(t={1,2,4},d={64,128,256})'],
    isLegal,
    constraint: ({ 'tile.t': t, 'tile.d': d }, steps) => Number(t) * Number(d) === 256 && steps.length === 1,
  })
  expect(await idsOf(space)).toEqual(['tile(t=1,d=256)', 'tile(t=2,d=128)', 'tile(t=4,d=64)'])
})

test('schedules added by hand come first, and have neighbours', async () => {
  const own = parseSteps('tile(t=1,d=96)')
  const space = scheduleSpace({ templates: ['tile(t=1,d={64,128})'], schedules: [own], isLegal })
  const [first, ...others] = await candidatesOf(space)
  expect(first?.id).toBe('tile(t=1,d=96)')
  expect(ids(others)).toEqual(['tile(t=1,d=64)', 'tile(t=1,d=128)'])
  expect(ids(await space.neighbours(first as NonNullable<typeof first>))).toContain('tile(t=1,d=192)')
})

test('a choice that two steps share has one value in both', async () => {
  const space = scheduleSpace({
    templates: [
      {
        steps: [
          {
            transform: 'tile',
            optional: false,
            arguments: [
              { name: 't', values: [4, 8], choice: 'rows' },
              { name: 'd', values: [64] },
            ],
          },
          { transform: 'coarsen', optional: false, arguments: [{ name: 't', values: [4, 8], choice: 'rows' }] },
        ],
      },
    ],
    isLegal,
  })
  expect(await idsOf(space)).toEqual(['tile(t=4,d=64) coarsen(t=4)', 'tile(t=8,d=64) coarsen(t=8)'])
  expect(space.size).toBe(2)
})

test('a space without a legal schedule says so instead of searching for ever', async () => {
  const space = scheduleSpace({ templates: ['coarsen(t={2,4})'], isLegal })
  expect(await idsOf(space)).toEqual([])
  await expect(space.sample(randomNumbers(1))).rejects.toThrow('no schedule of its templates applies')
})

test('what the target cannot run is left out', async () => {
  const template = 'tile(t={1,4},d={256,1024})'
  const on = (target: typeof wgsl.portableTarget) =>
    idsOf(scheduleSpace({ templates: [template], isLegal: legality({ kernel, target }) }))
  expect(await on(wgsl.portableTarget)).toEqual(['tile(t=1,d=256)'])
  expect(await on(cuda.portableTarget)).toEqual(['tile(t=1,d=256)', 'tile(t=1,d=1024)', 'tile(t=4,d=256)'])
})

describe('spaces from the schemas of transforms', () => {
  test('the template around a schedule has every value worth trying, and the schedule itself', async () => {
    const steps = parseSteps('tile(t=1,d=1024) vectorize(d=4)')
    const [tiles, vectors] = templateAround(steps, 'best').steps
    expect(tiles?.arguments[1]?.values).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096])
    expect(vectors?.arguments[0]?.values).toEqual([1, 2, 4, 8, 16])
    const space = scheduleSpace({ templates: [templateAround(steps)], isLegal: () => true })
    expect(space.size).toBe(9 * 13 * 5)
    expect(await idsOf(space)).toContain(printSteps(steps))
  })

  test('a transform of a plug-in is tried like any other', async () => {
    defineTransform({
      name: 'fold9',
      summary: 'does nothing',
      parameters: axisFactors({}, [3, 9]),
      numerics: 'exact',
      example: 'fold9(d=3)',
      apply: nest => nest,
    })
    const found = ids(neighbours(parseSteps('tile(t=4,d=64) fold9(d=3)'), isLegal))
    expect(found).toContain('tile(t=4,d=64) fold9(d=9)')
    expect(found).toContain('tile(t=4,d=64)')
  })

  test('neighbours are legal', async () => {
    const found = neighbours(parseSteps('tile(t=4,d=64) vectorize(d=4)'), isLegal)
    expect(found.length).toBeGreaterThan(5)
    for (const { steps } of found) expect(isLegal(steps)).toBe(true)
  })
})

test('the predicted cost puts wide accesses before narrow ones, and rows before columns', async () => {
  const sizes = new Map([
    ['T', 4096],
    ['D', 1024],
  ])
  const cost = predictedCost({ kernel, target: cuda.portableTarget, fixed: new Map([['D', 1024]]) }, sizes)
  const of = (text: string) => cost(parseSteps(text))
  expect(of('tile(t=4,d=128) vectorize(d=4)')).toBeLessThan(of('tile(t=4,d=32)'))
  expect(of('tile(t=4,d=32)')).toBeLessThan(of('tile(t=128,d=1)'))
  expect(of('coarsen(t=2)')).toBe(Number.POSITIVE_INFINITY)
})
