/** Small kernels of every kind, with templates of schedules that apply to them. */
import { bf16, f16, f32, i8, type Kernel, kernel, max, min, sum, u4 } from '@qernel/dsl'
import { quantize } from '../tune/searches.ts'

const rowScale = kernel('row_scale', ({ size, input, output }) => {
  const [T, D] = [size('T'), size('D')]
  const x = input('x', f16, [T, D])
  output('s', f32, { t: T }, t => max({ d: D }, d => x(t, d).abs()).div(127))
})
const rowSum = kernel('row_sum', ({ size, input, output }) => {
  const [T, D] = [size('T'), size('D')]
  const x = input('x', f32, [T, D])
  output('s', f32, { t: T }, t => sum({ d: D }, d => x(t, d)))
})
const columnScale = kernel('column_scale', ({ size, input, output }) => {
  const [T, D] = [size('T'), size('D')]
  const x = input('x', f32, [T, D])
  output('s', f16, { d: D }, d => max({ t: T }, t => x(t, d).abs()).div(7))
})
const perToken = kernel('per_token', ({ size, input, output }) => {
  const [T, D] = [size('T'), size('D')]
  const x = input('x', f16, [T, D])
  const scale = output('scale', f32, { t: T }, t => {
    const largest = max({ d: D }, d => x(t, d).abs())
    return largest.lt(1e-8).select(1, largest).div(127)
  })
  output('q', i8, { t: T, d: D }, (t, d) => x(t, d).div(scale(t)).round().clamp(-128, 127))
})
const dequantize = kernel('dequantize', ({ size, input, output }) => {
  const [T, D] = [size('T'), size('D')]
  const q = input('q', i8, [T, D])
  const scale = input('scale', f32, [D])
  output('x', bf16, { t: T, d: D }, (t, d) => q(t, d).toF32().mul(scale(d)))
})
const nibbles = kernel('nibbles', ({ size, input, output }) => {
  const [T, D] = [size('T'), size('D')]
  const x = input('x', f32, [T, D])
  const low = output('low', f16, { t: T }, t => min({ d: D }, d => x(t, d)).clamp(-65504, 65504))
  const scale = input('scale', f32, [T])
  output('q', u4, { t: T, d: D }, (t, d) => x(t, d).sub(low(t)).mul(scale(t)).round().clamp(0, 15))
})
const halves = kernel('halves', ({ size, input, output }) => {
  const [T, D] = [size('T'), size('D')]
  const x = input('x', f32, [T, D])
  const y = input('y', f16, [T, D])
  output('z', f16, { t: T, d: D }, (t, d) => x(t, d).mul(0.5).add(y(t, d)))
})

/** A kernel, its widest tensor, and templates. */
export interface TestSubject {
  readonly kernel: Kernel
  readonly wide: string
  readonly templates: readonly string[]
}

const elementwise = [
  'tile(t={1,2,3,4,8,16},d={4,8,16,32}) vectorize(d={2,4,8})? predicate(d={mask,peel,assume})?',
  'tile(t={4,8,16},d={4,8,16}) coarsen(t={2,4}) vectorize(d=4)?',
]
const rows = (reassociate: string) => [
  'tile(t={1,2,3,4,8})',
  `tile(t={2,4,8}) splitReduction(d={4,8,16},combine=shared${reassociate})`,
]

export const subjects: readonly TestSubject[] = [
  { kernel: quantize, wide: 'x', templates: elementwise },
  { kernel: dequantize, wide: 'x', templates: elementwise },
  { kernel: halves, wide: 'x', templates: elementwise },
  { kernel: rowScale, wide: 'x', templates: rows('') },
  { kernel: rowSum, wide: 'x', templates: rows(',reassociate=true') },
  {
    kernel: columnScale,
    wide: 'x',
    templates: [
      'tile(d={1,2,4,8,16,32}) vectorize(d={2,4})?',
      'tile(d={2,4,8}) splitReduction(t={4,8,16},combine=shared)',
    ],
  },
  {
    kernel: perToken,
    wide: 'x',
    templates: [
      'tile(t={1,2,4,8},stage=scale) tile(t={2,4,8},d={8,16},stage=q) vectorize(d={2,4},stage=q)?',
      'fuse(producer=scale,consumer=q,loops=1) tile(t={2,4,8}) splitReduction(d={8,16,32},combine=shared) split(loop=d,by={8,16,32},stage=q) bind(t_in=block.y,d_in=block.x)',
    ],
  },
  {
    kernel: nibbles,
    wide: 'x',
    templates: ['tile(t={1,2,4,8},stage=low) tile(t={2,4,8},d={8,16},stage=q) vectorize(d={4,8},stage=q)?'],
  },
]
