/** 16-bit results of a fused nest: collecting them in shared memory gives each word one owner. */
import { f16, f32, i4, type Kernel, kernel, max, min } from '@qernel/dsl'
import { describe, expect, test } from 'vitest'
import { applySchedule, nestText, parseSteps, printSteps, ScheduleRefusal } from '../../src/index.ts'

const grouped = kernel('grouped', ({ size, input, output }) => {
  const T = size('T')
  const D = size('D', { multipleOf: 32 })
  const groups = D.groups(32)
  const x = input('x', f32, [T, D])
  const scale = output('scale', f16, [T, groups.count], (t, g) =>
    max(groups.at(g), d => x(t, d))
      .sub(min(groups.at(g), d => x(t, d)))
      .div(15),
  )
  output('q', i4, [T, groups], (t, d) => x(t, d).div(scale(t, d.group)).round().clamp(-8, 7))
})

const wordsOnly = new Set(['f32', 'i32', 'u32'])
const fused =
  'fuse(producer=scale,consumer=q,loops=2) split(loop=g,by=8) splitReduction(d=4,combine=shared) vectorize(d=8,stage=q) bind(t=grid.y,g=grid.x,g_in=block.y,d_in=block.x) bind(d=block.x,stage=q)'

function refusal(of: Kernel, steps: string): { code: string; message: string } {
  try {
    applySchedule(of, parseSteps(steps), { nativeTypes: wordsOnly })
  } catch (error) {
    if (error instanceof ScheduleRefusal) return { code: error.refusal.code, message: error.message }
    throw error
  }
  throw new Error(`${steps} applies`)
}

test('results are stored in the tile and leave it in whole words', () => {
  const steps =
    'split(loop=g,by=8) bind(t=grid.y,g=grid.x,g_in=block.x,stage=scale) cache(buffer=scale,memory=shared,at=g,stage=scale)'
  expect(nestText(applySchedule(grouped, parseSteps(steps)).nest)).toMatchInlineSnapshot(`
    "grid.y t in T
      grid.x g in D/256
        shared scale_tile: f32[8]
        block.x g_in in 8
          register scale_max: f32[]
          register scale_min: f32[]
          scale_max[] = -Infinity
          scale_min[] = Infinity
          serial d in 32 (reduce)
            scale_max[] = max(scale_max[], x[t, 256·g + 32·g_in + d])   if 8·g + g_in < D/32 and 256·g + 32·g_in < D
            scale_min[] = min(scale_min[], x[t, 256·g + 32·g_in + d])   if 8·g + g_in < D/32 and 256·g + 32·g_in < D
          scale_tile[g_in] = ((scale_max − scale_min) / 15)   if 8·g + g_in < D/32
        serial scale_out in 4
          vector scale_vec in 2
            scale[t, 8·g + 2·scale_out + scale_vec] = scale_tile[2·scale_out + scale_vec]   if 8·g + 2·scale_out + scale_vec < D/32
    serial t in T
      serial d_group in D/32
        serial d in 32
          q[t, 32·d_group + d] = saturate_i4(clamp(round((x[t, 32·d_group + d] / scale[t, d_group])), -8, 7))"
  `)
})

test('word-split offers to collect the results in shared memory', () => {
  const { code, message } = refusal(grouped, fused)
  expect(code).toBe('word-split')
  expect(message).toMatchInlineSnapshot(`
    "step 6, bind(d=block.x,stage=q): threads would share the packed words of scale, and vectorize(g=2,access=1,stage=scale) in front, which gives each word one owner, does not go with fuse(producer=scale,consumer=q,loops=2): the outermost 2 loops of scale and q do not run over the same elements [word-split]
    try cache(buffer=scale,memory=shared,at=g,stage=scale)"
  `)
})

test('the offered step applies', () => {
  const steps = parseSteps(`${fused} cache(buffer=scale,memory=shared,at=g)`)
  const { nest, repairs } = applySchedule(grouped, steps, { nativeTypes: wordsOnly })
  expect(printSteps(repairs)).toMatchInlineSnapshot(`""`)
  expect(nestText(nest)).toMatchInlineSnapshot(`
    "grid.y t in T
      grid.x g in D/256
        shared scale_tile: f32[8]
        block.y g_in in 8
          register scale_max: f32[]
          register scale_min: f32[]
          register scale_kept: f32[]
          register scale_max_part: f32[4]
          register scale_min_part: f32[4]
          scale_max[] = -Infinity
          scale_min[] = Infinity
          block.x d_in in 4
            scale_max_part[d_in] = -Infinity
            scale_min_part[d_in] = Infinity
            serial d in 8 (reduce)
              scale_max_part[d_in] = max(scale_max_part[d_in], x[t, 256·g + 32·g_in + 4·d + d_in])   if 8·g + g_in < D/32 and 256·g + 32·g_in < D
              scale_min_part[d_in] = min(scale_min_part[d_in], x[t, 256·g + 32·g_in + 4·d + d_in])   if 8·g + g_in < D/32 and 256·g + 32·g_in < D
          block.x d_in in 4 (combine, shared)
            scale_max[] = max(scale_max[], scale_max_part[d_in])
            scale_min[] = min(scale_min[], scale_min_part[d_in])
          scale_kept[] = narrow_f16(((scale_max − scale_min) / 15))   if 8·g + g_in < D/32
          scale_tile[g_in] = scale_kept   if 8·g + g_in < D/32
          block.x d in 4
            vector d_vec in 8
              q[t, 256·g + 32·g_in + 8·d + d_vec] = saturate_i4(clamp(round((x[t, 256·g + 32·g_in + 8·d + d_vec] / scale_kept)), -8, 7))   if 256·g + 32·g_in < D
        serial scale_out in 4
          vector scale_vec in 2
            scale[t, 8·g + 2·scale_out + scale_vec] = scale_tile[2·scale_out + scale_vec]   if 8·g + 2·scale_out + scale_vec < D/32"
  `)
})

describe('refuses', () => {
  test('a tile that does not fill whole words', () => {
    const steps =
      'split(loop=g,by=3) bind(t=grid.y,g=grid.x,g_in=block.x,stage=scale) cache(buffer=scale,memory=shared,at=g,stage=scale)'
    const { code, message } = refusal(grouped, steps)
    expect(code).toBe('word-split')
    expect(message).toMatchInlineSnapshot(`
      "step 3, cache(buffer=scale,memory=shared,at=g,stage=scale): 3 neighbouring elements of scale are written inside g, which do not fill whole words of 2 f16 [word-split]
          grid.y t in T
            grid.x g in D/96
            ^^^^^^^^^^^^^^^^
              block.x g_in in 3
                register scale_max: f32[]
                register scale_min: f32[]
                scale_max[] = -Infinity
                scale_min[] = Infinity
                serial d in 32 (reduce)
                  scale_max[] = max(scale_max[], x[t, 96·g + 32·g_in + d])   if 3·g + g_in < D/32 and 96·g + 32·g_in < D
                  scale_min[] = min(scale_min[], x[t, 96·g + 32·g_in + d])   if 3·g + g_in < D/32 and 96·g + 32·g_in < D
                scale[t, 3·g + g_in] = ((scale_max − scale_min) / 15)   if 3·g + g_in < D/32
          serial t in T
            serial d_group in D/32
              serial d in 32
                q[t, 32·d_group + d] = saturate_i4(clamp(round((x[t, 32·d_group + d] / scale[t, d_group])), -8, 7))"
    `)
  })

  test('a tile whose length is known only at launch', () => {
    const { code, message } = refusal(
      grouped,
      'bind(t=grid.x,stage=scale) cache(buffer=scale,memory=shared,at=t,stage=scale)',
    )
    expect(code).toBe('not-constant')
    expect(message).toMatchInlineSnapshot(`
      "step 2, cache(buffer=scale,memory=shared,at=t,stage=scale): g has a number of iterations that is known only at launch, so the size of the tile would be too [not-constant]
          grid.x t in T
            serial g in D/32
            ^^^^^^^^^^^^^^^^
              register scale_max: f32[]
              register scale_min: f32[]
              scale_max[] = -Infinity
              scale_min[] = Infinity
              serial d in 32 (reduce)
                scale_max[] = max(scale_max[], x[t, 32·g + d])
                scale_min[] = min(scale_min[], x[t, 32·g + d])
              scale[t, g] = ((scale_max − scale_min) / 15)
          serial t in T
            serial d_group in D/32
              serial d in 32
                q[t, 32·d_group + d] = saturate_i4(clamp(round((x[t, 32·d_group + d] / scale[t, d_group])), -8, 7))"
    `)
  })

  test('registers that several threads would write', () => {
    const { code, message } = refusal(
      grouped,
      'tile(t=4,g=8,stage=scale) cache(buffer=scale,memory=register,at=g,stage=scale)',
    )
    expect(code).toBe('not-owner')
    expect(message).toMatchInlineSnapshot(`
      "step 2, cache(buffer=scale,memory=register,at=g,stage=scale): scale is written inside g by the threads of t_in, but registers belong to one thread; use shared memory to collect results of several threads [not-owner]
          grid.y t in T/4
            grid.x g in D/256
              block.y t_in in 4
              ^^^^^^^^^^^^^^^^^
                block.x g_in in 8
                  register scale_max: f32[]
                  register scale_min: f32[]
                  scale_max[] = -Infinity
                  scale_min[] = Infinity
                  serial d in 32 (reduce)
                    scale_max[] = max(scale_max[], x[4·t + t_in, 256·g + 32·g_in + d])   if 4·t + t_in < T and 8·g + g_in < D/32 and 256·g + 32·g_in < D
                    scale_min[] = min(scale_min[], x[4·t + t_in, 256·g + 32·g_in + d])   if 4·t + t_in < T and 8·g + g_in < D/32 and 256·g + 32·g_in < D
                  scale[4·t + t_in, 8·g + g_in] = ((scale_max − scale_min) / 15)   if 4·t + t_in < T and 8·g + g_in < D/32
          serial t in T
            serial d_group in D/32
              serial d in 32
                q[t, 32·d_group + d] = saturate_i4(clamp(round((x[t, 32·d_group + d] / scale[t, d_group])), -8, 7))"
    `)
  })

  test('elements that are not adjacent', () => {
    const steps =
      'split(loop=g,by=8) reorder(order=g_in.g,stage=scale) bind(t=grid.y,g_in=grid.x,stage=scale) cache(buffer=scale,memory=shared,at=g_in,stage=scale)'
    expect(refusal(grouped, steps).code).toMatch(/not-constant|accesses-differ/)
  })
})
