import { abs, f32, i8, kernel, max } from '@qernel/dsl'
import { describe, expect, test } from 'vitest'
import { applySchedule, isRefusal, nestText, parseSteps, ScheduleRefusal } from '../../src/index.ts'
import { privateDims } from '../../src/internal.ts'

const perToken = kernel('per_token', ({ size, input, output }) => {
  const T = size('T')
  const D = size('D')
  const x = input('x', f32, [T, D])
  const scale = output('scale', f32, [T], t => max(D, d => abs(x(t, d))).div(127))
  output('q', i8, [T, D], (t, d) => x(t, d).div(scale(t)).round().clamp(-128, 127))
})

const fixed = new Map([['D', 128]])
const onePass =
  'fuse(producer=scale,consumer=q) splitReduction(d=32,combine=shared) split(loop=d,by=32,stage=q) bind(t=grid.x,d_in=block.x)'

function outcome(steps: string) {
  try {
    return applySchedule(perToken, parseSteps(steps), { fixed }).nest
  } catch (error) {
    if (error instanceof ScheduleRefusal) return error.refusal
    throw error
  }
}

test('a row in registers is held in parts by the threads that load and use its elements', () => {
  const nest = applySchedule(perToken, parseSteps(`${onePass} cache(buffer=x,memory=register,at=t)`), { fixed }).nest
  expect(nestText(nest)).toMatchInlineSnapshot(`
    "grid.x t in T
      register scale_max: f32[]
      register scale_kept: f32[]
      register scale_max_part: f32[32]
      register x_reg: f32[32, 4]
      block.x d_in in 32
        serial d in D/32
          x_reg[d_in, d] = x[t, 32·d + d_in]
      scale_max[] = 0
      block.x d_in in 32
        scale_max_part[d_in] = 0
        serial d in D/32 (reduce)
          scale_max_part[d_in] = max(scale_max_part[d_in], abs(x_reg[d_in, d]))
      block.x d_in in 32 (combine, shared)
        scale_max[] = max(scale_max[], scale_max_part[d_in])
      scale_kept[] = (scale_max / 127)
      scale[t] = scale_kept
      serial d in D/32
        block.x d_in in 32
          q[t, 32·d + d_in] = saturate_i8(clamp(round((x_reg[d_in, d] / scale_kept)), -128, 127))"
  `)
  const row = nest.buffers.get('x_reg')
  expect(row && privateDims(nest, row)).toEqual([1, 4])
})

describe('refuses a bind that would make a thread read the registers of another thread', () => {
  test.each([
    ['lanes that are bound in one stage only', 'splitReduction(d=32,combine=serial) bind(d_in=block.x)'],
    [
      'elements of a thread that are adjacent in one stage and strided in the other',
      'fuse(producer=scale,consumer=q) splitReduction(d=32,combine=shared) split(loop=d,by=4,stage=q,inner=k) split(loop=d,by=32,inner=d_in,stage=q) bind(t=grid.x,d_in=block.x) cache(buffer=x,memory=register,at=t)',
    ],
    ['strided elements of lanes that are combined', `${onePass} coarsen(d=4)`],
  ])('%s', (_, steps) => {
    const found = outcome(steps)
    expect(isRefusal(found) && found.code).toMatch(/not-owner|not-parallel|accesses-differ|bad-argument/)
  })

  test('the message names the private buffer', () => {
    const found = outcome(`${onePass} coarsen(d=4)`)
    expect(isRefusal(found) && found.message).toMatchInlineSnapshot(
      `"scale_max_part is private to the thread that writes it, and another thread would read it"`,
    )
  })
})

describe('every thread that reads a register must write it', () => {
  const repeated = kernel('repeated', ({ size, input, output }) => {
    const T = size('T')
    const D = size('D')
    const s = input('s', f32, [D])
    output('y', f32, [D, T], d => s(d))
  })
  const attempt = (steps: string) => applySchedule(repeated, parseSteps(steps))
  const tiled = 'tile(i1=2,d=4)'

  test.each([
    [
      'the tail of a vector',
      `${tiled} cache(buffer=s,memory=register,at=i1) vectorize(d=2) predicate(d=peel) bind(d_tail=block.x)`,
    ],
    [
      'the whole part of a vector',
      `${tiled} cache(buffer=s,memory=register,at=i1) vectorize(d=2) predicate(d=peel) bind(d_whole=block.x)`,
    ],
    [
      'the tail of copies',
      `${tiled} cache(buffer=s,memory=register,at=i1) coarsen(d=2) predicate(d=peel) bind(d_tail=block.x)`,
    ],
    [
      'a buffer that was in shared memory',
      `tile(i1=2,d=4) cache(buffer=s,memory=shared,at=i1) vectorize(d=2) predicate(d=peel) bind(d_tail=block.x) place(buffer=s_tile,memory=register)`,
    ],
  ])('refuses to fill registers by the first thread alone: %s', (_, steps) => {
    expect(() => attempt(steps)).toThrow(
      /2 threads along x read it, but d_(tail|whole) lets only 1 write it \[not-owner\]/,
    )
  })

  test.each([
    [
      'one thread may fill shared memory for all',
      `${tiled} cache(buffer=s,memory=shared,at=i1) vectorize(d=2) predicate(d=peel) bind(d_tail=block.x)`,
    ],
    [
      'one thread may fill registers along a dimension that has only this thread',
      `${tiled} cache(buffer=s,memory=register,at=i1) vectorize(d=2) predicate(d=peel) bind(d_tail=block.z)`,
    ],
  ])('%s', (_, steps) => {
    expect(nestText(attempt(steps).nest)).toMatch(/block\.[xz] d_tail in 1/)
  })
})
