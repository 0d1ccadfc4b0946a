/** Copies that all threads of a workgroup make together: the nests, and refusals with their reasons. */
import { dot, f16, f32, i8, i32, interpretKernel, interpretNest, type Kernel, kernel, u8 } from '@qernel/dsl'
import { describe, expect, test } from 'vitest'
import { applySchedule, nestText, parseSteps, ScheduleRefusal } from '../../src/index.ts'
import { randomInputs } from '../random-inputs.ts'

const scores = kernel('scores', ({ size, input, output }) => {
  const [H, T, D] = [size('H'), size('T'), size('D')]
  const q = input('q', f16, [H, D])
  const k = input('k', i8, [H, T, D])
  output('s', f32, [H, T], (h, t) => dot(D, d => [q(h, d), k(h, t, d).toF32()]))
})

const levels = kernel('levels', ({ size, input, output }) => {
  const [T, D] = [size('T'), size('D')]
  const code = input('code', u8, [T, D])
  const level = input('level', f16, [D, 24])
  output('y', f16, [T, D], (t, d) => level(d, code(t, d)))
})

/** The difference to the next element. */
const steps = kernel('steps', ({ size, input, output }) => {
  const N = size('N')
  const x = input('x', f32, [N])
  output('y', f32, [N], n => x(n.add(1)).sub(x(n)))
})

const picked = kernel('picked', ({ size, input, output }) => {
  const [T, D] = [size('T'), size('D')]
  const x = input('x', f32, [T, D])
  const at = input('at', i32, [T])
  output('y', f32, [T], t => x(t, at(t)))
})

const reversed = kernel('reversed', ({ size, input, output }) => {
  const T = size('T')
  const x = input('x', f32, [T, 12])
  output('y', f32, [T, 12], (t, d) => x(t, d.mul(-1).add(11)))
})

type Sizes = Readonly<Record<string, number>>
const scheduled = (of: Kernel, steps: string, fixed: Sizes) =>
  applySchedule(of, parseSteps(steps), { fixed: new Map(Object.entries(fixed)) }).nest

function refusal(of: Kernel, steps: string, fixed: Sizes = {}): ScheduleRefusal['refusal'] {
  try {
    scheduled(of, steps, fixed)
  } catch (error) {
    if (error instanceof ScheduleRefusal) return error.refusal
    throw error
  }
  throw new Error(`${steps} applies`)
}

const copy = (buffer: string) => `cache(buffer=${buffer},memory=shared,by=threads)`

describe('the nest', () => {
  test('of a query that all threads read', () => {
    expect(nestText(scheduled(scores, `tile(t=32) bind(h=grid.y) ${copy('q')}`, { D: 128 }))).toMatchInlineSnapshot(`
      "grid.y h in H
        grid.x t in T/32
          shared q_tile: f32[128]
          block.x q_tile_x in 16
            vector q_tile_vec in 8
              q_tile[8·q_tile_x + q_tile_vec] = q[h, 8·q_tile_x + q_tile_vec]
          block.x t_in in 32
            register s_dot: f32[]
            s_dot[] = 0
            serial d in D (reduce)
              s_dot[] = fma(q_tile[d], toF32(k[h, 32·t + t_in, d]), s_dot[])   if 32·t + t_in < T
            s[h, 32·t + t_in] = s_dot   if 32·t + t_in < T"
    `)
  })

  test('of codes that a sum uses as floats: rows go to the threads', () => {
    expect(nestText(scheduled(scores, `tile(t=32) bind(h=grid.y) ${copy('k')}`, { D: 96 }))).toMatchInlineSnapshot(`
      "grid.y h in H
        grid.x t in T/32
          shared k_tile: f32[32, 96]
          block.x k_tile_0_x in 32
            serial k_tile_1_step in 6
              vector k_tile_1_vec in 16
                k_tile[k_tile_0_x, 16·k_tile_1_step + k_tile_1_vec] = toF32(k[h, 32·t + k_tile_0_x, 16·k_tile_1_step + k_tile_1_vec])   if 32·t + k_tile_0_x < T
          block.x t_in in 32
            register s_dot: f32[]
            s_dot[] = 0
            serial d in D (reduce)
              s_dot[] = fma(q[h, d], k_tile[t_in, d], s_dot[])   if 32·t + t_in < T
            s[h, 32·t + t_in] = s_dot   if 32·t + t_in < T"
    `)
  })

  test('of a table that is read at an index from the data', () => {
    expect(nestText(scheduled(levels, `tile(t=4,d=16) ${copy('level')}`, {}))).toMatchInlineSnapshot(`
      "grid.y t in T/4
        grid.x d in D/16
          shared level_tile: f32[16, 24]
          block.x level_tile_0_x in 16
            block.y level_tile_1_y in 3
              vector level_tile_1_vec in 8
                level_tile[level_tile_0_x, 8·level_tile_1_y + level_tile_1_vec] = level[16·d + level_tile_0_x, 8·level_tile_1_y + level_tile_1_vec]   if 16·d + level_tile_0_x < D
          block.y t_in in 4
            block.x d_in in 16
              y[4·t + t_in, 16·d + d_in] = level_tile[d_in, code[4·t + t_in, 16·d + d_in]]   if 4·t + t_in < T and 16·d + d_in < D"
    `)
  })
})

test.each<[Kernel, string, Sizes, Sizes]>([
  [scores, `tile(t=4) bind(h=grid.y) ${copy('q')}`, { D: 24 }, { H: 2, T: 7 }],
  [scores, `tile(t=4) bind(h=grid.y) ${copy('k')}`, { D: 10 }, { H: 2, T: 7 }],
  [levels, `tile(t=2,d=5) ${copy('level')}`, {}, { T: 5, D: 12 }],
  [levels, `tile(t=2,d=5) ${copy('code')} split(loop=code_tile_0_y,by=2)`, {}, { T: 5, D: 12 }],
  [reversed, `tile(t=1,d=4) ${copy('x')}`, {}, { T: 3 }],
])('$0.name, $1: the meaning stays', (of, steps, fixed, open) => {
  const sizes = new Map(Object.entries({ ...fixed, ...open }))
  const inputs = randomInputs(of, sizes, 3)
  expect(interpretNest(scheduled(of, steps, fixed), inputs, sizes)).toEqual(interpretKernel(of, inputs, sizes))
})

describe('refuses', () => {
  test('registers, which belong to one thread', () => {
    const steps = 'tile(t=32) bind(h=grid.y) cache(buffer=q,memory=register,at=t,by=threads)'
    expect(refusal(scores, steps, { D: 8 })).toMatchObject({ code: 'bad-argument', alternatives: ['memory=shared'] })
  })

  test('a workgroup of one thread, with loops to bind', () => {
    const { code, message, alternatives } = refusal(scores, `split(loop=t,by=8) bind(h=grid.y,t=grid.x) ${copy('q')}`, {
      D: 8,
    })
    expect([code, message, ...alternatives]).toEqual([
      'not-bound',
      'no threads run the loops inside t yet; bind them first, then copy',
      'bind(t_in=block.x)',
    ])
  })

  test('a row of unknown length', () => {
    expect(refusal(scores, `tile(t=32) bind(h=grid.y) ${copy('q')}`).code).toBe('not-constant')
    const { code, message } = refusal(picked, `tile(t=32) ${copy('x')}`)
    expect(code).toBe('not-constant')
    expect(message).toBe(
      'x is read at an index that depends on the data, so all D elements of that dimension would be copied, a number known only at launch: fix it at compile time',
    )
  })

  test('a dimension without elements', () => {
    expect(refusal(picked, `tile(t=32) ${copy('x')}`, { D: 0 }).message).toBe('x has no elements to copy')
  })

  test('elements outside of the tensor', () => {
    expect(refusal(steps, `tile(n=32) ${copy('x')}`).code).toBe('accesses-differ')
  })

  test('a row that is read backwards in tiles that do not divide it', () => {
    expect(refusal(reversed, `tile(t=1,d=8) ${copy('x')}`)).toMatchObject({
      code: 'accesses-differ',
      message: 'x is read before its first element in some iterations',
    })
  })

  test('more elements than fit on chip', () => {
    expect(refusal(scores, `tile(t=256) bind(h=grid.y) ${copy('k')}`, { D: 1024 }).code).toBe('over-limit')
  })

  test('a tensor that is written there', () => {
    expect(refusal(levels, `tile(t=4,d=16) ${copy('y')}`).code).toBe('no-such-buffer')
  })
})
