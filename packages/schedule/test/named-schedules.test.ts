/** The four schedules of arXiv 2601.04719, on a kernel with one stage and on one with two. */
import {
  f32,
  i32,
  type Kernel,
  type KernelBuilder,
  kernel,
  max,
  min,
  type SizeHandle,
  type StorageType,
  sum,
  type TensorHandle,
  u8,
} from '@qernel/dsl'
import { describe, expect, test } from 'vitest'
import { applySchedule, findSchedule, namedSchedules, nestText, offeredSchedules, printSteps } from '../src/index.ts'
import { dequantize, grouped, kernels, perChannel, quantize, rowSum } from './kernels.ts'

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
      "tile(t=16,d=16) cache(buffer=x,memory=shared) cache(buffer=scale,memory=shared)

      grid.y t in T/16
        grid.x d in D/16
          shared x_tile: f32[16, 16]
          shared scale_tile: f32[16]
          block.x d_in in 16
            scale_tile[d_in] = scale[16·d + d_in]   if 16·d + d_in < D
          block.y t_in in 16
            block.x d_in in 16
              x_tile[t_in, d_in] = x[16·t + t_in, 16·d + d_in]   if 16·t + t_in < T and 16·d + d_in < D
          block.y t_in in 16
            block.x d_in in 16
              q[16·t + t_in, 16·d + d_in] = saturate_i8(clamp(round((x_tile[t_in, d_in] / scale_tile[d_in])), -128, 127))   if 16·t + t_in < T and 16·d + d_in < D
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
      "splitReduction(t=256,combine=atomic,stage=scale) tile(d=64,stage=scale) tile(t=16,d=16,stage=q) cache(buffer=x,memory=shared,stage=q) cache(buffer=scale,memory=shared,stage=q)

      grid.x d in D/64
        block.x d_in in 64
          scale_max_bits[64·d + d_in] = 0   if 64·d + d_in < D
      grid.y d in D/64
        grid.x t_part in T/256
          block.x d_in in 64
            register scale_max_part: f32[]
            scale_max_part[] = 0
            serial t in 256 (reduce)
              scale_max_part[] = max(scale_max_part[], abs(x[256·t_part + t, 64·d + d_in]))   if 64·d + d_in < D and 256·t_part + t < T
            scale_max_bits[64·d + d_in] = max(scale_max_bits[64·d + d_in], bitcastU32(scale_max_part) (atomic))   if 64·d + d_in < D
      grid.x d in D/64
        block.x d_in in 64
          value1 = bitcastF32(scale_max_bits[64·d + d_in])
          scale[64·d + d_in] = (select((value1 < 9.99999993922529e-9), 1, value1) / 127)   if 64·d + d_in < D
      grid.y t in T/16
        grid.x d in D/16
          shared x_tile: f32[16, 16]
          shared scale_tile: f32[16]
          block.x d_in in 16
            scale_tile[d_in] = scale[16·d + d_in]   if 16·d + d_in < D
          block.y t_in in 16
            block.x d_in in 16
              x_tile[t_in, d_in] = x[16·t + t_in, 16·d + d_in]   if 16·t + t_in < T and 16·d + d_in < D
          block.y t_in in 16
            block.x d_in in 16
              q[16·t + t_in, 16·d + d_in] = saturate_i8(clamp(round((x_tile[t_in, d_in] / scale_tile[d_in])), -128, 127))   if 16·t + t_in < T and 16·d + d_in < D
      "
    `)
  })
  test('coarsened', () => {
    expect(scheduled('coarsened', perChannel)).toMatchInlineSnapshot(`
      "splitReduction(t=256,combine=atomic,stage=scale) tile(d=64,stage=scale) tile(t=16,d=64,stage=q) coarsen(d=4,stage=q)

      grid.x d in D/64
        block.x d_in in 64
          scale_max_bits[64·d + d_in] = 0   if 64·d + d_in < D
      grid.y d in D/64
        grid.x t_part in T/256
          block.x d_in in 64
            register scale_max_part: f32[]
            scale_max_part[] = 0
            serial t in 256 (reduce)
              scale_max_part[] = max(scale_max_part[], abs(x[256·t_part + t, 64·d + d_in]))   if 64·d + d_in < D and 256·t_part + t < T
            scale_max_bits[64·d + d_in] = max(scale_max_bits[64·d + d_in], bitcastU32(scale_max_part) (atomic))   if 64·d + d_in < D
      grid.x d in D/64
        block.x d_in in 64
          value1 = bitcastF32(scale_max_bits[64·d + d_in])
          scale[64·d + d_in] = (select((value1 < 9.99999993922529e-9), 1, value1) / 127)   if 64·d + d_in < D
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

test('a name is offered where its steps differ from those of naive', () => {
  const offered = (kernel: Kernel) => offeredSchedules(kernel).map(({ name }) => name)
  expect(offered(perChannel)).toEqual(['naive', 'tiled', 'coarsened', 'vectorized'])
  // One pass over each group has no tile of its own.
  expect(offered(grouped)).toEqual(['naive', 'vectorized'])
  // A sum in order, with one result per row, has nothing that the others could change.
  expect(offered(rowSum)).toEqual(['naive'])
})

type Parts = KernelBuilder & { readonly x: TensorHandle; readonly T: SizeHandle; readonly D: SizeHandle }
type Definition = (parts: Parts) => void

describe('folds are spread over threads, as far as their order allows', () => {
  const naive = (kernel: Kernel) => printSteps(findSchedule('naive')?.steps({ kernel }) ?? [])
  test.each<[string, StorageType, Definition, string]>([
    [
      'a column: parts across the grid',
      f32,
      ({ x, T, D, output }) => output('y', f32, { d: D }, d => max({ t: T }, t => x(t, d))),
      'splitReduction(t=256,combine=atomic) tile(d=64)',
    ],
    [
      'a sum of integers, which has no atomic form: a second dispatch',
      i32,
      ({ x, T, D, output }) => output('y', i32, { d: D }, d => sum({ t: T }, t => x(t, d))),
      'splitReduction(t=256,combine=secondPass) tile(d=64)',
    ],
    [
      'two folds, which cannot cross the grid: rows of threads',
      f32,
      ({ x, T, D, output }) =>
        output('y', f32, { d: D }, d => max({ t: T }, t => x(t, d)).sub(min({ t: T }, t => x(t, d)))),
      'splitReduction(t=32,combine=shared) tile(d=8) bind(d_in=block.x,t_in=block.y)',
    ],
    [
      'a row: lanes',
      f32,
      ({ x, T, D, output }) => output('y', f32, { t: T }, t => max({ d: D }, d => x(t, d))),
      'splitReduction(d=32,combine=shared) tile(t=8) bind(t_in=block.y,d_in=block.x)',
    ],
    [
      'a tensor: lanes, and parts across the grid',
      f32,
      ({ x, T, D, output }) => output('y', f32, [1], () => max({ t: T, d: D }, (t, d) => x(t, d))),
      'splitReduction(t=16,combine=atomic) splitReduction(d=256,combine=shared) bind(i0=grid.y,t_part=grid.x,d_in=block.x)',
    ],
    [
      'a sum of floats keeps its order',
      f32,
      ({ x, T, D, output }) => output('y', f32, { d: D }, d => sum({ t: T }, t => x(t, d))),
      'tile(d=64)',
    ],
  ])('%s', (_, type, make, expected) => {
    const subject = kernel('subject', builder => {
      const [T, D] = [builder.size('T'), builder.size('D')]
      make({ ...builder, x: builder.input('x', type, [T, D]), T, D })
    })
    expect(naive(subject)).toBe(expected)
    for (const { steps } of namedSchedules)
      expect(() => applySchedule(subject, steps({ kernel: subject }))).not.toThrow()
  })
})

describe('groups and four axes', () => {
  const steps = (name: string, kernel: Kernel) => printSteps(findSchedule(name)?.steps({ kernel }) ?? [])

  test('the elements of a group are split only where they divide it, and into whole words', () => {
    expect(namedSchedules.map(({ name }) => steps(name, grouped))).toMatchInlineSnapshot(`
      [
        "fuse(producer=scale,consumer=q,loops=2) tile(t=32,g=8) cache(buffer=x,memory=register,at=g_in) vectorize(d=8,access=1,stage=q)",
        "fuse(producer=scale,consumer=q,loops=2) tile(t=32,g=8) cache(buffer=x,memory=register,at=g_in) vectorize(d=8,access=1,stage=q)",
        "fuse(producer=scale,consumer=q,loops=2) tile(t=32,g=8) cache(buffer=x,memory=register,at=g_in) vectorize(d=8,access=1,stage=q)",
        "fuse(producer=scale,consumer=q,loops=2) tile(t=32,g=8) cache(buffer=x,memory=register,at=g_in) vectorize(d=8,stage=q)",
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
