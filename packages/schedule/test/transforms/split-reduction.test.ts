import {
  abs,
  argmax,
  f16,
  f32,
  i32,
  interpretKernel,
  interpretNest,
  type Kernel,
  kernel,
  max,
  min,
  sum,
} from '@qernel/dsl'
import { describe, expect, test } from 'vitest'
import { applySchedule, loopsOf, nestText, parseSteps, type ScheduleOptions, ScheduleRefusal } from '../../src/index.ts'
import { randomInputs } from '../random-inputs.ts'

const rowMaximum = kernel('row_maximum', ({ size, input, output }) => {
  const T = size('T')
  const D = size('D')
  const x = input('x', f32, [T, D])
  output('y', f32, [T], t => max(D, d => abs(x(t, d))).div(127))
})

const rowSum = kernel('row_sum', ({ size, input, output }) => {
  const T = size('T')
  const D = size('D')
  const x = input('x', f32, [T, D])
  output('y', f32, [T], t => sum(D, d => x(t, d)))
})

const range = kernel('range', ({ size, input, output }) => {
  const T = size('T')
  const D = size('D')
  const x = input('x', f32, [T, D])
  output('y', f32, [T], t => max(D, d => x(t, d)).sub(min(D, d => x(t, d))))
})

const whole = kernel('whole', ({ size, input, output }) => {
  const T = size('T')
  const D = size('D')
  const x = input('x', f32, [T, D])
  output('y', f32, [1], () => max([T, D], (t, d) => x(t, d)))
})

const count = kernel('count', ({ size, input, output }) => {
  const T = size('T')
  const D = size('D')
  const x = input('x', i32, [T, D])
  output('y', i32, [T], t => sum(D, d => x(t, d)))
})

const peak = kernel('peak', ({ size, input, output }) => {
  const T = size('T')
  const D = size('D')
  const x = input('x', f16, [T, D])
  output('y', i32, [T], t => argmax(D, d => x(t, d)))
})

const after = (of: Kernel, steps: string): string => nestText(applySchedule(of, parseSteps(steps)).nest)

function refusal(of: Kernel, steps: string, options: ScheduleOptions = {}) {
  try {
    applySchedule(of, parseSteps(steps), options)
  } catch (error) {
    if (error instanceof ScheduleRefusal) return { code: error.refusal.code, message: error.message }
    throw error
  }
  throw new Error(`${steps} applies`)
}

/** Every result equals the definition's bit for bit, in either order of the parallel loops. */
function expectSameMeaning(of: Kernel, steps: string, given: Readonly<Record<string, number>>): void {
  const sizes = new Map(Object.entries(given))
  const { nest } = applySchedule(of, parseSteps(steps))
  for (let seed = 0; seed < 6; seed++) {
    const inputs = randomInputs(of, sizes, seed)
    const expected = interpretKernel(of, inputs, sizes)
    for (const order of ['forward', 'reverse'] as const) {
      const found = interpretNest(nest, inputs, sizes, { order })
      for (const [name, tensor] of expected) expect(found.get(name)?.data).toEqual(tensor.data)
    }
  }
}

describe('the nest of each combine', () => {
  test('before the step', () => {
    expect(after(rowMaximum, '')).toMatchInlineSnapshot(`
      "serial t in T
        register y_max: f32[]
        y_max[] = 0
        serial d in D (reduce)
          y_max[] = max(y_max[], abs(x[t, d]))
        y[t] = (y_max / 127)"
    `)
  })

  test('serial: partial results of one thread', () => {
    expect(after(rowMaximum, 'splitReduction(d=4,combine=serial)')).toMatchInlineSnapshot(`
      "serial t in T
        register y_max: f32[]
        register y_max_part: f32[4]
        y_max[] = 0
        serial d_in in 4
          y_max_part[d_in] = 0
          serial d in D/4 (reduce)
            y_max_part[d_in] = max(y_max_part[d_in], abs(x[t, 4·d + d_in]))   if 4·d + d_in < D
        serial d_in in 4 (reduce)
          y_max[] = max(y_max[], y_max_part[d_in])
        y[t] = (y_max / 127)"
    `)
  })

  test('blocks: of a loop that was split, each lane reduces whole inner loops in order', () => {
    const steps = 'split(loop=d,by=16) splitReduction(d=8,combine=subgroup,inner=lane)'
    expect(after(rowMaximum, steps)).toMatchInlineSnapshot(`
      "serial t in T
        register y_max: f32[]
        register y_max_part: f32[8]
        y_max[] = 0
        serial lane in 8
          y_max_part[lane] = 0
          serial d in D/128 (reduce)
            serial d_in in 16 (reduce)
              y_max_part[lane] = max(y_max_part[lane], abs(x[t, 128·d + 16·lane + d_in]))   if 128·d + 16·lane + d_in < D
        serial lane in 8 (combine, subgroup)
          y_max[] = max(y_max[], y_max_part[lane])
        y[t] = (y_max / 127)"
    `)
    expectSameMeaning(rowMaximum, steps, { T: 3, D: 150 })
  })

  test('shared: one partial result per lane of a workgroup', () => {
    expect(after(rowMaximum, 'splitReduction(d=64,combine=shared)')).toMatchInlineSnapshot(`
      "serial t in T
        register y_max: f32[]
        register y_max_part: f32[64]
        y_max[] = 0
        serial d_in in 64
          y_max_part[d_in] = 0
          serial d in D/64 (reduce)
            y_max_part[d_in] = max(y_max_part[d_in], abs(x[t, 64·d + d_in]))   if 64·d + d_in < D
        serial d_in in 64 (combine, shared)
          y_max[] = max(y_max[], y_max_part[d_in])
        y[t] = (y_max / 127)"
    `)
  })

  test('subgroup: binding the lanes binds the loop that combines them as well', () => {
    expect(
      after(rowMaximum, 'splitReduction(d=64,combine=subgroup) bind(t=grid.x,d_in=block.x)'),
    ).toMatchInlineSnapshot(`
      "grid.x t in T
        register y_max: f32[]
        register y_max_part: f32[64]
        y_max[] = 0
        block.x d_in in 64
          y_max_part[d_in] = 0
          serial d in D/64 (reduce)
            y_max_part[d_in] = max(y_max_part[d_in], abs(x[t, 64·d + d_in]))   if 64·d + d_in < D
        block.x d_in in 64 (combine, subgroup)
          y_max[] = max(y_max[], y_max_part[d_in])
        y[t] = (y_max / 127)"
    `)
  })

  test('atomic: three dispatches, and words whose order is the order of the values', () => {
    expect(after(rowMaximum, 'splitReduction(d=64,combine=atomic)')).toMatchInlineSnapshot(`
      "serial t in T
        y_max_bits[t] = 0
      serial t in T
        serial d_part in D/64
          register y_max_part: f32[]
          y_max_part[] = 0
          serial d in 64 (reduce)
            y_max_part[] = max(y_max_part[], abs(x[t, 64·d_part + d]))   if 64·d_part + d < D
          y_max_bits[t] = max(y_max_bits[t], bitcastU32(y_max_part) (atomic))
      serial t in T
        y[t] = (bitcastF32(y_max_bits[t]) / 127)"
    `)
  })

  test('secondPass: two dispatches', () => {
    expect(after(rowMaximum, 'splitReduction(d=64,combine=secondPass)')).toMatchInlineSnapshot(`
      "serial t in T
        serial d_part in D/64
          register y_max_part: f32[]
          y_max_part[] = 0
          serial d in 64 (reduce)
            y_max_part[] = max(y_max_part[], abs(x[t, 64·d_part + d]))   if 64·d_part + d < D
          y_max_parts[d_part, t] = y_max_part
      serial t in T
        register y_max: f32[]
        y_max[] = 0
        serial d_part in D/64 (reduce)
          y_max[] = max(y_max[], y_max_parts[d_part, t])
        y[t] = (y_max / 127)"
    `)
  })
})

describe('steps that may follow', () => {
  test('vectorize: each lane first reduces its own elements', () => {
    expect(after(rowMaximum, 'splitReduction(d=64,combine=shared) vectorize(d=4)')).toMatchInlineSnapshot(`
      "serial t in T
        register y_max: f32[]
        register y_max_part: f32[64]
        register y_max_lane: f32[16]
        y_max[] = 0
        serial d_in in 16
          vector d_vec in 4
            y_max_part[4·d_in + d_vec] = 0
          serial d in D/64 (reduce)
            vector d_vec in 4
              y_max_part[4·d_in + d_vec] = max(y_max_part[4·d_in + d_vec], abs(x[t, 64·d + 4·d_in + d_vec]))   if 64·d + 4·d_in + d_vec < D
        serial d_in in 16
          y_max_lane[d_in] = 0
          unroll d_vec in 4 (reduce)
            y_max_lane[d_in] = max(y_max_lane[d_in], y_max_part[4·d_in + d_vec])
        serial d_in in 16 (combine, shared)
          y_max[] = max(y_max[], y_max_lane[d_in])
        y[t] = (y_max / 127)"
    `)
  })

  test('split: each lane first reduces its own elements', () => {
    expect(after(rowMaximum, 'splitReduction(d=64,combine=shared) split(loop=d_in,by=2)')).toMatchInlineSnapshot(`
      "serial t in T
        register y_max: f32[]
        register y_max_part: f32[64]
        register y_max_lane: f32[32]
        y_max[] = 0
        serial d_in in 32
          serial d_in_in in 2
            y_max_part[2·d_in + d_in_in] = 0
            serial d in D/64 (reduce)
              y_max_part[2·d_in + d_in_in] = max(y_max_part[2·d_in + d_in_in], abs(x[t, 64·d + 2·d_in + d_in_in]))   if 64·d + 2·d_in + d_in_in < D
        serial d_in in 32
          y_max_lane[d_in] = 0
          unroll d_in_in in 2 (reduce)
            y_max_lane[d_in] = max(y_max_lane[d_in], y_max_part[2·d_in + d_in_in])
        serial d_in in 32 (combine, shared)
          y_max[] = max(y_max[], y_max_lane[d_in])
        y[t] = (y_max / 127)"
    `)
  })

  test('two reductions share the loop, and each has its own partial results', () => {
    expect(after(range, 'splitReduction(d=8,combine=shared)')).toMatchInlineSnapshot(`
      "serial t in T
        register y_max: f32[]
        register y_min: f32[]
        register y_max_part: f32[8]
        register y_min_part: f32[8]
        y_max[] = -Infinity
        y_min[] = Infinity
        serial d_in in 8
          y_max_part[d_in] = -Infinity
          y_min_part[d_in] = Infinity
          serial d in D/8 (reduce)
            y_max_part[d_in] = max(y_max_part[d_in], x[t, 8·d + d_in])   if 8·d + d_in < D
            y_min_part[d_in] = min(y_min_part[d_in], x[t, 8·d + d_in])   if 8·d + d_in < D
        serial d_in in 8 (combine, shared)
          y_max[] = max(y_max[], y_max_part[d_in])
          y_min[] = min(y_min[], y_min_part[d_in])
        y[t] = (y_max − y_min)"
    `)
  })
})

test.each([
  ['the inner of two axes', whole, 'splitReduction(d=4,combine=shared)'],
  ['the outer of two axes', whole, 'splitReduction(t=4,combine=subgroup)'],
  ['both axes', whole, 'splitReduction(t=4,combine=serial) splitReduction(d=4,combine=shared)'],
  ['a second pass over the outer of two axes', whole, 'splitReduction(t=3,combine=secondPass)'],
  ['an atomic maximum of values of both signs', whole, 'splitReduction(t=3,combine=atomic)'],
  ['a split of a split', rowMaximum, 'splitReduction(d=4,combine=serial) splitReduction(d=2,combine=serial)'],
  ['an argmax', peak, 'splitReduction(d=8,combine=shared)'],
  ['integers in any order', count, 'splitReduction(d=8,combine=subgroup) vectorize(d=2)'],
  ['a second pass over integers', count, 'splitReduction(d=8,combine=secondPass)'],
])('keeps the results: %s', (_, of, steps) => {
  expectSameMeaning(of, steps, { T: 7, D: 13 })
})

/** Found by random schedules. */
describe('regressions', () => {
  test('splitting the partial results again needs a divisor, because their loop has no guard', () => {
    const { code } = refusal(rowMaximum, 'splitReduction(d=2,combine=serial) splitReduction(d=32,combine=serial)')
    expect(code).toBe('does-not-divide')
  })

  test('refuses strided elements of lanes that are combined', () => {
    const steps = 'splitReduction(d=32,combine=shared) bind(t=grid.x,d_in=block.x) coarsen(d=4)'
    expect(refusal(rowMaximum, steps).code).toBe('not-owner')
  })
})

describe('refuses', () => {
  test('reordering a sum with reassociates, and names the argument that allows it', () => {
    const { code, message } = refusal(rowSum, 'splitReduction(d=8,combine=shared)')
    expect(code).toBe('reassociates')
    expect(message).toMatchInlineSnapshot(`
      "step 1, splitReduction(d=8,combine=shared): d sums floats in the order of the definition, and splitting would change that order; reassociate=true allows it [reassociates]
          serial t in T
            register y_sum: f32[]
            y_sum[] = 0
            serial d in D (reduce)
            ^^^^^^^^^^^^^^^^^^^^^^
              y_sum[] += x[t, d]
            y[t] = y_sum
      try splitReduction(d=8,combine=shared,reassociate=true)"
    `)
  })

  test('nothing for a sum of integers', () => {
    expect(() => after(count, 'splitReduction(d=8,combine=shared)')).not.toThrow()
  })

  test('subgroups on a target without them, with no-subgroups', () => {
    const { code, message } = refusal(rowMaximum, 'splitReduction(d=8,combine=subgroup)', { hasSubgroups: false })
    expect(code).toBe('no-subgroups')
    expect(message).toMatchInlineSnapshot(`
      "step 1, splitReduction(d=8,combine=subgroup): the target has no subgroup operations [no-subgroups]
      try splitReduction(d=8,combine=shared)"
    `)
  })

  test('a number of lanes that is not a power of two', () => {
    const { code, message } = refusal(rowMaximum, 'splitReduction(d=12,combine=shared)')
    expect(code).toBe('bad-argument')
    expect(message).toMatchInlineSnapshot(`
      "step 1, splitReduction(d=12,combine=shared): 12 lanes cannot be combined pairwise; a power of two is expected [bad-argument]
      try 8 or 16"
    `)
  })

  test('an atomic sum', () => {
    const { code, message } = refusal(rowSum, 'splitReduction(d=8,combine=atomic,reassociate=true)')
    expect(code).toBe('reassociates')
    expect(message).toMatchInlineSnapshot(`
      "step 1, splitReduction(d=8,combine=atomic,reassociate=true): atomic sums have no fixed order; only a maximum or a minimum is exact [reassociates]
          serial t in T
            register y_sum: f32[]
            y_sum[] = 0
            serial d in D (reduce)
            ^^^^^^^^^^^^^^^^^^^^^^
              y_sum[] += x[t, d]
            y[t] = y_sum
      try splitReduction(d=8,combine=secondPass,reassociate=true)"
    `)
  })

  test('several accumulators across the grid', () => {
    const { code, message } = refusal(range, 'splitReduction(d=8,combine=secondPass)')
    expect(code).toBe('not-nested')
    expect(message).toMatchInlineSnapshot(`
      "step 1, splitReduction(d=8,combine=secondPass): d feeds several results; only one can be split across the grid [not-nested]
          serial t in T
            register y_max: f32[]
            register y_min: f32[]
            y_max[] = -Infinity
            y_min[] = Infinity
            serial d in D (reduce)
            ^^^^^^^^^^^^^^^^^^^^^^
              y_max[] = max(y_max[], x[t, d])
              y_min[] = min(y_min[], x[t, d])
            y[t] = (y_max − y_min)"
    `)
  })

  test('a split across the grid after tile', () => {
    expect(refusal(rowMaximum, 'tile(t=4) splitReduction(d=8,combine=secondPass)').code).toBe('not-nested')
  })

  test('an axis that no reduction runs over', () => {
    const { code, message } = refusal(rowMaximum, 'splitReduction(t=8,combine=shared)')
    expect(code).toBe('no-such-loop')
    expect(message).toMatchInlineSnapshot(`
      "step 1, splitReduction(t=8,combine=shared): no reduction runs over t [no-such-loop]
      try d"
    `)
  })

  test('a split of parts that are unrolled', () => {
    const steps = 'splitReduction(d=4,combine=serial) unroll(loop=d_in) splitReduction(d=2,combine=serial)'
    expect(refusal(rowMaximum, steps).code).toBe('not-serial')
  })
})

test('the rows may be split before or after their reduction', () => {
  const lanes = 'splitReduction(d=4,combine=shared,reassociate=true)'
  const bound = 'bind(t=grid.x,t_in=block.y,d_in=block.x)'
  for (const steps of [`split(loop=t,by=8) ${lanes} ${bound}`, `${lanes} split(loop=t,by=8) ${bound}`]) {
    const { nest } = applySchedule(rowSum, parseSteps(steps))
    const sizes = new Map([
      ['T', 11],
      ['D', 13],
    ])
    const x = { type: f32, shape: [11, 13], data: Float32Array.from({ length: 11 * 13 }, (_, i) => i % 7) }
    const inputs = new Map([['x', x]])
    const expected = interpretKernel(rowSum, inputs, sizes).get('y')?.data
    for (const order of ['forward', 'reverse'] as const)
      expect(interpretNest(nest, inputs, sizes, { order }).get('y')?.data).toEqual(expected)
  }
})

test('a minimum of sums may be split, but its sums may not', () => {
  const least = kernel('least', ({ size, input, output }) => {
    const T = size('T')
    const x = input('x', f32, [T, 4, 8])
    output('y', f32, [T], t => min(4, g => sum(8, e => x(t, g, e))))
  })
  const refused = (steps: string) => refusal(least, steps).code
  expect(() => applySchedule(least, parseSteps('splitReduction(g=2,combine=serial)'))).not.toThrow()
  expect(refused('splitReduction(e=2,combine=serial)')).toBe('reassociates')
})

test('stage names select one pass of a split reduction or all of them', () => {
  const columns = kernel('columns', ({ size, input, output }) => {
    const T = size('T')
    const D = size('D')
    const x = input('x', f32, [T, D])
    output('y', f32, [D], d => max(T, t => abs(x(t, d))))
  })
  const loopsAfter = (steps: string) =>
    applySchedule(columns, parseSteps(`splitReduction(t=32,combine=secondPass) ${steps}`)).nest.body.map(statement =>
      loopsOf([statement]).map(({ loop }) => loop.name),
    )
  expect(loopsAfter('')).toEqual([
    ['d', 't_part', 't'],
    ['d', 't_part'],
  ])
  expect(loopsAfter('split(loop=d,by=64,stage=y_pass1) split(loop=d,by=16,inner=k,stage=y_pass2)')).toEqual([
    ['d', 'd_in', 't_part', 't'],
    ['d', 'k', 't_part'],
  ])
  expect(loopsAfter('split(loop=d,by=64,stage=y)')).toEqual([
    ['d', 'd_in', 't_part', 't'],
    ['d', 'd_in', 't_part'],
  ])
  const { code, message } = refusal(
    columns,
    'splitReduction(t=32,combine=secondPass) split(loop=d,by=64,stage=y_pass3)',
  )
  expect(code).toBe('bad-argument')
  expect(message).toContain('try y_pass1, y_pass2 or y')
})

test('stage names select a copy apart from its readers', () => {
  const steps = 'tile(t=4,d=16) cache(buffer=x,memory=shared) unroll(loop=t_in,stage=x_tile)'
  const copies = kernel('copies', ({ size, input, output }) => {
    const T = size('T')
    const D = size('D')
    const x = input('x', f32, [T, D])
    output('y', f32, [T, D], (t, d) => x(t, d).mul(2))
  })
  const { code, message } = refusal(copies, steps)
  expect(code).toBe('not-serial')
  expect(message.split('^').length).toBeGreaterThan(1)
  expect(refusal(copies, steps.replace('x_tile', 'x_tiles')).message).toContain('try x_tile')
})

test('a loop that was split first gives each lane neighbouring elements', () => {
  const { nest } = applySchedule(
    rowSum,
    parseSteps(
      'split(loop=d,by=4,inner=e) splitReduction(d=8,combine=shared,inner=lane,reassociate=true) bind(t=grid.x,lane=block.x)',
    ),
  )
  expect(nestText(nest)).toContain('y_sum_part[lane] += x[t, 32·d + 4·lane + e]')
})

test('the loop over the parts of a second pass may be split like any other', () => {
  const steps = 'splitReduction(d=4,combine=secondPass,reassociate=true) split(loop=d_part,by=8,inner=u,stage=y_pass2)'
  const { nest } = applySchedule(rowSum, parseSteps(steps))
  const sizes = new Map([
    ['T', 3],
    ['D', 37],
  ])
  const inputs = randomInputs(rowSum, sizes, 1)
  expect(interpretNest(nest, inputs)).toEqual(
    interpretNest(
      applySchedule(rowSum, parseSteps('splitReduction(d=4,combine=secondPass,reassociate=true)')).nest,
      inputs,
    ),
  )
})
