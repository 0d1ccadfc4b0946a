/** Stages that pass rows, blocks and tables to the next, and tables that all threads read, with schedules that keep them on chip. */
import { abs, bf16, f16, f32, i32, type Kernel, kernel, max, sum, u4, u8 } from '@qernel/dsl'
import { splitDecode, splitDecodeSteps } from './split-decode.ts'

/** A row is reversed, then reduced and quantized. */
const turned = kernel('turned', ({ size, input, output, temporary }) => {
  const T = size('T')
  const x = input('x', f16, [T, 12])
  const y = temporary('y', f16, [T, 12], (t, d) => x(t, d.mul(-1).add(11)).mul(3))
  const scale = output('scale', f32, [T], t => max(12, d => abs(y(t, d))).div(7))
  output('q', u4, [T, 12], (t, d) => y(t, d).div(scale(t)).round())
})

/** Whole groups of a row of any length; the scales are results too. */
const groups = kernel('groups', ({ size, input, output }) => {
  const T = size('T')
  const D = size('D')
  const parts = D.groups(8)
  const x = input('x', f32, [T, D])
  const scale = output('scale', f16, [T, parts.count], (t, g) => max(parts.at(g), e => abs(x(t, e))).div(15))
  output('q', u8, [T, parts], (t, d) => x(t, d).div(scale(t, d.group)).round())
})

/** One table per row, read at positions given by codes. */
const table = kernel('table', ({ size, input, output, temporary }) => {
  const T = size('T')
  const D = size('D')
  const code = input('code', u4, [T, D])
  const step = input('step', f32, [T])
  const values = temporary('values', f32, [T, 16], (t, c) => c.value().toF32().sub(8).mul(step(t)))
  output('y', f32, [T, D], (t, d) => values(t, code(t, d)))
})

/** Levels that codes select, the same for all rows, and weights of a row. */
const levels = kernel('levels', ({ size, input, output }) => {
  const T = size('T')
  const D = size('D')
  const code = input('code', u8, [T, D])
  const level = input('level', f16, [2, 20])
  const weight = input('weight', f32, [T, 7])
  output('y', f32, [T, D], (t, d) => level(1, code(t, d)).mul(sum(7, k => weight(t, k))))
})

/** Elements of a row in groups, the last one ragged, selected by the data and the index of the row. */
const picked = kernel('picked', ({ size, input, output, temporary }) => {
  const T = size('T')
  const D = size('D')
  const x = input('x', f32, [T, D])
  const at = input('at', i32, [T])
  const y = temporary('y', bf16, [T, D.groups(4)], (t, d) => x(t, d).mul(3))
  output('z', f32, [T], t => y(t, at(t)).add(y(t, t.value().add(1))))
})

/** A product of small matrices in two factors: each result needs a row of the first. */
const factors = kernel('factors', ({ size, input, output, temporary }) => {
  const T = size('T')
  const x = input('x', f32, [T, 4, 4])
  const a = input('a', f32, [4, 4])
  const half = temporary('half', f32, [T, 4, 4], (t, i, j) => sum(4, k => a(i, k).mul(x(t, k, j))))
  output('y', f32, [T, 4, 4], (t, i, j) => sum(4, k => half(t, i, k).mul(a(j, k))))
})

/** A kernel, steps, and the sizes fixed at compile time. */
type KeptTile = readonly [Kernel, string, Readonly<Record<string, number>>]

export const keptTiles: readonly KeptTile[] = [
  [turned, 'fuse(producer=y,consumer=scale,memory=register) fuse(producer=y,consumer=q,memory=register)', {}],
  [
    turned,
    'fuse(producer=scale,consumer=q) fuse(producer=y,consumer=scale,memory=shared) bind(t=grid.x) bind(d=block.x,stage=y)',
    {},
  ],
  [groups, 'fuse(producer=scale,consumer=q,memory=shared) bind(t=grid.x,g=block.x)', { D: 40 }],
  [groups, 'fuse(producer=scale,consumer=q,memory=register)', { D: 24 }],
  [table, 'fuse(producer=values,consumer=y,memory=shared) bind(t=grid.x) split(loop=d,by=8) bind(d_in=block.x)', {}],
  [
    levels,
    'tile(t=2,d=8) cache(buffer=level,memory=shared,by=threads) cache(buffer=weight,memory=shared,by=threads)',
    {},
  ],
  [
    levels,
    'split(loop=t,by=3) bind(t=grid.x,t_in=block.y,d=block.x) cache(buffer=code,memory=shared,by=threads)',
    { D: 5 },
  ],
  [picked, 'fuse(producer=y,consumer=z,memory=shared) bind(t=grid.x,d=block.x)', { D: 5 }],
  [picked, 'fuse(producer=y,consumer=z,memory=shared) bind(t=grid.x) split(loop=d_group,by=2)', { D: 12 }],
  [picked, 'fuse(producer=y,consumer=z,memory=shared)', { D: 0 }],
  [
    factors,
    'fuse(producer=half,consumer=y,memory=register,loops=2) split(loop=t,by=8) bind(t=grid.x,t_in=block.x)',
    {},
  ],
  [factors, 'fuse(producer=half,consumer=y,memory=shared) bind(t=grid.x) bind(i=block.y,j=block.x)', {}],
  [
    factors,
    'split(loop=t,by=4) fuse(producer=half,consumer=y,memory=shared) bind(t=grid.x,t_in=block.z,i=block.y,j=block.x)',
    {},
  ],
  [splitDecode(16), splitDecodeSteps, { D: 16 }],
]

/** The kernels of `keptTiles`, and attention in chunks short enough for random schedules. */
export const onChipKernels: readonly Kernel[] = [turned, groups, table, levels, picked, factors, splitDecode(4)]
