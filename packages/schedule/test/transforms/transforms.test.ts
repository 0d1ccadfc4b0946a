/** The effect of every transform: the nest before and after the last step of a schedule. */
import { abs, f32, kernel, max } from '@qernel/dsl'
import { describe, expect, test } from 'vitest'
import { applySchedule, findTransform, listTransforms, nestText, parseSteps } from '../../src/index.ts'
import { grouped, perChannel, quantize } from '../kernels.ts'

/** The nests before and after the last step. */
function lastStep(steps: string, kernel = quantize): string {
  const { history } = applySchedule(kernel, parseSteps(steps))
  return `${history.slice(-2).map(nestText).join('\n→\n')}\n`
}

const exampleOf = (name: string) => findTransform(name)?.example ?? ''

test('the default nest has one loop per axis and one accumulator per reduction', () => {
  const { nest } = applySchedule(perChannel, [])
  expect(`${nestText(nest)}\n`).toMatchInlineSnapshot(`
    "serial d in D
      register scale_max: f32[]
      scale_max[] = 0
      serial t in T (reduce)
        scale_max[] = max(scale_max[], abs(x[t, d]))
      scale[d] = (select((scale_max < 9.99999993922529e-9), 1, scale_max) / 127)
    serial t in T
      serial d in D
        q[t, d] = saturate_i8(clamp(round((x[t, d] / scale[d])), -128, 127))
    "
  `)
})

describe('the example of each transform', () => {
  test.each(listTransforms().map(transform => [transform.name, transform.example]))(
    'the example of %s uses it: %s',
    (name, example) => {
      expect(parseSteps(example).map(step => step.transform)).toContain(name)
    },
  )
  test('bind', () => {
    expect(lastStep(exampleOf('bind'))).toMatchInlineSnapshot(`
      "serial t in T
        serial d in D/64
          serial d_in in 64
            q[t, 64·d + d_in] = saturate_i8(clamp(round((x[t, 64·d + d_in] / scale[64·d + d_in])), -128, 127))   if 64·d + d_in < D
      →
      grid.y t in T
        grid.x d in D/64
          block.x d_in in 64
            q[t, 64·d + d_in] = saturate_i8(clamp(round((x[t, 64·d + d_in] / scale[64·d + d_in])), -128, 127))   if 64·d + d_in < D
      "
    `)
  })
  test('cache', () => {
    expect(lastStep(exampleOf('cache'))).toMatchInlineSnapshot(`
      "grid.y t in T/16
        grid.x d in D/16
          block.y t_in in 16
            block.x d_in in 16
              q[16·t + t_in, 16·d + d_in] = saturate_i8(clamp(round((x[16·t + t_in, 16·d + d_in] / scale[16·d + d_in])), -128, 127))   if 16·t + t_in < T and 16·d + d_in < D
      →
      grid.y t in T/16
        grid.x d in D/16
          shared x_tile: f32[16, 16]
          block.y t_in in 16
            block.x d_in in 16
              x_tile[t_in, d_in] = x[16·t + t_in, 16·d + d_in]   if 16·t + t_in < T and 16·d + d_in < D
          block.y t_in in 16
            block.x d_in in 16
              q[16·t + t_in, 16·d + d_in] = saturate_i8(clamp(round((x_tile[t_in, d_in] / scale[16·d + d_in])), -128, 127))   if 16·t + t_in < T and 16·d + d_in < D
      "
    `)
  })
  test('coarsen', () => {
    expect(lastStep(exampleOf('coarsen'))).toMatchInlineSnapshot(`
      "grid.y t in T/16
        grid.x d in D/64
          block.y t_in in 16
            block.x d_in in 64
              q[16·t + t_in, 64·d + d_in] = saturate_i8(clamp(round((x[16·t + t_in, 64·d + d_in] / scale[64·d + d_in])), -128, 127))   if 16·t + t_in < T and 64·d + d_in < D
      →
      grid.y t in T/16
        grid.x d in D/64
          block.y t_in in 16
            block.x d_in in 16
              register x_reg: f32[4]
              register scale_reg: f32[4]
              unroll d_k in 4
                x_reg[d_k] = x[16·t + t_in, 64·d + 16·d_k + d_in]   if 16·t + t_in < T and 64·d + 16·d_k + d_in < D
              unroll d_k in 4
                scale_reg[d_k] = scale[64·d + 16·d_k + d_in]   if 64·d + 16·d_k + d_in < D
              unroll d_k in 4
                q[16·t + t_in, 64·d + 16·d_k + d_in] = saturate_i8(clamp(round((x_reg[d_k] / scale_reg[d_k])), -128, 127))   if 16·t + t_in < T and 64·d + 16·d_k + d_in < D
      "
    `)
  })
  test('predicate', () => {
    expect(lastStep(exampleOf('predicate'))).toMatchInlineSnapshot(`
      "grid.y t in T/16
        grid.x d in D/64
          block.y t_in in 16
            block.x d_in in 16
              vector d_vec in 4
                q[16·t + t_in, 64·d + 4·d_in + d_vec] = saturate_i8(clamp(round((x[16·t + t_in, 64·d + 4·d_in + d_vec] / scale[64·d + 4·d_in + d_vec])), -128, 127))   if 16·t + t_in < T and 64·d + 4·d_in + d_vec < D
      →
      grid.y t in T/16
        grid.x d in D/64
          block.y t_in in 16
            block.x d_in in 16
              vector d_vec in 4
                q[16·t + t_in, 64·d + 4·d_in + d_vec] = saturate_i8(clamp(round((x[16·t + t_in, 64·d + 4·d_in + d_vec] / scale[64·d + 4·d_in + d_vec])), -128, 127))   if 16·t + t_in < T and 64·d + 4·d_in < D
      "
    `)
  })
  test('reorder', () => {
    expect(lastStep(exampleOf('reorder'))).toMatchInlineSnapshot(`
      "serial t in T
        serial d in D
          q[t, d] = saturate_i8(clamp(round((x[t, d] / scale[d])), -128, 127))
      →
      serial d in D
        serial t in T
          q[t, d] = saturate_i8(clamp(round((x[t, d] / scale[d])), -128, 127))
      "
    `)
  })
  test('split', () => {
    expect(lastStep(exampleOf('split'))).toMatchInlineSnapshot(`
      "serial t in T
        serial d in D
          q[t, d] = saturate_i8(clamp(round((x[t, d] / scale[d])), -128, 127))
      →
      serial t in T
        serial d in D/16
          serial lane in 16
            q[t, 16·d + lane] = saturate_i8(clamp(round((x[t, 16·d + lane] / scale[16·d + lane])), -128, 127))   if 16·d + lane < D
      "
    `)
  })
  test('tile', () => {
    expect(lastStep(exampleOf('tile'))).toMatchInlineSnapshot(`
      "serial t in T
        serial d in D
          q[t, d] = saturate_i8(clamp(round((x[t, d] / scale[d])), -128, 127))
      →
      grid.y t in T/16
        grid.x d in D/16
          block.y t_in in 16
            block.x d_in in 16
              q[16·t + t_in, 16·d + d_in] = saturate_i8(clamp(round((x[16·t + t_in, 16·d + d_in] / scale[16·d + d_in])), -128, 127))   if 16·t + t_in < T and 16·d + d_in < D
      "
    `)
  })
  test('unroll', () => {
    expect(lastStep(exampleOf('unroll'))).toMatchInlineSnapshot(`
      "grid.y t in T/16
        grid.x d in D/64
          block.y t_in in 16
            block.x d_in in 16
              serial k in 4
                q[16·t + t_in, 64·d + 4·d_in + k] = saturate_i8(clamp(round((x[16·t + t_in, 64·d + 4·d_in + k] / scale[64·d + 4·d_in + k])), -128, 127))   if 16·t + t_in < T and 64·d + 4·d_in + k < D
      →
      grid.y t in T/16
        grid.x d in D/64
          block.y t_in in 16
            block.x d_in in 16
              unroll k in 4
                q[16·t + t_in, 64·d + 4·d_in + k] = saturate_i8(clamp(round((x[16·t + t_in, 64·d + 4·d_in + k] / scale[64·d + 4·d_in + k])), -128, 127))   if 16·t + t_in < T and 64·d + 4·d_in + k < D
      "
    `)
  })
  test('vectorize', () => {
    expect(lastStep(exampleOf('vectorize'))).toMatchInlineSnapshot(`
      "grid.y t in T/16
        grid.x d in D/64
          block.y t_in in 16
            block.x d_in in 64
              q[16·t + t_in, 64·d + d_in] = saturate_i8(clamp(round((x[16·t + t_in, 64·d + d_in] / scale[64·d + d_in])), -128, 127))   if 16·t + t_in < T and 64·d + d_in < D
      →
      grid.y t in T/16
        grid.x d in D/64
          block.y t_in in 16
            block.x d_in in 16
              vector d_vec in 4
                q[16·t + t_in, 64·d + 4·d_in + d_vec] = saturate_i8(clamp(round((x[16·t + t_in, 64·d + 4·d_in + d_vec] / scale[64·d + 4·d_in + d_vec])), -128, 127))   if 16·t + t_in < T and 64·d + 4·d_in + d_vec < D
      "
    `)
  })
})

describe('a parallel loop that moves into a reduction', () => {
  test('vectorize gives the accumulator one element per lane', () => {
    expect(lastStep('tile(d=64,stage=scale) vectorize(d=4,stage=scale)', perChannel)).toMatchInlineSnapshot(`
      "grid.x d in D/64
        block.x d_in in 64
          register scale_max: f32[]
          scale_max[] = 0
          serial t in T (reduce)
            scale_max[] = max(scale_max[], abs(x[t, 64·d + d_in]))   if 64·d + d_in < D
          scale[64·d + d_in] = (select((scale_max < 9.99999993922529e-9), 1, scale_max) / 127)   if 64·d + d_in < D
      serial t in T
        serial d in D
          q[t, d] = saturate_i8(clamp(round((x[t, d] / scale[d])), -128, 127))
      →
      grid.x d in D/64
        block.x d_in in 16
          register scale_max: f32[4]
          vector d_vec in 4
            scale_max[d_vec] = 0
          serial t in T (reduce)
            vector d_vec in 4
              scale_max[d_vec] = max(scale_max[d_vec], abs(x[t, 64·d + 4·d_in + d_vec]))   if 64·d + 4·d_in + d_vec < D
          vector d_vec in 4
            scale[64·d + 4·d_in + d_vec] = (select((scale_max[d_vec] < 9.99999993922529e-9), 1, scale_max[d_vec]) / 127)   if 64·d + 4·d_in + d_vec < D
      serial t in T
        serial d in D
          q[t, d] = saturate_i8(clamp(round((x[t, d] / scale[d])), -128, 127))
      "
    `)
  })
  test('coarsen gives the accumulator one element per copy', () => {
    expect(lastStep('tile(d=64,stage=scale) coarsen(d=4,stage=scale)', perChannel)).toMatchInlineSnapshot(`
      "grid.x d in D/64
        block.x d_in in 64
          register scale_max: f32[]
          scale_max[] = 0
          serial t in T (reduce)
            scale_max[] = max(scale_max[], abs(x[t, 64·d + d_in]))   if 64·d + d_in < D
          scale[64·d + d_in] = (select((scale_max < 9.99999993922529e-9), 1, scale_max) / 127)   if 64·d + d_in < D
      serial t in T
        serial d in D
          q[t, d] = saturate_i8(clamp(round((x[t, d] / scale[d])), -128, 127))
      →
      grid.x d in D/64
        block.x d_in in 16
          register scale_max: f32[4]
          unroll d_k in 4
            scale_max[d_k] = 0
          serial t in T (reduce)
            register x_reg: f32[4]
            unroll d_k in 4
              x_reg[d_k] = x[t, 64·d + 16·d_k + d_in]   if 64·d + 16·d_k + d_in < D
            unroll d_k in 4
              scale_max[d_k] = max(scale_max[d_k], abs(x_reg[d_k]))   if 64·d + 16·d_k + d_in < D
          unroll d_k in 4
            scale[64·d + 16·d_k + d_in] = (select((scale_max[d_k] < 9.99999993922529e-9), 1, scale_max[d_k]) / 127)   if 64·d + 16·d_k + d_in < D
      serial t in T
        serial d in D
          q[t, d] = saturate_i8(clamp(round((x[t, d] / scale[d])), -128, 127))
      "
    `)
  })
  test('an accumulator of a loop in between gets a dimension as well', () => {
    // A single accumulator once served both lanes: it belongs to g, and t_vec moves inside that loop.
    expect(lastStep('vectorize(t=2,stage=scale)', grouped)).toMatchInlineSnapshot(`
      "serial t in T
        serial g in D/8
          register scale_max: f32[]
          scale_max[] = 0
          serial e in 8 (reduce)
            scale_max[] = max(scale_max[], abs(x[t, 8·g + e]))   if 8·g + e < D
          scale[t, g] = (scale_max / 7)
      serial t in T
        serial d_group in D/8
          serial d in 8
            q[t, 8·d_group + d] = saturate_i4(clamp(round((x[t, 8·d_group + d] / scale[t, d_group])), -8, 7))   if 8·d_group + d < D
      →
      serial t in T/2
        serial g in D/8
          register scale_max: f32[2]
          vector t_vec in 2
            scale_max[t_vec] = 0
          serial e in 8 (reduce)
            vector t_vec in 2
              scale_max[t_vec] = max(scale_max[t_vec], abs(x[2·t + t_vec, 8·g + e]))   if 2·t + t_vec < T and 8·g + e < D
          vector t_vec in 2
            scale[2·t + t_vec, g] = (scale_max[t_vec] / 7)   if 2·t + t_vec < T
      serial t in T
        serial d_group in D/8
          serial d in 8
            q[t, 8·d_group + d] = saturate_i4(clamp(round((x[t, 8·d_group + d] / scale[t, d_group])), -8, 7))   if 8·d_group + d < D
      "
    `)
  })
})

describe('variants', () => {
  test('split by a factor that does not divide keeps the guard', () => {
    expect(lastStep('split(loop=d,by=6)')).toMatchInlineSnapshot(`
      "serial t in T
        serial d in D
          q[t, d] = saturate_i8(clamp(round((x[t, d] / scale[d])), -128, 127))
      →
      serial t in T
        serial d in D/6
          serial d_in in 6
            q[t, 6·d + d_in] = saturate_i8(clamp(round((x[t, 6·d + d_in] / scale[6·d + d_in])), -128, 127))   if 6·d + d_in < D
      "
    `)
  })
  test('coarsen with order=blocked puts the elements of a thread next to each other', () => {
    expect(lastStep('tile(t=16,d=64) coarsen(d=4,order=blocked)')).toMatchInlineSnapshot(`
      "grid.y t in T/16
        grid.x d in D/64
          block.y t_in in 16
            block.x d_in in 64
              q[16·t + t_in, 64·d + d_in] = saturate_i8(clamp(round((x[16·t + t_in, 64·d + d_in] / scale[64·d + d_in])), -128, 127))   if 16·t + t_in < T and 64·d + d_in < D
      →
      grid.y t in T/16
        grid.x d in D/64
          block.y t_in in 16
            block.x d_in in 16
              register x_reg: f32[4]
              register scale_reg: f32[4]
              unroll d_k in 4
                x_reg[d_k] = x[16·t + t_in, 64·d + 4·d_in + d_k]   if 16·t + t_in < T and 64·d + 4·d_in + d_k < D
              unroll d_k in 4
                scale_reg[d_k] = scale[64·d + 4·d_in + d_k]   if 64·d + 4·d_in + d_k < D
              unroll d_k in 4
                q[16·t + t_in, 64·d + 4·d_in + d_k] = saturate_i8(clamp(round((x_reg[d_k] / scale_reg[d_k])), -128, 127))   if 16·t + t_in < T and 64·d + 4·d_in + d_k < D
      "
    `)
  })
  test('coarsen of a grid loop gives a workgroup several tiles', () => {
    expect(lastStep('bind(t=grid.x) coarsen(t=2)')).toMatchInlineSnapshot(`
      "grid.x t in T
        serial d in D
          q[t, d] = saturate_i8(clamp(round((x[t, d] / scale[d])), -128, 127))
      →
      grid.x t in T/2
        serial d in D
          register x_reg: f32[2]
          register scale_reg: f32[]
          unroll t_k in 2
            x_reg[t_k] = x[2·t + t_k, d]   if 2·t + t_k < T
          scale_reg[] = scale[d]
          unroll t_k in 2
            q[2·t + t_k, d] = saturate_i8(clamp(round((x_reg[t_k] / scale_reg)), -128, 127))   if 2·t + t_k < T
      "
    `)
  })
  test('vectorize vectorizes a shared copy inside its loop as well', () => {
    expect(lastStep('tile(t=16,d=64) cache(buffer=x,memory=shared) vectorize(d=4)')).toMatchInlineSnapshot(`
      "grid.y t in T/16
        grid.x d in D/64
          shared x_tile: f32[16, 64]
          block.y t_in in 16
            block.x d_in in 64
              x_tile[t_in, d_in] = x[16·t + t_in, 64·d + d_in]   if 16·t + t_in < T and 64·d + d_in < D
          block.y t_in in 16
            block.x d_in in 64
              q[16·t + t_in, 64·d + d_in] = saturate_i8(clamp(round((x_tile[t_in, d_in] / scale[64·d + d_in])), -128, 127))   if 16·t + t_in < T and 64·d + d_in < D
      →
      grid.y t in T/16
        grid.x d in D/64
          shared x_tile: f32[16, 64]
          block.y t_in in 16
            block.x d_in in 16
              vector d_vec in 4
                x_tile[t_in, 4·d_in + d_vec] = x[16·t + t_in, 64·d + 4·d_in + d_vec]   if 16·t + t_in < T and 64·d + 4·d_in + d_vec < D
          block.y t_in in 16
            block.x d_in in 16
              vector d_vec in 4
                q[16·t + t_in, 64·d + 4·d_in + d_vec] = saturate_i8(clamp(round((x_tile[t_in, 4·d_in + d_vec] / scale[64·d + 4·d_in + d_vec])), -128, 127))   if 16·t + t_in < T and 64·d + 4·d_in + d_vec < D
      "
    `)
  })
  test('cache in registers copies what one thread reads', () => {
    expect(lastStep('tile(t=16,d=64) vectorize(d=4) cache(buffer=scale,memory=register)')).toMatchInlineSnapshot(`
      "grid.y t in T/16
        grid.x d in D/64
          block.y t_in in 16
            block.x d_in in 16
              vector d_vec in 4
                q[16·t + t_in, 64·d + 4·d_in + d_vec] = saturate_i8(clamp(round((x[16·t + t_in, 64·d + 4·d_in + d_vec] / scale[64·d + 4·d_in + d_vec])), -128, 127))   if 16·t + t_in < T and 64·d + 4·d_in + d_vec < D
      →
      grid.y t in T/16
        grid.x d in D/64
          block.y t_in in 16
            block.x d_in in 16
              register scale_reg: f32[4]
              vector d_vec in 4
                scale_reg[d_vec] = scale[64·d + 4·d_in + d_vec]   if 64·d + 4·d_in + d_vec < D
              vector d_vec in 4
                q[16·t + t_in, 64·d + 4·d_in + d_vec] = saturate_i8(clamp(round((x[16·t + t_in, 64·d + 4·d_in + d_vec] / scale_reg[d_vec])), -128, 127))   if 16·t + t_in < T and 64·d + 4·d_in + d_vec < D
      "
    `)
  })
  test('a grouped axis becomes two loops', () => {
    expect(lastStep('tile(t=4,d=8,stage=q)', grouped)).toMatchInlineSnapshot(`
      "serial t in T
        serial g in D/8
          register scale_max: f32[]
          scale_max[] = 0
          serial e in 8 (reduce)
            scale_max[] = max(scale_max[], abs(x[t, 8·g + e]))   if 8·g + e < D
          scale[t, g] = (scale_max / 7)
      serial t in T
        serial d_group in D/8
          serial d in 8
            q[t, 8·d_group + d] = saturate_i4(clamp(round((x[t, 8·d_group + d] / scale[t, d_group])), -8, 7))   if 8·d_group + d < D
      →
      serial t in T
        serial g in D/8
          register scale_max: f32[]
          scale_max[] = 0
          serial e in 8 (reduce)
            scale_max[] = max(scale_max[], abs(x[t, 8·g + e]))   if 8·g + e < D
          scale[t, g] = (scale_max / 7)
      grid.z t in T/4
        grid.y d_group in D/8
          grid.x d in 1
            block.y t_in in 4
              block.x d_in in 8
                q[4·t + t_in, 8·d_group + 8·d + d_in] = saturate_i4(clamp(round((x[4·t + t_in, 8·d_group + 8·d + d_in] / scale[4·t + t_in, d_group])), -8, 7))   if 4·t + t_in < T and 8·d_group + 8·d + d_in < D
      "
    `)
  })
  test('assume drops the guards that divisibility decides, and mask restores them', () => {
    expect(lastStep('tile(d=16) predicate(d=assume) predicate(d=mask)')).toMatchInlineSnapshot(`
      "grid.y t in T
        grid.x d in D/16
          block.x d_in in 16
            q[t, 16·d + d_in] = saturate_i8(clamp(round((x[t, 16·d + d_in] / scale[16·d + d_in])), -128, 127))
      →
      grid.y t in T
        grid.x d in D/16
          block.x d_in in 16
            q[t, 16·d + d_in] = saturate_i8(clamp(round((x[t, 16·d + d_in] / scale[16·d + d_in])), -128, 127))   if 16·d + d_in < D
      "
    `)
  })
  test('assume counts groups in elements, and applies only to the named stage', () => {
    const sameName = kernel('same_name', ({ size, input, output }) => {
      const D = size('D')
      const groups = D.groups(8)
      const x = input('x', f32, [D])
      const scale = output('scale', f32, [groups.count], g => max(groups.at(g), d => abs(x(d))))
      output('y', f32, [groups], d => x(d).div(scale(d.group)))
    })
    const relied = (steps: string) =>
      applySchedule(sameName, parseSteps(steps)).nest.assumptions.map(({ size, multipleOf }) => [size, multipleOf])
    expect(relied('vectorize(g=4,stage=scale) predicate(g=assume,stage=scale)')).toEqual([['D', 32]])
    expect(relied('vectorize(g=4,stage=scale) vectorize(d=4,stage=y) predicate(d=assume,stage=y)')).toEqual([['D', 4]])
    expect(relied('tile(g=16,stage=scale) predicate(g=assume,stage=scale)')).toEqual([['D', 128]])
  })
})
