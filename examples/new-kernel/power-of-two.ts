import { abs, f32, i8, type Kernel, kernel, max, type StorageType, type Value } from '@qernel/dsl'
import { libraryKernel, rowPass } from '@qernel/kernels'

/** The smallest power of two not below a positive float: its exponent, plus one if the mantissa is not 0. */
const nextPowerOfTwo = (x: Value): Value => x.bitcast('u32').add(0x007fffff).and(0x7f800000).bitcast('f32')

/** INT8 per token whose scales are powers of two, so that dequantizing is exact: scale[t] = 2^⌈log₂(max_d |x[t, d]| / 127)⌉. */
export const int8PowerOfTwo = (element: StorageType = f32): Kernel =>
  kernel(
    'int8_power_of_two',
    ({ size, input, output }) => {
      const T = size('T')
      const D = size('D')
      const x = input('x', element, [T, D])
      const scale = output('scale', f32, { t: T }, t => {
        const largest = max({ d: D }, d => abs(x(t, d)))
        // A row of zeros, or of denormals, gets the smallest scale that no device flushes.
        return nextPowerOfTwo(largest.div(127)).max(2 ** -126)
      })
      output('q', i8, { t: T, d: D }, (t, d) => x(t, d).div(scale(t)).round().clamp(-127, 127))
    },
    'INT8 per token with scales that are powers of two',
  )

/** The export of a plug-in: the kernel with its schedules. The library's schedules for whole rows fit, stage by stage. */
export const powerOfTwo = libraryKernel(int8PowerOfTwo, { schedules: rowPass(['scale', 'q'], 1) })
