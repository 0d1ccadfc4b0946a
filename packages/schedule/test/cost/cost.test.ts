/** Bytes moved: the model against counting every point of every loop. */
import {
  type Affine,
  abs,
  affine,
  f16,
  f32,
  type Index,
  i3,
  i8,
  isAffine,
  type Kernel,
  kernel,
  loadsOf,
  max,
  type Nest,
} from '@qernel/dsl'
import { describe, expect, test } from 'vitest'
import {
  applySchedule,
  type CostTarget,
  costOf,
  findSchedule,
  leavesOf,
  parseSteps,
  type Step,
} from '../../src/index.ts'
import { codebook, perChannel, quantize } from '../kernels.ts'

const perToken = kernel('per_token', ({ size, input, output }) => {
  const T = size('T')
  const D = size('D')
  const x = input('x', f32, [T, D])
  const scale = output('scale', f32, [T], t => max(D, d => abs(x(t, d))).div(127))
  output('q', i8, [T, D], (t, d) => x(t, d).div(scale(t)).round().clamp(-128, 127))
})

const threeBits = kernel('three_bits', ({ size, input, output }) => {
  const T = size('T')
  const D = size('D', { multipleOf: 32 })
  const x = input('x', f32, [T, D])
  output('q', i3, [T, D], (t, d) => x(t, d).round())
})

const onePass =
  'fuse(producer=scale,consumer=q) splitReduction(d=128,combine=subgroup) split(loop=d,by=128,stage=q) vectorize(d=4) bind(t=grid.x,d_in=block.x) cache(buffer=x,memory=register,at=t)'

const sizesOf = (sizes: Readonly<Record<string, number>>) => new Map(Object.entries(sizes))
function nestOf(
  definition: Kernel,
  steps: string | readonly Step[],
  fixed: Readonly<Record<string, number>> = {},
): Nest {
  const list = typeof steps === 'string' ? parseSteps(steps) : steps
  return applySchedule(definition, list, { fixed: sizesOf(fixed) }).nest
}
const named = (name: string, definition: Kernel) => findSchedule(name)?.steps({ kernel: definition }) ?? []
const tensor = (nest: Nest, sizes: Readonly<Record<string, number>>, name: string) =>
  costOf(nest, sizesOf(sizes)).tensors.find(each => each.tensor === name)

describe('compared with the minimum', () => {
  test('a token in one pass reads each input once, writes each output once and repeats nothing', () => {
    const cost = costOf(nestOf(perToken, onePass, { D: 128 }), sizesOf({ T: 1000, D: 128 }))
    expect(cost.readBytes).toBe(cost.minimumReadBytes)
    expect(cost.writtenBytes).toBe(cost.minimumWrittenBytes)
    expect(cost.repeatedBytes).toBe(0)
    expect(cost.minimumReadBytes).toBe(1000 * 128 * 4)
    expect(cost.minimumWrittenBytes).toBe(1000 * 4 + 1000 * 128)
    expect(cost.elements).toBe(1000 * 128)
    expect(
      cost.accesses.map(({ kind, buffer, laneBytes, pattern }) => `${kind} ${buffer} ${laneBytes} ${pattern}`),
    ).toEqual(['load x 16 contiguous', 'store scale 4 single', 'store q 4 contiguous'])
  })

  test('a value that several stages need costs more as a temporary in memory than as a function or on chip', () => {
    const quantizer = (isTemporary: boolean) =>
      kernel('quantizer', ({ size, input, output, temporary }) => {
        const T = size('T')
        const x = input('x', f32, [T, 128])
        const tripled = (t: Index, d: Index) => x(t, d).mul(3)
        const y = isTemporary ? temporary('y', f32, { t: T, d: 128 }, tripled) : tripled
        const scale = output('scale', f32, [T], t => max(128, d => abs(y(t, d))).div(127))
        output('q', i8, [T, 128], (t, d) => y(t, d).div(scale(t)).round())
      })
    const ratio = (isTemporary: boolean, steps: string) => {
      const cost = costOf(nestOf(quantizer(isTemporary), steps), sizesOf({ T: 1024 }))
      const fewest = cost.minimumReadBytes + cost.minimumWrittenBytes
      return ((cost.readBytes + cost.writtenBytes) / fewest).toFixed(2)
    }
    expect(ratio(true, '')).toBe('3.39')
    const fused = 'fuse(producer=scale,consumer=q) bind(t=grid.x) cache(buffer=x,memory=register,at=t)'
    expect(ratio(false, fused)).toBe('1.00')
    const onChip = 'fuse(producer=y,consumer=scale,memory=register) fuse(producer=y,consumer=q,memory=register)'
    expect(ratio(true, onChip)).toBe('1.00')
  })

  test('without a cache, fused stages read the row twice', () => {
    const nest = nestOf(perToken, 'fuse(producer=scale,consumer=q) bind(t=grid.x)')
    expect(tensor(nest, { T: 10, D: 33 }, 'x')).toMatchObject({ reads: 2, repeatedBytes: 0 })
    expect(tensor(nest, { T: 10, D: 33 }, 'scale')).toMatchObject({ reads: 0, writes: 1 })
  })

  test.each(['naive', 'tiled', 'coarsened', 'vectorized'])(
    'with one scale per channel, %s reads its data once more than the minimum, and some words a column',
    name => {
      const [T, D] = [100, 64]
      const cost = costOf(nestOf(perChannel, named(name, perChannel)), sizesOf({ T, D }))
      // The scales of all columns, and the words in which maxima are combined: cleared, then written and read twice.
      const scales = D * 4
      expect(cost.readBytes).toBe(cost.minimumReadBytes + T * D * 4 + scales + 2 * scales)
      expect(cost.writtenBytes).toBe(cost.minimumWrittenBytes + 2 * scales)
    },
  )

  test('reading a scale again for every row counts as repeated bytes, not as reads', () => {
    const nest = nestOf(quantize, named('naive', quantize))
    expect(tensor(nest, { T: 100, D: 64 }, 'scale')).toMatchObject({
      reads: 1,
      readBytes: 256,
      repeatedBytes: 99 * 256,
    })
  })

  test('an empty grid moves nothing', () => {
    const cost = costOf(nestOf(quantize, named('naive', quantize)), sizesOf({ T: 0, D: 64 }))
    expect([cost.readBytes, cost.writtenBytes, cost.elements]).toEqual([0, 0, 64])
  })
})

describe('partial results of a reduction across the grid', () => {
  test.each([
    ['secondPass', 'scale_max_parts', { reads: 1, writes: 1 }],
    ['atomic', 'scale_max_bits', { reads: 2, writes: 2 }],
  ])('%s counts the reads and writes of %s', (combine, name, moved) => {
    const nest = nestOf(perChannel, `splitReduction(t=32,combine=${combine},stage=scale)`)
    expect(tensor(nest, { T: 100, D: 8 }, name)).toMatchObject({ role: 'temporary', minimumBytes: 0, ...moved })
  })
})

describe('bytes per thread and access', () => {
  const accesses = (definition: Kernel, steps: string | readonly Step[], target?: CostTarget) =>
    costOf(nestOf(definition, steps), sizesOf({ T: 64, D: 64 }), target).accesses.map(
      ({ kind, buffer, laneBytes, pattern }) => `${kind} ${buffer} ${laneBytes} ${pattern}`,
    )
  test('a vector whose row is a known multiple moves as one', () => {
    expect(accesses(quantize, named('vectorized', quantize))).toEqual([
      'load x 16 contiguous',
      'load scale 16 contiguous',
      'store q 4 contiguous',
    ])
  })
  test('a vector that may cross the end of a row loads element by element and stores whole words', () => {
    expect(accesses(quantize, 'tile(t=16,d=64) vectorize(d=4)')).toEqual([
      'load x 4 strided',
      'load scale 4 strided',
      'store q 4 contiguous',
    ])
  })
  test('an access is never wider than the target allows', () => {
    expect(accesses(quantize, named('vectorized', quantize), { widest: () => 4 })).toEqual([
      'load x 4 strided',
      'load scale 4 strided',
      'store q 4 contiguous',
    ])
  })
  test('3-bit codes store three words per thread, one by one if the target stores at most 4 bytes', () => {
    const nest = nestOf(threeBits, 'tile(t=4,d=64) vectorize(d=32)')
    const store = costOf(nest, sizesOf({ T: 8, D: 64 }), { widest: () => 4 }).accesses.at(-1)
    expect(store).toMatchObject({ kind: 'store', elements: 512, laneBytes: 4, pattern: 'strided' })
    expect(costOf(nest, sizesOf({ T: 8, D: 64 })).accesses.at(-1)).toMatchObject({
      laneBytes: 12,
      pattern: 'contiguous',
    })
  })
  test('f16 and bytes are stored as whole words where memory has only words, and lane by lane under a guard where it has them', () => {
    const halves = kernel('halves', ({ size, input, output }) => {
      const [T, D] = [size('T'), size('D')]
      const x = input('x', f32, [T, D])
      output('y', f16, [T, D], (t, d) => x(t, d))
      output('q', i8, [T, D], (t, d) => x(t, d).round())
    })
    const stores = (steps: string, nativeTypes: readonly string[]) =>
      accesses(halves, steps, { nativeTypes: new Set(nativeTypes) }).filter(text => text.startsWith('store'))
    const wgsl = ['f32', 'i32', 'u32']
    const pairs = 'tile(t=4,d=16) vectorize(d=2,stage=y) vectorize(d=4,stage=q)'
    // 4 rows of 8 threads with one word of two halves each, and 4 rows of 4 threads with one word of four bytes each.
    expect(stores(pairs, wgsl)).toEqual(['store y 4 contiguous', 'store q 4 contiguous'])
    expect(stores(pairs, [...wgsl, 'f16', 'i8'])).toEqual(['store y 2 strided', 'store q 1 strided'])
    const assumed = `${pairs} predicate(d=assume)`
    expect(stores(assumed, [...wgsl, 'f16', 'i8'])).toEqual(['store y 4 contiguous', 'store q 4 contiguous'])
    // Whole runs of eight halves take 16 bytes on every target.
    const wide = 'tile(t=4,d=16) vectorize(d=8) predicate(d=assume)'
    expect(stores(wide, wgsl)[0]).toBe('store y 16 contiguous')
    expect(stores(wide, [...wgsl, 'f16'])[0]).toBe('store y 16 contiguous')
  })
  test('threads along the rows access memory with a stride', () => {
    expect(accesses(quantize, 'split(loop=t,by=32) bind(t=grid.x,t_in=block.x)')[0]).toBe('load x 4 strided')
    expect(accesses(quantize, 'split(loop=t,by=32) bind(t=grid.x,t_in=block.x)')[1]).toBe('load scale 4 same')
  })
  test('a codebook is read at computed positions', () => {
    expect(accesses(codebook, 'tile(t=4,d=16,stage=value)')).toContain('load book 4 computed')
  })
})

describe('counting element by element gives the same numbers for', () => {
  const cases: readonly (readonly [string, Kernel, string])[] = [
    ['the default nest', perChannel, ''],
    ['tiles that do not divide', perChannel, 'tile(d=8,stage=scale) tile(t=4,d=16,stage=q)'],
    ['coarsened', quantize, 'tile(t=4,d=16) coarsen(d=4)'],
    ['a tile in shared memory', quantize, 'tile(t=4,d=8) cache(buffer=x,memory=shared)'],
    ['vectors', quantize, 'tile(t=4,d=16) vectorize(d=4)'],
    ['split twice', quantize, 'split(loop=d,by=8) split(loop=d_in,by=2,inner=k)'],
  ]
  test.each(cases)('%s', (_, definition, steps) => {
    const nest = nestOf(definition, steps)
    for (const sizes of [
      { T: 5, D: 13 },
      { T: 1, D: 1 },
      { T: 8, D: 32 },
      { T: 3, D: 0 },
    ]) {
      const { accesses } = costOf(nest, sizesOf(sizes))
      expect(accesses.map(a => `${a.kind} ${a.buffer} ${a.elements + a.repeated} ${a.elements}`)).toEqual(
        counted(nest, sizesOf(sizes)),
      )
    }
  })
})

/** The same count by running every loop. An element counts once per statement that moves it. */
function counted(nest: Nest, sizes: ReadonlyMap<string, number>): string[] {
  return leavesOf(nest.body).flatMap(({ leaf, around }) => {
    const moves = [
      ...loadsOf(leaf.value).map(load => ({ kind: 'load', buffer: load.buffer, index: load.index.filter(isAffine) })),
      { kind: leaf.kind, buffer: leaf.buffer, index: leaf.index },
    ].filter(({ buffer }) => nest.buffers.get(buffer)?.memory === 'global')
    const runs = moves.map(() => 0)
    const places = moves.map(() => new Set<string>())
    const at = new Map<number, number>()
    const value = (a: Affine) => [...a.terms].reduce((sum, [id, c]) => sum + c * (at.get(id) ?? 0), a.constant)
    const walk = (depth: number): void => {
      const loop = around[depth]
      if (loop === undefined) {
        if (!leaf.where.every(guard => value(guard.index) < affine.extentValue(guard.below, sizes))) return
        for (const [i, move] of moves.entries()) {
          runs[i] = (runs[i] ?? 0) + 1
          places[i]?.add(move.index.map(value).join())
        }
        return
      }
      for (let i = 0; i < affine.extentValue(loop.extent, sizes); i++) {
        at.set(loop.id, i)
        walk(depth + 1)
      }
    }
    walk(0)
    return moves.map(({ kind, buffer }, i) => `${kind} ${buffer} ${runs[i]} ${places[i]?.size}`)
  })
}
