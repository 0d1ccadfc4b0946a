import { abs, clamp, f32, i8, kernel, max, round, type StorageType, schedule } from '@qernel/dsl/source'
import { tile } from '@qernel/schedule'

export const int8PerChannel = (element: StorageType = f32) =>
  kernel(
    'int8_per_channel',
    ({ size, input, output }) => {
      const T = size('T')
      const D = size('D')
      const x = input('x', element, [T, D])
      const scale = output('scale', f32, { d: D }, d => {
        const largest = max({ t: T }, t => abs(x(t, d)))
        return (largest < 1e-8 ? 1 : largest) / 127
      })
      output('q', i8, { t: T, d: D }, (t, d) => clamp(round(x(t, d) / scale(d)), -128, 127))
    },
    'INT8 per channel with the scale computed: scale[d] = max_t |x[t, d]| / 127, q = clamp(round(x / scale), −128, 127)',
  )

export const naive = schedule(int8PerChannel, tile({ d: 64, stage: 'scale' }), tile({ t: 16, d: 16, stage: 'q' }))
export const coarsened = schedule(int8PerChannel, 'tile(d=64,stage=scale) tile(t=16,d=64,stage=q) coarsen(d=4,stage=q)')
