/** Groups of narrow codes that begin and end inside a word: under any steps either one thread writes each word, or the steps are refused. */
import {
  abs,
  f16,
  f32,
  i4,
  i8,
  interpretKernel,
  interpretNest,
  type Kernel,
  kernel,
  max,
  type StorageType,
  u2,
  u3,
} from '@qernel/dsl'
import { describe, expect, test } from 'vitest'
import { applySchedule, nestText, parseSteps, printSteps, ScheduleRefusal } from '../../src/index.ts'
import { randomInputs } from '../random-inputs.ts'

const grouped = (codes: StorageType, length: number, scales: StorageType = f32): Kernel =>
  kernel('grouped', ({ size, input, output }) => {
    const [T, D] = [size('T'), size('D')]
    const groups = D.groups(length)
    const x = input('x', f32, [T, D])
    const scale = output('scale', scales, { t: T, g: groups.count }, (t, g) =>
      max({ e: groups.at(g) }, e => abs(x(t, e))).div(3),
    )
    output('q', codes, { t: T, d: groups }, (t, d) => x(t, d).div(scale(t, d.group)).round())
  })

const words = { nativeTypes: new Set(['f32', 'i32', 'u32']) }
const apply = (k: Kernel, steps: string) => applySchedule(k, parseSteps(steps), words)

const kinds: readonly (readonly [StorageType, number])[] = [
  [u3, 5],
  [u3, 8],
  [u3, 24],
  [u3, 80],
  [i4, 5],
  [i4, 12],
  [u2, 40],
  [i8, 5],
  [i8, 6],
]
const steps = [
  '',
  'bind(t=grid.x,stage=q)',
  'bind(t=grid.y,d_group=grid.x,stage=q)',
  'bind(t=grid.y,d_group=grid.x,d=block.x,stage=q)',
  'split(loop=d_group,by=3,inner=g,stage=q) bind(t=grid.y,d_group=grid.x,g=block.x,stage=q)',
  'split(loop=t,by=8,inner=row,stage=q) bind(t=grid.x,row=block.x,stage=q)',
]

describe.each(kinds.map(([type, length]) => [type.name, length, grouped(type, length)] as const))(
  '%s in groups of %i',
  (_, length, k) => {
    test.each([...steps, `tile(t=4,d=${length},stage=q)`])('gives the right results under: %s', text => {
      const { nest, repairsBehind } = apply(k, text)
      expect(printSteps(repairsBehind)).toContain('cache(buffer=q')
      for (const D of [1, length + 1, 3 * length]) {
        const sizes = new Map([
          ['T', 3],
          ['D', D],
        ])
        const inputs = randomInputs(k, sizes, D)
        expect(interpretNest(nest, inputs, sizes)).toEqual(interpretKernel(k, inputs, sizes))
      }
    })
  },
)

test("a repair may split a loop before the author's steps and copy the results after them", () => {
  const { nest, repairs, repairsBehind, history } = apply(
    grouped(u2, 40, f16),
    'bind(t=grid.y,d_group=grid.x,d=block.x,stage=q)',
  )
  expect(printSteps(repairs)).toBe(
    'vectorize(g=2,access=1,stage=scale) split(loop=d_group,by=2,inner=d_group_run,stage=q)',
  )
  expect(printSteps(repairsBehind)).toBe('cache(buffer=q,memory=shared,at=d_group,stage=q)')
  expect(history).toHaveLength(5)
  const text = nestText(nest)
  expect(text.slice(text.indexOf('grid.y'))).toMatchInlineSnapshot(`
    "grid.y t in T
      grid.x d_group in D/80
        shared q_tile: u32[80]
        serial d_group_run in 2
          block.x d in 40
            q_tile[40·d_group_run + d] = saturate_u2(round((x[t, 80·d_group + 40·d_group_run + d] / scale[t, 2·d_group + d_group_run])))   if 80·d_group + 40·d_group_run + d < D
        serial q_out in 5
          vector q_vec in 16
            q[t, 80·d_group + 16·q_out + q_vec] = q_tile[16·q_out + q_vec]   if 80·d_group + 16·q_out + q_vec < D"
  `)
})

test('a thread that computes whole words collects them in registers', () => {
  const text = nestText(
    apply(grouped(i8, 6), 'split(loop=t,by=8,inner=row,stage=q) bind(t=grid.x,row=block.x,stage=q)').nest,
  )
  expect(text.slice(text.indexOf('grid.x'))).toMatchInlineSnapshot(`
    "grid.x t in T/8
      block.x row in 8
        serial d_group in D/12
          register q_reg: i32[12]
          serial d_group_run in 2
            serial d in 6
              q_reg[6·d_group_run + d] = saturate_i8(round((x[8·t + row, 12·d_group + 6·d_group_run + d] / scale[8·t + row, 2·d_group + d_group_run])))   if 8·t + row < T and 12·d_group + 6·d_group_run + d < D
          serial q_out in 3
            vector q_vec in 4
              q[8·t + row, 12·d_group + 4·q_out + q_vec] = q_reg[4·q_out + q_vec]   if 8·t + row < T and 12·d_group + 4·q_out + q_vec < D"
  `)
})

test('vectors of the author may be narrower than a word', () => {
  expect(printSteps(apply(grouped(i4, 12), 'vectorize(d=4,stage=q)').repairsBehind)).toBe(
    'cache(buffer=q,memory=register,at=d_group,stage=q)',
  )
})

test('splitting a group across the grid is refused, with a tile that works', () => {
  const cut = () => apply(grouped(u2, 40), 'tile(t=8,d=5,stage=q)')
  expect(cut).toThrow(ScheduleRefusal)
  expect(cut).toThrow(
    '2 iterations of d_group are whole words of q together, and here no workgroup or thread has them all',
  )
  expect(cut).toThrow('try tile(t=8,d=40,stage=q)')
})

test('more registers than one thread can hold are refused', () => {
  expect(() => apply(grouped(u3, 129), '')).toThrow(ScheduleRefusal)
  expect(() =>
    applySchedule(
      grouped(u3, 129),
      parseSteps('split(loop=d_group,by=32,stage=q) cache(buffer=q,memory=register,at=d_group,stage=q)'),
    ),
  ).toThrow('one thread would keep 4128 elements of q in registers; at most 1024 are allowed')
})
