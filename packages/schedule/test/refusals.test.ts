/** Every refusal, as a person reads it: what and why, the nest with carets, what would be legal. A test a transform and code. */
import { f32, type Kernel, kernel } from '@qernel/dsl'
import { describe, expect, test } from 'vitest'
import { applySchedule, parseSteps, ScheduleRefusal } from '../src/index.ts'
import { codebook, grouped, perChannel, quantize, rowSum, shift } from './kernels.ts'

/** Reads an element and the one below it. */
const neighbours = kernel('neighbours', ({ size, input, output }) => {
  const T = size('T')
  const x = input('x', f32, [T])
  output('y', f32, [T], t => x(t).add(x(t.mul(2))))
})

/** The refusal of the last step of a schedule. */
function refusal(kernel: Kernel, steps: string, fixed: Readonly<Record<string, number>> = {}): ScheduleRefusal {
  try {
    applySchedule(kernel, parseSteps(steps), { fixed: new Map(Object.entries(fixed)) })
  } catch (error) {
    if (!(error instanceof ScheduleRefusal)) throw error
    expect(error.step).toBe(parseSteps(steps).length)
    return error
  }
  throw new Error(`nothing was refused in ${steps}`)
}

describe('schedule', () => {
  test('unknown-transform', () => {
    const { refusal: data, message } = refusal(quantize, 'titel(t=16)')
    expect(data.code).toBe('unknown-transform')
    expect(message).toMatch('step 1, titel(t=16): there is no transform titel [unknown-transform]\ntry tile, ')
  })
  test('bad-argument: a stage', () => {
    const { refusal: data, message } = refusal(quantize, 'tile(t=16,stage=qq)')
    expect(data.code).toBe('bad-argument')
    expect(message).toMatchInlineSnapshot(`
      "step 1, tile(t=16,stage=qq): there is no stage qq [bad-argument]
      try q"
    `)
  })
  test('bad-argument: an argument that there is not', () => {
    const { refusal: data, message } = refusal(quantize, 'unroll(lop=t)')
    expect(data.code).toBe('bad-argument')
    expect(message).toMatchInlineSnapshot(`"step 1, unroll(lop=t): unroll needs the argument loop [bad-argument]"`)
  })
  test('bad-argument: an argument that is missing', () => {
    const { refusal: data, message } = refusal(quantize, 'split(loop=t)')
    expect(data.code).toBe('bad-argument')
    expect(message).toMatchInlineSnapshot(`"step 1, split(loop=t): split needs the argument by [bad-argument]"`)
  })
  test('bad-argument: a value of a wrong type', () => {
    const { refusal: data, message } = refusal(quantize, 'tile(t=big)')
    expect(data.code).toBe('bad-argument')
    expect(message).toMatchInlineSnapshot(
      `"step 1, tile(t=big): tile: t is "big"; a whole number of at least 1 is expected [bad-argument]"`,
    )
  })
  test('bad-argument: a factor below 1', () => {
    const { refusal: data, message } = refusal(quantize, 'tile(t=0)')
    expect(data.code).toBe('bad-argument')
    expect(message).toMatchInlineSnapshot(
      `"step 1, tile(t=0): tile: t is 0; a whole number of at least 1 is expected [bad-argument]"`,
    )
  })
  test('bad-argument: a word that is none of the choices', () => {
    const { refusal: data, message } = refusal(quantize, 'cache(buffer=x,memory=local)')
    expect(data.code).toBe('bad-argument')
    expect(message).toMatchInlineSnapshot(
      `"step 1, cache(buffer=x,memory=local): cache: memory is "local"; one of shared, register is expected [bad-argument]"`,
    )
  })
})

describe('split', () => {
  test('no-such-loop, the nearest first', () => {
    const { refusal: data, message } = refusal(quantize, 'split(loop=e,by=4)')
    expect(data.code).toBe('no-such-loop')
    expect(message).toMatchInlineSnapshot(`
      "step 1, split(loop=e,by=4): there is no loop e [no-such-loop]
      try d or t"
    `)
  })
  test('no-such-loop in a stage', () => {
    const { refusal: data, message } = refusal(grouped, 'split(loop=e,by=4,stage=q)')
    expect(data.code).toBe('no-such-loop')
    expect(message).toMatchInlineSnapshot(`
      "step 1, split(loop=e,by=4,stage=q): there is no loop e in stage q [no-such-loop]
      try d, t or d_group"
    `)
  })
  test('bad-argument: a name that is taken', () => {
    const { refusal: data, message } = refusal(quantize, 'split(loop=d,by=4,inner=t)')
    expect(data.code).toBe('bad-argument')
    expect(message).toMatchInlineSnapshot(`
      "step 1, split(loop=d,by=4,inner=t): the name t is taken [bad-argument]
      try t2"
    `)
  })
  test('bad-argument: a name that is none', () => {
    const { refusal: data, message } = refusal(quantize, 'split(loop=d,by=4,inner="2")')
    expect(data.code).toBe('bad-argument')
    expect(message).toMatchInlineSnapshot(
      `"step 1, split(loop=d,by=4,inner="2"): '2' is not a name: a letter, then letters, digits and _ [bad-argument]"`,
    )
  })
  test('does-not-divide where no guard masks the rest', () => {
    const { refusal: data, message } = refusal(grouped, 'split(loop=e,by=3)')
    expect(data.code).toBe('does-not-divide')
    expect(message).toMatchInlineSnapshot(`
      "step 1, split(loop=e,by=3): e has 8 iterations, which 3 does not divide, and no guard masks the rest [does-not-divide]
          serial t in T
            serial g in D/8
              register scale_max: f32[]
              scale_max[] = 0
              serial e in 8 (reduce)
              ^^^^^^^^^^^^^^^^^^^^^^
                scale_max[] = max(scale_max[], abs(x[t, 8·g + e]))   if 8·g + e < D
              scale[t, g] = (scale_max / 7)
          serial t in T
            serial d_group in D/8
              serial d in 8
                q[t, 8·d_group + d] = saturate_i4(clamp(round((x[t, 8·d_group + d] / scale[t, d_group])), -8, 7))   if 8·d_group + d < D
      try 2, 4 or 8"
    `)
  })
  test('not-serial: a vector loop', () => {
    const { refusal: data, message } = refusal(quantize, 'vectorize(d=4) split(loop=d_vec,by=2)')
    expect(data.code).toBe('not-serial')
    expect(message).toMatchInlineSnapshot(`
      "step 2, split(loop=d_vec,by=2): d_vec is a vector loop; split it before vectorize [not-serial]
          serial t in T
            serial d in D/4
              vector d_vec in 4
              ^^^^^^^^^^^^^^^^^
                q[t, 4·d + d_vec] = saturate_i8(clamp(round((x[t, 4·d + d_vec] / scale[4·d + d_vec])), -128, 127))   if 4·d + d_vec < D"
    `)
  })
  test('already-bound: a grid loop around others', () => {
    const { refusal: data, message } = refusal(quantize, 'bind(t=grid.y,d=grid.x) split(loop=t,by=4)')
    expect(data.code).toBe('already-bound')
    expect(message).toMatchInlineSnapshot(`
      "step 2, split(loop=t,by=4): t is grid.y and stands around other grid loops, which the new serial loop would separate; split it before bind [already-bound]
          grid.y t in T
          ^^^^^^^^^^^^^
            grid.x d in D
              q[t, d] = saturate_i8(clamp(round((x[t, d] / scale[d])), -128, 127))"
    `)
  })
})

describe('reorder', () => {
  test('bad-argument: one loop', () => {
    const { refusal: data, message } = refusal(quantize, 'reorder(order=t)')
    expect(data.code).toBe('bad-argument')
    expect(message).toMatchInlineSnapshot(
      `"step 1, reorder(order=t): order=t needs two or more different loop names joined by a dot, as order=d.t [bad-argument]"`,
    )
  })
  test('no-such-loop', () => {
    const { refusal: data, message } = refusal(quantize, 'reorder(order=t.e)')
    expect(data.code).toBe('no-such-loop')
    expect(message).toMatchInlineSnapshot(`
      "step 1, reorder(order=t.e): there is no loop e [no-such-loop]
      try d or t"
    `)
  })
  test('not-nested: statements between the loops', () => {
    const { refusal: data, message } = refusal(perChannel, 'reorder(order=t.d,stage=scale)')
    expect(data.code).toBe('not-nested')
    expect(message).toMatchInlineSnapshot(`
      "step 1, reorder(order=t.d,stage=scale): d holds several statements, so nothing inside it can move past it [not-nested]
          serial d in D
          ^^^^^^^^^^^^^
            register scale_max: f32[]
            scale_max[] = 0
            serial t in T (reduce)
              scale_max[] = max(scale_max[], abs(x[t, d]))
            scale[d] = (select((scale_max < 9.99999993922529e-9), 1, scale_max) / 127)
          serial t in T
            serial d in D
              q[t, d] = saturate_i8(clamp(round((x[t, d] / scale[d])), -128, 127))"
    `)
  })
  test('already-bound', () => {
    const { refusal: data, message } = refusal(quantize, 'bind(t=grid.x) reorder(order=d.t)')
    expect(data.code).toBe('already-bound')
    expect(message).toMatchInlineSnapshot(`
      "step 2, reorder(order=d.t): t is grid.x; reorder before bind and vectorize [already-bound]
          grid.x t in T
          ^^^^^^^^^^^^^
            serial d in D
              q[t, d] = saturate_i8(clamp(round((x[t, d] / scale[d])), -128, 127))"
    `)
  })
  test('reassociates: the order of a sum', () => {
    const { refusal: data, message } = refusal(rowSum, 'split(loop=d,by=4) reorder(order=d_in.d)')
    expect(data.code).toBe('reassociates')
    expect(message).toMatchInlineSnapshot(`
      "step 2, reorder(order=d_in.d): this order adds the elements of a floating-point sum in another order [reassociates]
          serial t in T
            register total_sum: f32[]
            total_sum[] = 0
            serial d in D/4 (reduce)
            ^^^^^^^^^^^^^^^^^^^^^^^^
              serial d_in in 4 (reduce)
              ^^^^^^^^^^^^^^^^^^^^^^^^^
                total_sum[] += x[t, 4·d + d_in]   if 4·d + d_in < D
            total[t] = total_sum"
    `)
  })
})

describe('bind', () => {
  test('bad-argument: no loop', () => {
    const { refusal: data, message } = refusal(quantize, 'bind()')
    expect(data.code).toBe('bad-argument')
    expect(message).toMatchInlineSnapshot(`"step 1, bind(): no loop is named; write bind(d=grid.x) [bad-argument]"`)
  })
  test('no-such-loop', () => {
    const { refusal: data, message } = refusal(quantize, 'bind(e=grid.x)')
    expect(data.code).toBe('no-such-loop')
    expect(message).toMatchInlineSnapshot(`
      "step 1, bind(e=grid.x): there is no loop e [no-such-loop]
      try d or t"
    `)
  })
  test('not-parallel: a reduce loop', () => {
    const { refusal: data, message } = refusal(grouped, 'bind(e=block.x)')
    expect(data.code).toBe('not-parallel')
    expect(message).toMatchInlineSnapshot(`
      "step 1, bind(e=block.x): e is reduced: its iterations feed one result, so they cannot run at the same time [not-parallel]
          serial t in T
            serial g in D/8
              register scale_max: f32[]
              scale_max[] = 0
              serial e in 8 (reduce)
              ^^^^^^^^^^^^^^^^^^^^^^
                scale_max[] = max(scale_max[], abs(x[t, 8·g + e]))   if 8·g + e < D
              scale[t, g] = (scale_max / 7)
          serial t in T
            serial d_group in D/8
              serial d in 8
                q[t, 8·d_group + d] = saturate_i4(clamp(round((x[t, 8·d_group + d] / scale[t, d_group])), -8, 7))   if 8·d_group + d < D
      try serial"
    `)
  })
  test('already-bound: the mode belongs to a loop outside', () => {
    const { refusal: data, message } = refusal(quantize, 'bind(t=grid.x) bind(d=grid.x)')
    expect(data.code).toBe('already-bound')
    expect(message).toMatchInlineSnapshot(`
      "step 2, bind(d=grid.x): grid.x already belongs to t [already-bound]
          grid.x t in T
          ^^^^^^^^^^^^^
            serial d in D
            ^^^^^^^^^^^^^
              q[t, d] = saturate_i8(clamp(round((x[t, d] / scale[d])), -128, 127))
      try grid.y or grid.z"
    `)
  })
  test('already-bound: the mode belongs to a loop inside', () => {
    const { refusal: data, message } = refusal(quantize, 'bind(t=grid.y,d=grid.x) bind(t=grid.x)')
    expect(data.code).toBe('already-bound')
    expect(message).toMatchInlineSnapshot(`
      "step 2, bind(t=grid.x): grid.x already belongs to d [already-bound]
          grid.y t in T
          ^^^^^^^^^^^^^
            grid.x d in D
            ^^^^^^^^^^^^^
              q[t, d] = saturate_i8(clamp(round((x[t, d] / scale[d])), -128, 127))
      try grid.y or grid.z"
    `)
  })
  test('already-bound: a vector loop', () => {
    const { refusal: data, message } = refusal(quantize, 'vectorize(d=4) bind(d_vec=block.x)')
    expect(data.code).toBe('already-bound')
    expect(message).toMatchInlineSnapshot(`
      "step 2, bind(d_vec=block.x): d_vec is a vector loop [already-bound]
          serial t in T
            serial d in D/4
              vector d_vec in 4
              ^^^^^^^^^^^^^^^^^
                q[t, 4·d + d_vec] = saturate_i8(clamp(round((x[t, 4·d + d_vec] / scale[4·d + d_vec])), -128, 127))   if 4·d + d_vec < D"
    `)
  })
  test('not-nested: a grid loop inside another kind', () => {
    const { refusal: data, message } = refusal(quantize, 'bind(d=grid.x)')
    expect(data.code).toBe('not-nested')
    expect(message).toMatchInlineSnapshot(`
      "step 1, bind(d=grid.x): d stands inside t, which is serial; workgroups come first [not-nested]
          serial t in T
          ^^^^^^^^^^^^^
            serial d in D
            ^^^^^^^^^^^^^
              q[t, d] = saturate_i8(clamp(round((x[t, d] / scale[d])), -128, 127))
      try reorder(order=d.t)"
    `)
  })
  test('not-nested: another kind around a grid loop', () => {
    const { refusal: data, message } = refusal(quantize, 'tile(t=16,d=16) bind(t=serial)')
    expect(data.code).toBe('not-nested')
    expect(message).toMatchInlineSnapshot(`
      "step 2, bind(t=serial): t stands around d, which is grid.x; workgroups come first [not-nested]
          grid.y t in T/16
          ^^^^^^^^^^^^^^^^
            grid.x d in D/16
            ^^^^^^^^^^^^^^^^
              block.y t_in in 16
                block.x d_in in 16
                  q[16·t + t_in, 16·d + d_in] = saturate_i8(clamp(round((x[16·t + t_in, 16·d + d_in] / scale[16·d + d_in])), -128, 127))   if 16·t + t_in < T and 16·d + d_in < D"
    `)
  })
  test('not-nested: a block loop inside an unrolled one', () => {
    const { refusal: data, message } = refusal(
      quantize,
      'split(loop=t,by=4) split(loop=d,by=16) unroll(loop=t_in) bind(d_in=block.x)',
    )
    expect(data.code).toBe('not-nested')
    expect(message).toMatchInlineSnapshot(`
      "step 4, bind(d_in=block.x): d_in stands inside t_in, which is unroll [not-nested]
          serial t in T/4
            unroll t_in in 4
            ^^^^^^^^^^^^^^^^
              serial d in D/16
                serial d_in in 16
                ^^^^^^^^^^^^^^^^^
                  q[4·t + t_in, 16·d + d_in] = saturate_i8(clamp(round((x[4·t + t_in, 16·d + d_in] / scale[16·d + d_in])), -128, 127))   if 4·t + t_in < T and 16·d + d_in < D"
    `)
  })
  test('not-constant: a workgroup of unknown size', () => {
    const { refusal: data, message } = refusal(quantize, 'bind(d=block.x)')
    expect(data.code).toBe('not-constant')
    expect(message).toMatchInlineSnapshot(`
      "step 1, bind(d=block.x): the threads of a workgroup are counted when compiling, and d has D/1 iterations [not-constant]
          serial t in T
            serial d in D
            ^^^^^^^^^^^^^
              q[t, d] = saturate_i8(clamp(round((x[t, d] / scale[d])), -128, 127))
      try split(loop=d,by=256)"
    `)
  })
})

describe('unroll', () => {
  test('no-such-loop', () => {
    const { refusal: data, message } = refusal(quantize, 'unroll(loop=k)')
    expect(data.code).toBe('no-such-loop')
    expect(message).toMatchInlineSnapshot(`
      "step 1, unroll(loop=k): there is no loop k [no-such-loop]
      try d or t"
    `)
  })
  test('not-serial', () => {
    const { refusal: data, message } = refusal(quantize, 'tile(t=16,d=16) unroll(loop=d_in)')
    expect(data.code).toBe('not-serial')
    expect(message).toMatchInlineSnapshot(`
      "step 2, unroll(loop=d_in): d_in is block.x; only a serial loop can be unrolled [not-serial]
          grid.y t in T/16
            grid.x d in D/16
              block.y t_in in 16
                block.x d_in in 16
                ^^^^^^^^^^^^^^^^^^
                  q[16·t + t_in, 16·d + d_in] = saturate_i8(clamp(round((x[16·t + t_in, 16·d + d_in] / scale[16·d + d_in])), -128, 127))   if 16·t + t_in < T and 16·d + d_in < D"
    `)
  })
  test('not-constant', () => {
    const { refusal: data, message } = refusal(quantize, 'unroll(loop=d)')
    expect(data.code).toBe('not-constant')
    expect(message).toMatchInlineSnapshot(`
      "step 1, unroll(loop=d): d has as many iterations as the launch says; split it first [not-constant]
          serial t in T
            serial d in D
            ^^^^^^^^^^^^^
              q[t, d] = saturate_i8(clamp(round((x[t, d] / scale[d])), -128, 127))
      try split(loop=d,by=4,inner=k) unroll(loop=k)"
    `)
  })
  test('over-limit', () => {
    const { refusal: data, message } = refusal(quantize, 'split(loop=d,by=128) unroll(loop=d_in)')
    expect(data.code).toBe('over-limit')
    expect(message).toMatchInlineSnapshot(`
      "step 2, unroll(loop=d_in): d_in has 128 iterations; at most 64 are unrolled [over-limit]
          serial t in T
            serial d in D/128
              serial d_in in 128
              ^^^^^^^^^^^^^^^^^^
                q[t, 128·d + d_in] = saturate_i8(clamp(round((x[t, 128·d + d_in] / scale[128·d + d_in])), -128, 127))   if 128·d + d_in < D
      try split(loop=d_in,by=8,inner=k) unroll(loop=k)"
    `)
  })
})

describe('tile', () => {
  test('bad-argument: no axis', () => {
    const { refusal: data, message } = refusal(quantize, 'tile()')
    expect(data.code).toBe('bad-argument')
    expect(message).toMatchInlineSnapshot(
      `"step 1, tile(): no axis is named; write the size of the tile along each axis, as tile(t=16,d=16) [bad-argument]"`,
    )
  })
  test('no-such-loop: an axis', () => {
    const { refusal: data, message } = refusal(quantize, 'tile(e=16)')
    expect(data.code).toBe('no-such-loop')
    expect(message).toMatchInlineSnapshot(`
      "step 1, tile(e=16): there is no axis e [no-such-loop]
      try d or t"
    `)
  })
  test('no-such-loop: no stage has all axes', () => {
    const { refusal: data, message } = refusal(grouped, 'tile(g=4,d=4)')
    expect(data.code).toBe('no-such-loop')
    expect(message).toMatchInlineSnapshot(`
      "step 1, tile(g=4,d=4): no stage has all of the axes g, d [no-such-loop]
      try t, g, d_group or d"
    `)
  })
  test('not-parallel', () => {
    const { refusal: data, message } = refusal(grouped, 'tile(e=4)')
    expect(data.code).toBe('not-parallel')
    expect(message).toMatchInlineSnapshot(`
      "step 1, tile(e=4): e is reduced here: its iterations feed one result [not-parallel]
          serial t in T
            serial g in D/8
              register scale_max: f32[]
              scale_max[] = 0
              serial e in 8 (reduce)
              ^^^^^^^^^^^^^^^^^^^^^^
                scale_max[] = max(scale_max[], abs(x[t, 8·g + e]))   if 8·g + e < D
              scale[t, g] = (scale_max / 7)
          serial t in T
            serial d_group in D/8
              serial d in 8
                q[t, 8·d_group + d] = saturate_i4(clamp(round((x[t, 8·d_group + d] / scale[t, d_group])), -8, 7))   if 8·d_group + d < D
      try t, g, d_group or d"
    `)
  })
  test('not-serial: the axis is bound', () => {
    const { refusal: data, message } = refusal(quantize, 'bind(t=grid.x,d=grid.y) tile(t=4)')
    expect(data.code).toBe('not-serial')
    expect(message).toMatchInlineSnapshot(`
      "step 2, tile(t=4): no loop of axis t is still serial; tile before bind, or name another axis [not-serial]
          grid.x t in T
          ^^^^^^^^^^^^^
            grid.y d in D
              q[t, d] = saturate_i8(clamp(round((x[t, d] / scale[d])), -128, 127))"
    `)
  })
  test('not-serial: an unrolled loop around', () => {
    const { refusal: data, message } = refusal(
      quantize,
      'split(loop=t,by=4) reorder(order=t_in.t) unroll(loop=t_in) tile(d=4)',
    )
    expect(data.code).toBe('not-serial')
    expect(message).toMatchInlineSnapshot(`
      "step 4, tile(d=4): t_in is unroll; tile before it [not-serial]
          unroll t_in in 4
          ^^^^^^^^^^^^^^^^
            serial t in T/4
              serial d in D
                q[4·t + t_in, d] = saturate_i8(clamp(round((x[4·t + t_in, d] / scale[d])), -128, 127))   if 4·t + t_in < T"
    `)
  })
  test('already-bound', () => {
    const { refusal: data, message } = refusal(quantize, 'tile(t=16,d=16) split(loop=t_in,by=4) tile(t=4)')
    expect(data.code).toBe('already-bound')
    expect(message).toMatchInlineSnapshot(`
      "step 3, tile(t=4): t is already grid.y; tile each stage once [already-bound]
          grid.y t in T/16
          ^^^^^^^^^^^^^^^^
            grid.x d in D/16
              block.y t_in in 4
                serial t_in_in in 4
                  block.x d_in in 16
                    q[16·t + 4·t_in + t_in_in, 16·d + d_in] = saturate_i8(clamp(round((x[16·t + 4·t_in + t_in_in, 16·d + d_in] / scale[16·d + d_in])), -128, 127))   if 16·t + 4·t_in + t_in_in < T and 16·d + d_in < D"
    `)
  })
  test('does-not-divide', () => {
    const { refusal: data, message } = refusal(quantize, 'split(loop=d,by=16) tile(d=5)')
    expect(data.code).toBe('does-not-divide')
    expect(message).toMatchInlineSnapshot(`
      "step 2, tile(d=5): d_in has 16 iterations, which 5 does not divide, and no guard masks the rest [does-not-divide]
          serial t in T
            serial d in D/16
              serial d_in in 16
              ^^^^^^^^^^^^^^^^^
                q[t, 16·d + d_in] = saturate_i8(clamp(round((x[t, 16·d + d_in] / scale[16·d + d_in])), -128, 127))   if 16·d + d_in < D
      try 2, 4, 8 or 16"
    `)
  })
  test('not-nested: more axes than a grid has dimensions', () => {
    const { refusal: data, message } = refusal(quantize, 'split(loop=t,by=4) split(loop=d,by=4) tile(t=1,d=1)')
    expect(data.code).toBe('not-nested')
    expect(message).toMatchInlineSnapshot(`
      "step 3, tile(t=1,d=1): 4 loops would become grid loops; a grid has 3 dimensions [not-nested]
          serial t in T/4
          ^^^^^^^^^^^^^^^
            serial t_in in 4
            ^^^^^^^^^^^^^^^^
              serial d in D/4
              ^^^^^^^^^^^^^^^
                serial d_in in 4
                ^^^^^^^^^^^^^^^^
                  q[4·t + t_in, 4·d + d_in] = saturate_i8(clamp(round((x[4·t + t_in, 4·d + d_in] / scale[4·d + d_in])), -128, 127))   if 4·t + t_in < T and 4·d + d_in < D"
    `)
  })
  test('not-nested: statements beside the loops', () => {
    const { refusal: data, message } = refusal(
      quantize,
      'split(loop=d,by=16) reorder(order=t.d.d_in) cache(buffer=scale,memory=register,at=d) tile(d=4)',
    )
    expect(data.code).toBe('not-nested')
    expect(message).toMatchInlineSnapshot(`
      "step 4, tile(d=4): other statements stand beside the loops of axis d, so they cannot become the threads of one tile; tile first [not-nested]
          serial t in T
            serial d in D/16
            ^^^^^^^^^^^^^^^^
              register scale_reg: f32[16]
              serial d_in in 16
              ^^^^^^^^^^^^^^^^^
                scale_reg[d_in] = scale[16·d + d_in]   if 16·d + d_in < D
              serial d_in in 16
              ^^^^^^^^^^^^^^^^^
                q[t, 16·d + d_in] = saturate_i8(clamp(round((x[t, 16·d + d_in] / scale_reg[d_in])), -128, 127))   if 16·d + d_in < D"
    `)
  })
})

describe('cache', () => {
  test('no-such-buffer: a tensor', () => {
    const { refusal: data, message } = refusal(quantize, 'cache(buffer=y,memory=shared)')
    expect(data.code).toBe('no-such-buffer')
    expect(message).toMatchInlineSnapshot(`
      "step 1, cache(buffer=y,memory=shared): there is no tensor y [no-such-buffer]
      try x or scale"
    `)
  })
  test('no-such-buffer: a copy of a copy', () => {
    const { refusal: data, message } = refusal(
      quantize,
      'tile(t=16,d=16) cache(buffer=x,memory=shared) cache(buffer=x_tile,memory=register)',
    )
    expect(data.code).toBe('no-such-buffer')
    expect(message).toMatchInlineSnapshot(`
      "step 3, cache(buffer=x_tile,memory=register): x_tile is already in shared memory [no-such-buffer]
      try x or scale"
    `)
  })
  test('no-such-buffer: the statements below do not read it', () => {
    const { refusal: data, message } = refusal(
      quantize,
      'tile(t=16,d=16) cache(buffer=x,memory=shared) cache(buffer=x,memory=register,at=d_in)',
    )
    expect(data.code).toBe('no-such-buffer')
    expect(message).toMatchInlineSnapshot(`
      "step 3, cache(buffer=x,memory=register,at=d_in): d_in holds no load of x [no-such-buffer]
          grid.y t in T/16
            grid.x d in D/16
              shared x_tile: f32[16, 16]
              block.y t_in in 16
                block.x d_in in 16
                  x_tile[t_in, d_in] = x[16·t + t_in, 16·d + d_in]   if 16·t + t_in < T and 16·d + d_in < D
              block.y t_in in 16
                block.x d_in in 16
                ^^^^^^^^^^^^^^^^^^
                  q[16·t + t_in, 16·d + d_in] = saturate_i8(clamp(round((x_tile[t_in, d_in] / scale[16·d + d_in])), -128, 127))   if 16·t + t_in < T and 16·d + d_in < D
      try scale"
    `)
  })
  test('not-nested: shared memory outside a workgroup', () => {
    const { refusal: data, message } = refusal(quantize, 'cache(buffer=x,memory=shared)')
    expect(data.code).toBe('not-nested')
    expect(message).toMatchInlineSnapshot(`
      "step 1, cache(buffer=x,memory=shared): x is read where no loop is bound to the grid; tile first, or name a loop with at= [not-nested]
          serial t in T
          ^^^^^^^^^^^^^
            serial d in D
            ^^^^^^^^^^^^^
              q[t, d] = saturate_i8(clamp(round((x[t, d] / scale[d])), -128, 127))
      try tile(t=16,d=16)"
    `)
  })
  test('not-nested: shared memory at a loop outside a workgroup', () => {
    const { refusal: data, message } = refusal(quantize, 'cache(buffer=x,memory=shared,at=d)')
    expect(data.code).toBe('not-nested')
    expect(message).toMatchInlineSnapshot(`
      "step 1, cache(buffer=x,memory=shared,at=d): d stands outside every workgroup; bind its loops to the grid first [not-nested]
          serial t in T
            serial d in D
            ^^^^^^^^^^^^^
              q[t, d] = saturate_i8(clamp(round((x[t, d] / scale[d])), -128, 127))
      try tile(t=16,d=16)"
    `)
  })
  test('not-nested: shared memory in one thread', () => {
    const { refusal: data, message } = refusal(quantize, 'tile(t=16,d=16) cache(buffer=x,memory=shared,at=d_in)')
    expect(data.code).toBe('not-nested')
    expect(message).toMatchInlineSnapshot(`
      "step 2, cache(buffer=x,memory=shared,at=d_in): d_in belongs to one thread; a copy in shared memory is made by a whole workgroup [not-nested]
          grid.y t in T/16
            grid.x d in D/16
              block.y t_in in 16
                block.x d_in in 16
                ^^^^^^^^^^^^^^^^^^
                  q[16·t + t_in, 16·d + d_in] = saturate_i8(clamp(round((x[16·t + t_in, 16·d + d_in] / scale[16·d + d_in])), -128, 127))   if 16·t + t_in < T and 16·d + d_in < D
      try at=d"
    `)
  })
  test('not-nested: inside a vector', () => {
    const { refusal: data, message } = refusal(quantize, 'vectorize(d=4) cache(buffer=x,memory=register,at=d_vec)')
    expect(data.code).toBe('not-nested')
    expect(message).toMatchInlineSnapshot(`
      "step 2, cache(buffer=x,memory=register,at=d_vec): d_vec is a vector loop, which holds one statement; copy outside it [not-nested]
          serial t in T
            serial d in D/4
              vector d_vec in 4
              ^^^^^^^^^^^^^^^^^
                q[t, 4·d + d_vec] = saturate_i8(clamp(round((x[t, 4·d + d_vec] / scale[4·d + d_vec])), -128, 127))   if 4·d + d_vec < D
      try at=d"
    `)
  })
  test('not-constant: a copy of unknown length', () => {
    const { refusal: data, message } = refusal(quantize, 'cache(buffer=x,memory=register,at=t)')
    expect(data.code).toBe('not-constant')
    expect(message).toMatchInlineSnapshot(`
      "step 1, cache(buffer=x,memory=register,at=t): the copy of x would have as many elements as d has iterations, which only the launch says [not-constant]
          serial t in T
            serial d in D
            ^^^^^^^^^^^^^
              q[t, d] = saturate_i8(clamp(round((x[t, d] / scale[d])), -128, 127))
      try at=d"
    `)
  })
  test('accesses-differ: a gather', () => {
    const { refusal: data, message } = refusal(codebook, 'tile(t=16,d=16) cache(buffer=book,memory=shared,stage=value)')
    expect(data.code).toBe('accesses-differ')
    expect(message).toMatchInlineSnapshot(`
      "step 2, cache(buffer=book,memory=shared,stage=value): book is read at an index that the data decides [accesses-differ]
          grid.y t in T/16
            grid.x d in D/16
            ^^^^^^^^^^^^^^^^
              block.y t_in in 16
                block.x d_in in 16
                  value[16·t + t_in, 16·d + d_in] = book[code[16·t + t_in, 16·d + d_in]]   if 16·t + t_in < T and 16·d + d_in < D
          grid.y t in T/16
            grid.x d in D/16
              block.y t_in in 16
                block.x d_in in 16
                  y[16·t + t_in, 16·d + d_in] = ((value[16·t + t_in, 16·d + d_in] · toF32(16·d + d_in)) + toF32(T))   if 16·t + t_in < T and 16·d + d_in < D"
    `)
  })
  test('accesses-differ: before the first element', () => {
    const { refusal: data, message } = refusal(shift, 'split(loop=t,by=4) cache(buffer=x,memory=register,at=d)')
    expect(data.code).toBe('accesses-differ')
    expect(message).toMatchInlineSnapshot(`
      "step 2, cache(buffer=x,memory=register,at=d): x is read before its first element in some iterations [accesses-differ]
          serial t in T/4
            serial t_in in 4
              serial d in D
              ^^^^^^^^^^^^^
                y[4·t + t_in, d] = select((4·t + t_in > 0), x[4·t + t_in + -1, d], 0)   if 4·t + t_in < T"
    `)
  })
  test('accesses-differ: two places', () => {
    const { refusal: data, message } = refusal(neighbours, 'tile(t=4) cache(buffer=x,memory=register,at=t_in)')
    expect(data.code).toBe('accesses-differ')
    expect(message).toMatchInlineSnapshot(`
      "step 2, cache(buffer=x,memory=register,at=t_in): x is read at different places below t_in [accesses-differ]
          grid.x t in T/4
            block.x t_in in 4
            ^^^^^^^^^^^^^^^^^
              y[4·t + t_in] = (x[4·t + t_in] + x[8·t + 2·t_in])   if 4·t + t_in < T"
    `)
  })
})

describe('coarsen', () => {
  test('bad-argument: two axes', () => {
    const { refusal: data, message } = refusal(quantize, 'tile(t=16,d=16) coarsen(t=2,d=2)')
    expect(data.code).toBe('bad-argument')
    expect(message).toMatchInlineSnapshot(
      `"step 2, coarsen(t=2,d=2): one axis is coarsened, 2 are named; write coarsen(d=4) [bad-argument]"`,
    )
  })
  test('over-limit', () => {
    const { refusal: data, message } = refusal(quantize, 'tile(t=16,d=64) coarsen(d=128)')
    expect(data.code).toBe('over-limit')
    expect(message).toMatchInlineSnapshot(`
      "step 2, coarsen(d=128): 128 elements a thread; at most 64 are written out [over-limit]
      try 8, 16 or 32"
    `)
  })
  test('not-serial: the axis is not bound', () => {
    const { refusal: data, message } = refusal(quantize, 'coarsen(d=4)')
    expect(data.code).toBe('not-serial')
    expect(message).toMatchInlineSnapshot(`
      "step 1, coarsen(d=4): no loop of axis d is bound to the block or the grid; tile or bind first [not-serial]
          serial t in T
            serial d in D
            ^^^^^^^^^^^^^
              q[t, d] = saturate_i8(clamp(round((x[t, d] / scale[d])), -128, 127))"
    `)
  })
  test('not-constant: strided over the grid', () => {
    const { refusal: data, message } = refusal(quantize, 'bind(t=grid.x) coarsen(t=2,order=strided)')
    expect(data.code).toBe('not-constant')
    expect(message).toMatchInlineSnapshot(`
      "step 2, coarsen(t=2,order=strided): t is a grid loop: a stride of a grid's size is not known when compiling [not-constant]
          grid.x t in T
          ^^^^^^^^^^^^^
            serial d in D
              q[t, d] = saturate_i8(clamp(round((x[t, d] / scale[d])), -128, 127))
      try coarsen(t=2,order=blocked)"
    `)
  })
  test('does-not-divide', () => {
    const { refusal: data, message } = refusal(quantize, 'tile(t=16,d=64) coarsen(d=5)')
    expect(data.code).toBe('does-not-divide')
    expect(message).toMatchInlineSnapshot(`
      "step 2, coarsen(d=5): d_in has 64 iterations, which 5 does not divide [does-not-divide]
          grid.y t in T/16
            grid.x d in D/64
              block.y t_in in 16
                block.x d_in in 64
                ^^^^^^^^^^^^^^^^^^
                  q[16·t + t_in, 64·d + d_in] = saturate_i8(clamp(round((x[16·t + t_in, 64·d + d_in] / scale[64·d + d_in])), -128, 127))   if 16·t + t_in < T and 64·d + d_in < D
      try 2, 4, 8 or 16"
    `)
  })
  test('no-such-loop', () => {
    const { refusal: data, message } = refusal(quantize, 'tile(t=16,d=64) coarsen(e=4)')
    expect(data.code).toBe('no-such-loop')
    expect(message).toMatchInlineSnapshot(`
      "step 2, coarsen(e=4): there is no axis e [no-such-loop]
      try d or t"
    `)
  })
})

describe('vectorize', () => {
  test('bad-argument: two axes', () => {
    const { refusal: data, message } = refusal(quantize, 'vectorize(t=2,d=2)')
    expect(data.code).toBe('bad-argument')
    expect(message).toMatchInlineSnapshot(
      `"step 1, vectorize(t=2,d=2): one axis is vectorized, 2 are named; write vectorize(d=4) [bad-argument]"`,
    )
  })
  test('bad-argument: a width', () => {
    const { refusal: data, message } = refusal(quantize, 'vectorize(d=3)')
    expect(data.code).toBe('bad-argument')
    expect(message).toMatchInlineSnapshot(`
      "step 1, vectorize(d=3): a vector of 3 elements; a power of two or a multiple of 32 is expected [bad-argument]
      try 4, 8 or 16"
    `)
  })
  test('over-limit', () => {
    const { refusal: data, message } = refusal(quantize, 'vectorize(d=256)')
    expect(data.code).toBe('over-limit')
    expect(message).toMatchInlineSnapshot(`
      "step 1, vectorize(d=256): a vector of 256 elements; at most 128 are held by one thread [over-limit]
      try 32, 64 or 128"
    `)
  })
  test('already-bound', () => {
    const { refusal: data, message } = refusal(quantize, 'vectorize(d=4) vectorize(d=4)')
    expect(data.code).toBe('already-bound')
    expect(message).toMatchInlineSnapshot(`
      "step 2, vectorize(d=4): d is already vectorized, d_vec holds 4 elements [already-bound]
          serial t in T
            serial d in D/4
              vector d_vec in 4
              ^^^^^^^^^^^^^^^^^
                q[t, 4·d + d_vec] = saturate_i8(clamp(round((x[t, 4·d + d_vec] / scale[4·d + d_vec])), -128, 127))   if 4·d + d_vec < D"
    `)
  })
  test('already-bound in the stage that is named', () => {
    const { refusal: data, message } = refusal(grouped, 'vectorize(d=4,stage=q) vectorize(d=4,stage=q)')
    expect(data.code).toBe('already-bound')
    expect(message).toMatchInlineSnapshot(`
      "step 2, vectorize(d=4,stage=q): d is already vectorized, d_vec holds 4 elements [already-bound]
          serial t in T
            serial g in D/8
              register scale_max: f32[]
              scale_max[] = 0
              serial e in 8 (reduce)
                scale_max[] = max(scale_max[], abs(x[t, 8·g + e]))   if 8·g + e < D
              scale[t, g] = (scale_max / 7)
          serial t in T
            serial d_group in D/8
              serial d in 2
                vector d_vec in 4
                ^^^^^^^^^^^^^^^^^
                  q[t, 8·d_group + 4·d + d_vec] = saturate_i4(clamp(round((x[t, 8·d_group + 4·d + d_vec] / scale[t, d_group])), -8, 7))   if 8·d_group + 4·d + d_vec < D"
    `)
  })
  test('not-serial: every loop is bound to the grid', () => {
    const { refusal: data, message } = refusal(quantize, 'bind(t=grid.y,d=grid.x) vectorize(d=4)')
    expect(data.code).toBe('not-serial')
    expect(message).toMatchInlineSnapshot(`
      "step 2, vectorize(d=4): no loop of axis d is serial or block; vectorize inside a tile [not-serial]
          grid.y t in T
            grid.x d in D
            ^^^^^^^^^^^^^
              q[t, d] = saturate_i8(clamp(round((x[t, d] / scale[d])), -128, 127))"
    `)
  })
  test('does-not-divide', () => {
    const { refusal: data, message } = refusal(grouped, 'vectorize(d=16,stage=q)')
    expect(data.code).toBe('does-not-divide')
    expect(message).toMatchInlineSnapshot(`
      "step 1, vectorize(d=16,stage=q): d has 8 iterations, which 16 does not divide, and no guard masks the rest [does-not-divide]
          serial t in T
            serial g in D/8
              register scale_max: f32[]
              scale_max[] = 0
              serial e in 8 (reduce)
                scale_max[] = max(scale_max[], abs(x[t, 8·g + e]))   if 8·g + e < D
              scale[t, g] = (scale_max / 7)
          serial t in T
            serial d_group in D/8
              serial d in 8
              ^^^^^^^^^^^^^
                q[t, 8·d_group + d] = saturate_i4(clamp(round((x[t, 8·d_group + d] / scale[t, d_group])), -8, 7))   if 8·d_group + d < D
      try 2, 4 or 8"
    `)
  })
})

describe('predicate', () => {
  test('bad-argument: no axis', () => {
    const { refusal: data, message } = refusal(quantize, 'predicate(multiple=4)')
    expect(data.code).toBe('bad-argument')
    expect(message).toMatchInlineSnapshot(
      `"step 1, predicate(multiple=4): no axis is named; write predicate(d=assume) [bad-argument]"`,
    )
  })
  test('bad-argument: nothing depends on it', () => {
    const { refusal: data, message } = refusal(quantize, 'predicate(d=assume)')
    expect(data.code).toBe('bad-argument')
    expect(message).toMatchInlineSnapshot(
      `"step 1, predicate(d=assume): d is neither vectorized nor tiled, so nothing depends on a multiple of D; split it first or write multiple=4 [bad-argument]"`,
    )
  })
  test('no-such-loop', () => {
    const { refusal: data, message } = refusal(quantize, 'predicate(e=assume)')
    expect(data.code).toBe('no-such-loop')
    expect(message).toMatchInlineSnapshot(`
      "step 1, predicate(e=assume): there is no axis e with a size [no-such-loop]
      try d or t"
    `)
  })
  test('no-such-loop: mask', () => {
    const { refusal: data, message } = refusal(quantize, 'predicate(e=mask)')
    expect(data.code).toBe('no-such-loop')
    expect(message).toMatchInlineSnapshot(`
      "step 1, predicate(e=mask): there is no axis e with a size [no-such-loop]
      try d or t"
    `)
  })
  test('does-not-divide: a fixed size', () => {
    const { refusal: data, message } = refusal(quantize, 'vectorize(d=4) predicate(d=assume)', { D: 6 })
    expect(data.code).toBe('does-not-divide')
    expect(message).toMatchInlineSnapshot(`
      "step 2, predicate(d=assume): D is fixed to 6, which is not a multiple of 4 [does-not-divide]
      try predicate(d=mask)"
    `)
  })
})
