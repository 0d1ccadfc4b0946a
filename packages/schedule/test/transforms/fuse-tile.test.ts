/** Tiles that `fuse` keeps on chip: the resulting nests, and refusals with their reasons. */
import { abs, f32, i32, kernel, max, select } from '@qernel/dsl'
import { describe, expect, test } from 'vitest'
import { applySchedule, nestText, parseSteps, ScheduleRefusal } from '../../src/index.ts'

const rows = kernel('rows', ({ size, input, output, temporary }) => {
  const T = size('T')
  const D = size('D')
  const x = input('x', f32, [T, D])
  const y = temporary('y', f32, [T, D], (t, d) => x(t, d).mul(3))
  output('scale', f32, [T], t => max(D, d => abs(y(t, d))))
})

/** The row above and the column to the left. */
const neighbours = kernel('neighbours', ({ size, input, output, temporary }) => {
  const T = size('T')
  const x = input('x', f32, [T, 8])
  const y = temporary('y', f32, [T, 8], (t, d) => x(t, d).mul(2))
  output('up', f32, [T, 8], (t, d) => select(t.value().gt(0), y(t.add(-1), d), 0))
  output('left', f32, [T, 8], (t, d) => select(d.value().gt(0), y(t, d.add(-1)), 0))
  output('whole', f32, [T], t => max(8, d => y(t, d)))
})

/** A result that a later stage reads. */
const stored = kernel('stored', ({ size, input, output }) => {
  const T = size('T')
  const x = input('x', f32, [T, 4])
  const y = output('y', f32, [T, 4], (t, d) => x(t, d).mul(3))
  output('z', f32, [T], t => max(4, d => y(t, d)))
})

const blocks = kernel('blocks', ({ size, input, output, temporary }) => {
  const T = size('T')
  const D = size('D')
  const groups = D.groups(4)
  const x = input('x', f32, [T, D])
  const y = temporary('y', f32, [T, D], (t, d) => x(t, d).mul(3))
  output('z', f32, [T, groups.count], (t, g) => max(groups.at(g), e => y(t, e)))
})

/** Two temporaries in a row. */
const chain = kernel('chain', ({ size, input, output, temporary }) => {
  const T = size('T')
  const x = input('x', f32, [T, 8])
  const y = temporary('y', f32, [T, 8], (t, d) => x(t, d).mul(3))
  const z = temporary('z', f32, [T, 8], (t, d) => y(t, d).add(1))
  output('w', f32, [T], t => max(8, d => z(t, d)))
})

/** One element per row, at a position from the data. */
const picked = kernel('picked', ({ size, input, output, temporary }) => {
  const T = size('T')
  const D = size('D')
  const x = input('x', f32, [T, D])
  const at = input('at', i32, [T])
  const y = temporary('y', f32, [T, D.groups(4)], (t, d) => x(t, d).mul(3))
  output('z', f32, [T], t => y(t, at(t)))
})

const after = (steps: string, fixed: Readonly<Record<string, number>> = {}, of = rows): string =>
  nestText(applySchedule(of, parseSteps(steps), { fixed: new Map(Object.entries(fixed)) }).nest)

function refusal(steps: string, fixed: Readonly<Record<string, number>> = {}, of = rows): ScheduleRefusal['refusal'] {
  try {
    after(steps, fixed, of)
  } catch (error) {
    if (error instanceof ScheduleRefusal) return error.refusal
    throw error
  }
  throw new Error(`${steps} applies`)
}

test('a row stays in registers and is not stored', () => {
  expect(after('fuse(producer=y,consumer=scale,memory=register)', { D: 128 })).toMatchInlineSnapshot(`
    "serial t in T
      register scale_max: f32[]
      register y_tile: f32[128]
      serial d in D
        y_tile[d] = (x[t, d] · 3)
      scale_max[] = 0
      serial d in D (reduce)
        scale_max[] = max(scale_max[], abs(y_tile[d]))
      scale[t] = scale_max"
  `)
})

test('blocks of a row of any length stay in registers if both stages run over them in the same way', () => {
  const steps = 'split(loop=d,by=4,stage=y) fuse(producer=y,consumer=z,loops=2,memory=register)'
  expect(after(steps, {}, blocks)).toMatchInlineSnapshot(`
    "serial t in T
      serial d in D/4
        register z_max: f32[]
        register y_tile: f32[4]
        serial d_in in 4
          y_tile[d_in] = (x[t, 4·d + d_in] · 3)   if 4·d + d_in < D
        z_max[] = -Infinity
        serial e in 4 (reduce)
          z_max[] = max(z_max[], y_tile[e])   if 4·d + e < D
        z[t, d] = z_max"
  `)
})

describe('an index from the data', () => {
  test('is clamped to the tensor if the tile is longer', () => {
    expect(after('fuse(producer=y,consumer=z,memory=shared)', { D: 5 }, picked)).toMatchInlineSnapshot(`
      "serial t in T
        shared y_tile: f32[8]
        serial d_group in D/4
          serial d in 4
            y_tile[4·d_group + d] = (x[t, 4·d_group + d] · 3)   if 4·d_group + d < D
        z[t] = y_tile[clamp(at[t], 0, 4)]"
    `)
  })

  test('is clamped by the tile alone if both have the same length', () => {
    expect(after('fuse(producer=y,consumer=z,memory=shared)', { D: 8 }, picked)).toContain('z[t] = y_tile[at[t]]')
  })

  test('is clamped to the tensor once if later splits make the tile longer', () => {
    const fused = 'fuse(producer=y,consumer=z,memory=shared)'
    const splits = 'split(loop=d_group,by=2,stage=y) split(loop=d_group,by=4,stage=y)'
    const text = after(`${fused} ${splits}`, { D: 8 }, picked)
    expect(text).toContain('shared y_tile: f32[32]')
    expect(text).toContain('z[t] = y_tile[clamp(at[t], 0, 7)]')
  })

  test('gives 0 if the tensor is empty', () => {
    expect(after('fuse(producer=y,consumer=z,memory=shared)', { D: 0 }, picked)).toMatchInlineSnapshot(`
      "serial t in T
        z[t] = 0"
    `)
  })
})

describe('refuses', () => {
  test('a row of unknown length, with the reason and the ways out', () => {
    const { code, message } = refusal('fuse(producer=y,consumer=scale,memory=shared)')
    expect(code).toBe('not-constant')
    expect(message).toMatchInlineSnapshot(
      `"an iteration of t reads D elements of y, a number known only at launch, so no tile can hold them: fix D at compile time, or write y as a plain function instead of a temporary, which is computed where it is used and takes no memory"`,
    )
    expect(refusal('fuse(producer=y,consumer=scale)')).toMatchObject({ code, message })
  })

  test('several elements unless memory says where to keep them', () => {
    const { code, message, alternatives } = refusal('fuse(producer=y,consumer=scale)', { D: 128 })
    expect([code, ...alternatives]).toEqual(['depends', 'memory=register', 'memory=shared'])
    expect(message).toMatchInlineSnapshot(
      `"an iteration of t reads several of the 128 elements of y that it stores; memory= says where to keep them until then"`,
    )
  })

  test('a stage that is only a tile, with a stage of the same loops that is stored', () => {
    const steps = 'fuse(producer=z,consumer=w,memory=register) fuse(producer=y,consumer=z,memory=register)'
    const { code, message, alternatives } = refusal(steps, {}, chain)
    expect([code, ...alternatives]).toEqual(['depends', 'consumer=w'])
    expect(message).toBe(
      'z has been kept on chip since it was fused, and is not stored anywhere; name a stage in the same loops that is stored',
    )
  })

  test('reading what other iterations store', () => {
    expect(refusal('fuse(producer=y,consumer=up,memory=shared)', {}, neighbours)).toMatchObject({
      code: 'depends',
      message: 'an iteration of t would read elements of y that other iterations store',
    })
  })

  test('a tile whose elements several iterations of a loop store', () => {
    // The second iteration is past the end and repeats the first.
    const twice = 'vectorize(t=1,stage=y) predicate(t=peel,stage=y) split(loop=t_tail,by=2,stage=y)'
    const { code, message } = refusal(`${twice} fuse(producer=y,consumer=z,memory=register)`, {}, stored)
    expect(code).toBe('depends')
    expect(message).toBe('y_tile would pass a value from one iteration of t_tail_in to another')
  })

  test('reading outside of the tensor', () => {
    expect(refusal('fuse(producer=y,consumer=left,memory=shared)', {}, neighbours).code).toBe('accesses-differ')
  })

  test('more elements than fit on chip', () => {
    expect(refusal('fuse(producer=y,consumer=scale,memory=shared)', { D: 1 << 20 }).code).toBe('over-limit')
  })

  test('threads that would share a tile in registers', () => {
    const steps = 'fuse(producer=y,consumer=scale,memory=register) bind(t=grid.x) bind(d=block.x,stage=y)'
    expect(refusal(steps, { D: 128 }).code).toBe('not-owner')
  })

  test('an index from the data into registers', () => {
    expect(refusal('fuse(producer=y,consumer=z,memory=register)', { D: 5 }, picked)).toMatchObject({
      code: 'accesses-differ',
      alternatives: ['memory=shared'],
    })
  })

  test('workgroups that would share a tile', () => {
    const steps = 'fuse(producer=y,consumer=whole,memory=shared) bind(t=grid.y) bind(d=grid.x,stage=y)'
    expect(refusal(steps, {}, neighbours)).toMatchObject({ code: 'not-owner' })
  })
})
