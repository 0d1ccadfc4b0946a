import { abs, f16, f32, interpretKernel, interpretNest, type Kernel, kernel, max, min, u4, u8 } from '@qernel/dsl'
import { describe, expect, test } from 'vitest'
import { applySchedule, nestText, parseSteps, ScheduleRefusal } from '../../src/index.ts'
import { codebook } from '../kernels.ts'
import { randomInputs } from '../random-inputs.ts'

const perToken = kernel('per_token', ({ size, input, output }) => {
  const T = size('T')
  const D = size('D')
  const x = input('x', f32, [T, D])
  const scale = output('scale', f32, [T], t => max(D, d => abs(x(t, d))).div(127))
  output('q', u8, [T, D], (t, d) => x(t, d).div(scale(t)).round())
})

/** A temporary, a 16-bit result, and a code that a later stage reads. */
const asymmetric = kernel('asymmetric', ({ size, input, output, temporary }) => {
  const T = size('T')
  const D = size('D')
  const groups = D.groups(8)
  const x = input('x', f32, [T, D])
  const low = temporary('low', f32, [T, groups.count], (t, g) => min(groups.at(g), d => x(t, d)))
  const scale = output('scale', f16, [T, groups.count], (t, g) =>
    max(groups.at(g), d => x(t, d))
      .sub(low(t, g))
      .div(15),
  )
  const zero = output('zero', u8, [T, groups.count], (t, g) => low(t, g).div(scale(t, g)).round())
  output('q', u4, [T, groups], (t, d) => x(t, d).div(scale(t, d.group)).sub(zero(t, d.group).toF32()).round())
})

const byColumn = kernel('by_column', ({ size, input, output }) => {
  const T = size('T')
  const D = size('D')
  const x = input('x', f32, [T, D])
  const scale = output('scale', f32, [D], d => max(T, t => abs(x(t, d))))
  output('q', f32, [T, D], (t, d) => x(t, d).div(scale(d)))
})

const after = (of: Kernel, steps: string): string => nestText(applySchedule(of, parseSteps(steps)).nest)

function refusal(of: Kernel, steps: string): { code: string; message: string } {
  try {
    applySchedule(of, parseSteps(steps))
  } catch (error) {
    if (error instanceof ScheduleRefusal) return { code: error.refusal.code, message: error.message }
    throw error
  }
  throw new Error(`${steps} applies`)
}

const threeStages =
  'fuse(producer=low,consumer=scale,loops=2) fuse(producer=scale,consumer=zero,loops=2) fuse(producer=zero,consumer=q,loops=2)'

describe('the resulting nest', () => {
  test('fusing one loop keeps the result in a register and stores it as well', () => {
    expect(after(perToken, 'fuse(producer=scale,consumer=q)')).toMatchInlineSnapshot(`
      "serial t in T
        register scale_max: f32[]
        register scale_kept: f32[]
        scale_max[] = 0
        serial d in D (reduce)
          scale_max[] = max(scale_max[], abs(x[t, d]))
        scale_kept[] = (scale_max / 127)
        scale[t] = scale_kept
        serial d in D
          q[t, d] = saturate_u8(round((x[t, d] / scale_kept)))"
    `)
  })

  test('fusing four stages along two loops removes the temporary and rounds the f16 scale where it is kept', () => {
    expect(after(asymmetric, threeStages)).toMatchInlineSnapshot(`
      "serial t in T
        serial g in D/8
          register low_min: f32[]
          register scale_max: f32[]
          register low_kept: f32[]
          register low_kept2: f32[]
          register scale_kept: f32[]
          register scale_kept2: f32[]
          register zero_kept: u32[]
          low_min[] = Infinity
          serial d in 8 (reduce)
            low_min[] = min(low_min[], x[t, 8·g + d])   if 8·g + d < D
          low_kept[] = low_min
          low_kept2[] = low_kept
          scale_max[] = -Infinity
          serial d in 8 (reduce)
            scale_max[] = max(scale_max[], x[t, 8·g + d])   if 8·g + d < D
          scale_kept[] = narrow_f16(((scale_max − low_kept) / 15))
          scale_kept2[] = narrow_f16(scale_kept)
          scale[t, g] = scale_kept2
          zero_kept[] = saturate_u8(round((low_kept2 / scale_kept)))
          zero[t, g] = zero_kept
          serial d in 8
            q[t, 8·g + d] = saturate_u4(round(((x[t, 8·g + d] / scale_kept2) − toF32(zero_kept))))   if 8·g + d < D"
    `)
  })

  test('fused stages can be split over lanes', () => {
    expect(
      after(
        perToken,
        'fuse(producer=scale,consumer=q) splitReduction(d=32,combine=shared) split(loop=d,by=32,stage=q) bind(t=grid.x,d_in=block.x)',
      ),
    ).toMatchInlineSnapshot(`
      "grid.x t in T
        register scale_max: f32[]
        register scale_kept: f32[]
        register scale_max_part: f32[32]
        scale_max[] = 0
        block.x d_in in 32
          scale_max_part[d_in] = 0
          serial d in D/32 (reduce)
            scale_max_part[d_in] = max(scale_max_part[d_in], abs(x[t, 32·d + d_in]))   if 32·d + d_in < D
        block.x d_in in 32 (combine, shared)
          scale_max[] = max(scale_max[], scale_max_part[d_in])
        scale_kept[] = (scale_max / 127)
        scale[t] = scale_kept
        serial d in D/32
          block.x d_in in 32
            q[t, 32·d + d_in] = saturate_u8(round((x[t, 32·d + d_in] / scale_kept)))   if 32·d + d_in < D"
    `)
  })
})

test.each([
  ['one loop', perToken, 'fuse(producer=scale,consumer=q)'],
  ['four stages', asymmetric, threeStages],
  ['a consumer whose loop was reordered first', byColumn, 'reorder(order=d.t,stage=q) fuse(producer=scale,consumer=q)'],
  ['tails of a split that both stages have', perToken, 'split(loop=t,by=4) fuse(producer=scale,consumer=q,loops=2)'],
  [
    'a second pass before the producer',
    perToken,
    'splitReduction(d=4,combine=secondPass) fuse(producer=scale,consumer=q)',
  ],
])('keeps the results: %s', (_, of, steps) => {
  const sizes = new Map(Object.entries({ T: 7, D: 13 }))
  const { nest } = applySchedule(of, parseSteps(steps))
  for (let seed = 0; seed < 6; seed++) {
    const inputs = randomInputs(of, sizes, seed)
    const expected = interpretKernel(of, inputs, sizes)
    for (const order of ['forward', 'reverse'] as const) {
      const found = interpretNest(nest, inputs, sizes, { order })
      for (const tensor of of.tensors)
        if (tensor.role === 'output') expect(found.get(tensor.name)?.data).toEqual(expected.get(tensor.name)?.data)
    }
  }
})

describe('refuses', () => {
  test('a consumer that comes before its producer, with depends', () => {
    const { code, message } = refusal(perToken, 'fuse(producer=q,consumer=scale)')
    expect(code).toBe('depends')
    expect(message).toMatchInlineSnapshot(`
      "step 1, fuse(producer=q,consumer=scale): scale comes before q [depends]
      try fuse(producer=scale,consumer=q)"
    `)
  })

  test('stages with another stage in between that the consumer needs, with depends', () => {
    const { code, message } = refusal(asymmetric, 'fuse(producer=low,consumer=zero,loops=2)')
    expect(code).toBe('depends')
    expect(message).toMatchInlineSnapshot(`
      "step 1, fuse(producer=low,consumer=zero,loops=2): zero needs a value that a statement in between computes [depends]
          serial t in T
            serial g in D/8
              register low_min: f32[]
              low_min[] = Infinity
              serial d in 8 (reduce)
                low_min[] = min(low_min[], x[t, 8·g + d])   if 8·g + d < D
              low[t, g] = low_min
          serial t in T
          ^^^^^^^^^^^^^
            serial g in D/8
              register scale_max: f32[]
              scale_max[] = -Infinity
              serial d in 8 (reduce)
                scale_max[] = max(scale_max[], x[t, 8·g + d])   if 8·g + d < D
              scale[t, g] = ((scale_max − low[t, g]) / 15)
          serial t in T
            serial g in D/8
              zero[t, g] = saturate_u8(round((low[t, g] / scale[t, g])))
          serial t in T
            serial d_group in D/8
              serial d in 8
                q[t, 8·d_group + d] = saturate_u4(round(((x[t, 8·d_group + d] / scale[t, d_group]) − toF32(zero[t, d_group]))))   if 8·d_group + d < D"
    `)
  })

  test('fusing one loop if its iterations pass a row of unknown length, with not-constant', () => {
    const { code, message } = refusal(asymmetric, 'fuse(producer=low,consumer=scale)')
    expect(code).toBe('not-constant')
    expect(message.split('\n')[0]).toMatchInlineSnapshot(
      `"step 1, fuse(producer=low,consumer=scale): an iteration of t reads D/8 elements of low, a number known only at launch, so no tile can hold them: fix D at compile time, or write low as a plain function instead of a temporary, which is computed where it is used and takes no memory [not-constant]"`,
    )
    expect(message).toContain('try loops=2')
  })

  test('stages that are already fused, with depends', () => {
    expect(refusal(perToken, 'fuse(producer=scale,consumer=q) fuse(producer=scale,consumer=q)').code).toBe('depends')
  })

  test('a temporary that fusing has removed, with depends', () => {
    const { code, message } = refusal(asymmetric, `${threeStages} fuse(producer=low,consumer=q)`)
    expect(code).toBe('depends')
    expect(message).toMatchInlineSnapshot(
      `"step 4, fuse(producer=low,consumer=q): low has been kept on chip since it was fused, and is not stored anywhere; name a stage in the same loops that is stored [depends]"`,
    )
  })

  test('loops over different axes, with not-nested', () => {
    const { code, message } = refusal(byColumn, 'fuse(producer=scale,consumer=q)')
    expect(code).toBe('not-nested')
    expect(message).toMatchInlineSnapshot(`
      "step 1, fuse(producer=scale,consumer=q): the outermost 1 loops of scale and q do not run over the same elements [not-nested]
          serial d in D
          ^^^^^^^^^^^^^
            register scale_max: f32[]
            scale_max[] = 0
            serial t in T (reduce)
              scale_max[] = max(scale_max[], abs(x[t, d]))
            scale[d] = scale_max
          serial t in T
          ^^^^^^^^^^^^^
            serial d in D
              q[t, d] = (x[t, d] / scale[d])"
    `)
  })

  test('loops that are bound, with already-bound', () => {
    const { code, message } = refusal(perToken, 'bind(t=grid.x,stage=scale) fuse(producer=scale,consumer=q)')
    expect(code).toBe('already-bound')
    expect(message).toMatchInlineSnapshot(`
      "step 2, fuse(producer=scale,consumer=q): t is grid.x in scale and serial in q; fuse before bind [already-bound]
          grid.x t in T
          ^^^^^^^^^^^^^
            register scale_max: f32[]
            scale_max[] = 0
            serial d in D (reduce)
              scale_max[] = max(scale_max[], abs(x[t, d]))
            scale[t] = (scale_max / 127)
          serial t in T
          ^^^^^^^^^^^^^
            serial d in D
              q[t, d] = saturate_u8(round((x[t, d] / scale[t])))"
    `)
  })

  test('workgroups along y that would all write the result next to their loop, with not-nested', () => {
    const steps = 'fuse(producer=scale,consumer=q) split(loop=d,by=8,stage=q) bind(t=grid.x) bind(d=grid.y,stage=q)'
    const { code, message } = refusal(perToken, steps)
    expect(code).toBe('not-nested')
    expect(message.split('\n')[0]).toMatchInlineSnapshot(
      `"step 4, bind(d=grid.y,stage=q): d would be grid.y, but scale, which is written beside it, would then be written by every workgroup along y [not-nested]"`,
    )
  })
  test('a vector loop, which holds one statement, with not-nested', () => {
    const { code, message } = refusal(codebook, 'vectorize(t=2) fuse(producer=value,consumer=y,loops=3)')
    expect(code).toBe('not-nested')
    expect(message).toContain('t_vec is a vector loop, which can contain only one statement; fuse before vectorize')
  })
})
