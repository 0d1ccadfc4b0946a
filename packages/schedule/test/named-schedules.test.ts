/** The four schedules of arXiv 2601.04719, on a kernel with one stage and on one with two. */
import { f32, type Kernel, kernel, u8 } from '@qernel/dsl'
import { describe, expect, test } from 'vitest'
import { applySchedule, findSchedule, namedSchedules, nestText, printSteps } from '../src/index.ts'
import { dequantize, grouped, kernels, perChannel, quantize } from './kernels.ts'

const scheduled = (name: string, kernel: Kernel) => {
  const steps = findSchedule(name)?.steps({ kernel }) ?? []
  return `${printSteps(steps)}\n\n${nestText(applySchedule(kernel, steps).nest)}\n`
}

test('there are four named schedules', () => {
  expect(namedSchedules.map(schedule => schedule.name)).toEqual(['naive', 'tiled', 'coarsened', 'vectorized'])
})

/** Kernels to which a schedule does not apply, with the refusal code. */
const unfit: Readonly<Record<string, string>> = {
  'shift tiled': 'accesses-differ',
}

test.each(kernels.flatMap(kernel => namedSchedules.map(s => [s.name, kernel.name, kernel, s] as const)))(
  '%s applies to %s, or is refused with the known code',
  (name, kernelName, kernel, { steps }) => {
    const code = unfit[`${kernelName} ${name}`]
    const apply = () => applySchedule(kernel, steps({ kernel }))
    if (code === undefined) expect(apply).not.toThrow()
    else expect(apply).toThrow(`[${code}]`)
  },
)

describe('quantize', () => {
  test('naive', () => {
    expect(scheduled('naive', quantize)).toMatchInlineSnapshot(`
      "tile(t=16,d=16)

      grid.y t in T/16
        grid.x d in D/16
          block.y t_in in 16
            block.x d_in in 16
              q[16·t + t_in, 16·d + d_in] = saturate_i8(clamp(round((x[16·t + t_in, 16·d + d_in] / scale[16·d + d_in])), -128, 127))   if 16·t + t_in < T and 16·d + d_in < D
      "
    `)
  })
  test('tiled', () => {
    expect(scheduled('tiled', quantize)).toMatchInlineSnapshot(`
      "tile(t=16,d=16) cache(buffer=x,memory=shared)

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
  test('coarsened', () => {
    expect(scheduled('coarsened', quantize)).toMatchInlineSnapshot(`
      "tile(t=16,d=64) coarsen(d=4)

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
  test('vectorized', () => {
    expect(scheduled('vectorized', quantize)).toMatchInlineSnapshot(`
      "tile(t=16,d=64) vectorize(d=4) predicate(d=assume)

      grid.y t in T/16
        grid.x d in D/64
          block.y t_in in 16
            block.x d_in in 16
              vector d_vec in 4
                q[16·t + t_in, 64·d + 4·d_in + d_vec] = saturate_i8(clamp(round((x[16·t + t_in, 64·d + 4·d_in + d_vec] / scale[64·d + 4·d_in + d_vec])), -128, 127))   if 16·t + t_in < T and 64·d + 4·d_in < D
      "
    `)
  })
})

test('dequantize, vectorized', () => {
  expect(scheduled('vectorized', dequantize)).toMatchInlineSnapshot(`
    "tile(t=16,d=64) vectorize(d=4) predicate(d=assume)

    grid.y t in T/16
      grid.x d in D/64
        block.y t_in in 16
          block.x d_in in 16
            vector d_vec in 4
              x[16·t + t_in, 64·d + 4·d_in + d_vec] = (toF32(q[16·t + t_in, 64·d + 4·d_in + d_vec]) · scale[64·d + 4·d_in + d_vec])   if 16·t + t_in < T and 64·d + 4·d_in < D
    "
  `)
})

describe('with two stages, every step names its stage', () => {
  test('tiled', () => {
    expect(scheduled('tiled', perChannel)).toMatchInlineSnapshot(`
      "tile(d=64,stage=scale) tile(t=16,d=16,stage=q) cache(buffer=x,memory=shared,stage=q)

      grid.x d in D/64
        block.x d_in in 64
          register scale_max: f32[]
          scale_max[] = 0
          serial t in T (reduce)
            scale_max[] = max(scale_max[], abs(x[t, 64·d + d_in]))   if 64·d + d_in < D
          scale[64·d + d_in] = (select((scale_max < 9.99999993922529e-9), 1, scale_max) / 127)   if 64·d + d_in < D
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
  test('coarsened', () => {
    expect(scheduled('coarsened', perChannel)).toMatchInlineSnapshot(`
      "tile(d=64,stage=scale) tile(t=16,d=64,stage=q) coarsen(d=4,stage=q)

      grid.x d in D/64
        block.x d_in in 64
          register scale_max: f32[]
          scale_max[] = 0
          serial t in T (reduce)
            scale_max[] = max(scale_max[], abs(x[t, 64·d + d_in]))   if 64·d + d_in < D
          scale[64·d + d_in] = (select((scale_max < 9.99999993922529e-9), 1, scale_max) / 127)   if 64·d + d_in < D
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
})

describe('groups and four axes', () => {
  const steps = (name: string, kernel: Kernel) => printSteps(findSchedule(name)?.steps({ kernel }) ?? [])

  test('the elements of a group are split only where they divide it, and into whole words', () => {
    expect(namedSchedules.map(({ name }) => steps(name, grouped))).toMatchInlineSnapshot(`
      [
        "tile(t=16,g=16,stage=scale) tile(d_group=16,d=1,stage=q)",
        "tile(t=16,g=16,stage=scale) tile(d_group=16,d=1,stage=q)",
        "tile(t=16,g=64,stage=scale) tile(d_group=16,d=1,stage=q) coarsen(g=4,stage=scale)",
        "tile(t=16,g=16,stage=scale) tile(d_group=16,d=8,stage=q) vectorize(d=8,stage=q) predicate(d=assume,stage=q)",
      ]
    `)
  })

  test('each thread loops over the shortest of four axes', () => {
    const nibbles = kernel('nibbles', ({ size, input, output }) => {
      const [T, B] = [size('T'), size('B')]
      const q = input('q', u8, [T, B, 16])
      output('x', f32, [T, B, 2, 16], (t, b, half, j) =>
        q(t, b, j).shiftRight(half.value().mul(4).bitcast('u32')).and(15).toF32(),
      )
    })
    expect(steps('naive', nibbles)).toMatchInlineSnapshot(
      `"split(loop=j,by=16,inner=j_in) reorder(order=t.b.j.half.j_in) bind(t=grid.z,b=grid.y,j=grid.x,j_in=block.x)"`,
    )
    for (const schedule of namedSchedules)
      expect(() => applySchedule(nibbles, schedule.steps({ kernel: nibbles }))).not.toThrow()
  })
})
