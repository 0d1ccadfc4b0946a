import { clamp, f32, i4, i8, kernel, max, round, type StorageType, schedule } from '@qernel/dsl/source'
import { splitReduction, tile, vectorize } from '@qernel/schedule'

const codeTypes = { 8: i8, 4: i4 }

/** Integers of 8 or 4 bits, with one scale per token: x ≈ q · scale. */
export const perToken = ({ bits = 8 }: { bits?: 8 | 4 } = {}, element: StorageType = f32) =>
  kernel(
    'per_token',
    ({ size, input, output }) => {
      const T = size('T')
      const D = size('D')
      const largestCode = 2 ** (bits - 1) - 1
      const x = input('x', element, [T, D])
      const scale = output('scale', f32, [T], t => {
        const largest = max(D, d => Math.abs(x(t, d)))
        return (largest > 0 ? largest : 1) / largestCode
      })
      output('q', codeTypes[bits], [T, D], (t, d) => clamp(round(x(t, d) / scale(t)), -largestCode, largestCode))
    },
    'integers with one scale per token: scale = max |x| / largest code, q = round(x / scale)',
  )

/** 32 threads per token find its scale; 8 codes per thread. */
export const wide = schedule(
  perToken,
  splitReduction({ d: 32, combine: 'shared' }),
  'bind(t=grid.x,d_in=block.x,stage=scale)',
  tile({ t: 8, d: 128, stage: 'q' }),
  vectorize({ d: 8, stage: 'q' }),
)
