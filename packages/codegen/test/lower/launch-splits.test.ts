import { abs, f32, i3, i8, type Kernel, kernel, max, u4 } from '@qernel/dsl'
import { parseSteps } from '@qernel/schedule'
import { describe, expect, test } from 'vitest'
import { type CompiledKernel, type LaunchSplit, planLaunch, prepare, type Target } from '../../src/index.ts'
import { asLowered, wgslTarget } from '../targets.ts'

const quantize = kernel('quantize', ({ size, input, output }) => {
  const [T, D] = [size('T'), size('D')]
  const x = input('x', f32, [T, D])
  const scale = input('scale', f32, [D])
  output('q', i8, [T, D], (t, d) => x(t, d).div(scale(d)).round().clamp(-128, 127))
})

const columnMaxima = kernel('column_maxima', ({ size, input, output }) => {
  const [T, D] = [size('T'), size('D')]
  const x = input('x', f32, [T, D])
  output('largest', f32, [D], d => max(T, t => abs(x(t, d))))
})

function compiled(of: Kernel, steps: string, fixed?: ReadonlyMap<string, number>): CompiledKernel {
  const { finished: lowered } = prepare(
    asLowered(wgslTarget),
    of,
    parseSteps(steps),
    fixed === undefined ? {} : { fixed },
  )
  return { ...lowered, kernel: of.name, target: 'wgsl', source: '' }
}

const splits = (of: Kernel, steps: string): (readonly LaunchSplit[] | undefined)[] =>
  compiled(of, steps).launches.map(launch => launch.splits)

const bindings = (bindingBytes: number): Pick<Target, 'limits'> => ({
  limits: { ...wgslTarget.limits, bindingBytes },
})

/** The rows and bytes of every dispatch. */
const parts = (of: Kernel, steps: string, sizes: Record<string, number>, bindingBytes: number) =>
  planLaunch(compiled(of, steps), sizes, bindings(bindingBytes)).dispatches.map(({ entry, grid, uniform, part }) => ({
    entry,
    grid,
    uniform: [...uniform].slice(0, 2),
    rows: part && [part.first, part.count],
    bytes: part && Object.fromEntries([...part.bytes].map(([name, { offset, length }]) => [name, [offset, length]])),
  }))

describe('dispatches that run in parts', () => {
  test('the rows of all arrays are split together, and arrays without these rows are bound whole', () => {
    expect(parts(quantize, 'tile(t=8,d=16)', { T: 600, D: 12 }, 16384)).toEqual([
      {
        entry: 'quantize',
        grid: [1, 32, 1],
        uniform: [256, 12],
        rows: [0, 256],
        bytes: { x: [0, 12288], q: [0, 3072] },
      },
      {
        entry: 'quantize',
        grid: [1, 32, 1],
        uniform: [256, 12],
        rows: [256, 256],
        bytes: { x: [12288, 12288], q: [3072, 3072] },
      },
      {
        entry: 'quantize',
        grid: [1, 11, 1],
        uniform: [88, 12],
        rows: [512, 88],
        bytes: { x: [24576, 4224], q: [6144, 1056] },
      },
    ])
  })

  test('an array that fits is not split', () => {
    const { arrays, dispatches } = planLaunch(compiled(quantize, 'tile(t=8,d=16)'), { T: 341, D: 12 }, bindings(16384))
    expect(dispatches.map(({ part }) => part)).toEqual([undefined])
    expect(arrays.map(({ partBytes }) => partBytes)).toEqual([undefined, undefined, undefined])
  })

  test('parts have equal lengths, except the last, and are as few as possible', () => {
    const rows = parts(quantize, 'tile(t=8,d=16)', { T: 2560, D: 4 }, 16384).map(part => part.rows)
    expect(rows).toEqual([
      [0, 1024],
      [1024, 1024],
      [2048, 512],
    ])
  })

  test('every part starts at a multiple of 256 bytes, of the tile and of the required multiple', () => {
    const steps = 'tile(t=5,d=16) vectorize(d=4)'
    const own = compiled(quantize, steps)
    const requires = [{ size: 'T', multipleOf: 7, because: 'declared by the kernel' }]
    const { dispatches } = planLaunch({ ...own, requires }, { T: 70000, D: 52 }, bindings(4_000_000))
    expect(dispatches.length).toBe(4)
    for (const { part } of dispatches.slice(0, -1)) {
      expect((part?.count as number) % 35).toBe(0)
      for (const { offset } of part?.bytes.values() ?? []) expect(offset % 256).toBe(0)
    }
    expect(dispatches.reduce((rows, { part }) => rows + (part?.count as number), 0)).toBe(70000)
  })

  test('the scales of a group go with the rows of the group', () => {
    const grouped = kernel('grouped', ({ size, input, output }) => {
      const [T, D] = [size('T'), size('D')]
      const groups = T.groups(32)
      const x = input('x', f32, [T, D])
      const scale = input('scale', f32, [groups.count, D])
      output('q', u4, [groups, D], (t, d) => x(t, d).div(scale(t.group, d)).round().clamp(0, 15))
    })
    const all = parts(grouped, 'vectorize(d=8)', { T: 100, D: 32 }, 8192)
    expect(all.map(({ rows, bytes }) => ({ rows, bytes }))).toEqual([
      { rows: [0, 64], bytes: { x: [0, 8192], scale: [0, 256], q: [0, 1024] } },
      { rows: [64, 36], bytes: { x: [8192, 4608], scale: [256, 256], q: [1024, 576] } },
    ])
  })

  test('a single axis is split at whole units of packed words', () => {
    const flat = kernel('flat', ({ size, input, output }) => {
      const N = size('N')
      const x = input('x', f32, [N])
      output('q', i3, [N], n => x(n).round().clamp(-4, 3))
    })
    const all = parts(flat, 'tile(n=64) vectorize(n=32)', { N: 10000 }, 16384)
    expect(all.map(({ rows, bytes }) => ({ rows, bytes }))).toEqual([
      { rows: [0, 4096], bytes: { x: [0, 16384], q: [0, 1536] } },
      { rows: [4096, 4096], bytes: { x: [16384, 16384], q: [1536, 1536] } },
      { rows: [8192, 1808], bytes: { x: [32768, 7232], q: [3072, 684] } },
    ])
  })

  test('an atomic maximum over the split rows runs in parts', () => {
    expect(splits(columnMaxima, 'splitReduction(t=64,combine=atomic) tile(d=16)')).toEqual([
      [{ size: 'D', multipleOf: 16, arrays: ['largest_max_bits'] }],
      expect.arrayContaining([{ size: 'T', multipleOf: 64, arrays: ['x'] }]),
      [{ size: 'D', multipleOf: 16, arrays: expect.arrayContaining(['largest']) }],
    ])
    const all = parts(columnMaxima, 'splitReduction(t=64,combine=atomic) tile(d=16)', { T: 1000, D: 16 }, 32768)
    expect(all.map(({ rows }) => rows)).toEqual([undefined, [0, 512], [512, 488], undefined])
  })

  test('the first pass of a reduction in two passes runs in parts', () => {
    const all = parts(columnMaxima, 'splitReduction(t=64,combine=secondPass)', { T: 1000, D: 16 }, 32768)
    expect(all.map(({ rows, bytes }) => [rows, bytes && Object.keys(bytes).length])).toEqual([
      [[0, 512], 2],
      [[512, 488], 2],
      [undefined, undefined],
    ])
  })
})

describe('refuses to split', () => {
  const refusal = (of: Kernel, steps: string, sizes: Record<string, number>, fixed?: ReadonlyMap<string, number>) => {
    try {
      planLaunch(compiled(of, steps, fixed), sizes, bindings(16384))
    } catch (error) {
      return (error as Error).message
    }
    return 'planned'
  }

  test('rows that one thread reduces', () => {
    expect(refusal(columnMaxima, 'tile(d=64)', { T: 600, D: 12 })).toBe(
      "column_maxima: array x needs 28800 bytes in one binding; the device's limit bindingBytes is 16384, and column_maxima cannot run in parts of T, since largest has no axis T: every part would overwrite it; split the reduction across the grid: splitReduction(…,combine=atomic)",
    )
  })

  test('rows whose number is fixed at compile time', () => {
    expect(refusal(quantize, 'tile(t=8,d=16)', { D: 12 }, new Map([['T', 600]]))).toContain(
      'its first axis is not a launch-time size',
    )
  })

  test('rows that are read at another position', () => {
    const shifted = kernel('shifted', ({ size, input, output }) => {
      const [T, D] = [size('T'), size('D')]
      const x = input('x', f32, [T, D])
      output('y', f32, [T, D], (t, d) => x(t.add(1), d))
    })
    expect(refusal(shifted, 'tile(t=8,d=16)', { T: 600, D: 12 })).toContain(
      'since rows of x are used away from where they are',
    )
  })

  test('rows whose index is used as a value', () => {
    const numbered = kernel('numbered', ({ size, output }) => {
      const [T, D] = [size('T'), size('D')]
      output('y', f32, [T, D], (t, d) => t.value().add(d.value()).toF32())
    })
    expect(refusal(numbered, 'tile(t=8,d=16)', { T: 600, D: 12 })).toContain(
      'since its value is computed with the index along T',
    )
  })

  test('a row that exceeds a binding', () => {
    expect(refusal(quantize, 'tile(t=8,d=16)', { T: 2, D: 5000 })).toContain(
      'its parts must have a multiple of 32 rows of T, so that the smallest has 640000 bytes',
    )
  })

  test('an array along another axis', () => {
    const transposed = kernel('transposed', ({ size, input, output }) => {
      const [T, D] = [size('T'), size('D')]
      const x = input('x', f32, [T, D])
      output('y', f32, [D, T], (d, t) => x(t, d))
    })
    expect(refusal(transposed, 'tile(t=8,d=8)', { T: 600, D: 12 })).toContain('T is not the first axis of')
  })
})
