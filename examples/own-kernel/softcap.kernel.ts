import { exp, f32, kernel, type StorageType } from '@qernel/dsl/source'

const tanh = (x: number) => 1 - 2 / (exp(2 * x) + 1)

/** Keeps logits between −cap and cap, as Gemma 2 does. */
export const softcap = ({ cap = 30 }: { cap?: number } = {}, element: StorageType = f32) =>
  kernel(
    'softcap',
    ({ size, input, output }) => {
      const T = size('T')
      const D = size('D')
      const x = input('x', element, [T, D])
      output('y', element, [T, D], (t, d) => cap * tanh(x(t, d) / cap))
    },
    'y = cap · tanh(x / cap)',
  )
