/** Inputs for any kernel, by value class. */
import { affine, integerRange, type Kernel, type StorageType, type Tensor } from '@qernel/dsl'
import { elementCount, logicalValues } from '@qernel/dsl/internal'
import { type Random, randomNumbers } from './numbers.ts'

/** The kinds of float values in a tensor. Integer tensors follow them as far as possible. */
export const valueClasses = [
  'uniform',
  'ties',
  'NaN',
  'infinities',
  'zeros',
  'denormals',
  'saturation',
  'constant groups',
  'all zero',
  'whole numbers',
  'mixed',
] as const
/** A class of random values: uniform, ties, NaN and infinities, denormals, whole numbers, and so on. */
export type ValueClass = (typeof valueClasses)[number]

/** Whether a text names a class of values. */
export const isValueClass = (name: string): name is ValueClass => (valueClasses as readonly string[]).includes(name)

const { NaN: nan, POSITIVE_INFINITY: inf } = Number
const between = (random: Random, low: number, high: number): number => low + random() * (high - low)
const whole = (random: Random, low: number, high: number): number => low + Math.floor(random() * (high - low + 1))
const sign = (random: Random): number => (random() < 0.5 ? -1 : 1)
const often = (random: Random, share: number, special: () => number): number =>
  random() < share ? special() : between(random, -4, 4)

/** Generates the elements of one tensor, one after another. */
type Elements = (random: Random) => () => number

const floats: Readonly<Record<ValueClass, Elements>> = {
  uniform: random => () => between(random, -4, 4),
  // Multiples of one half: ties of `round` wherever the scale is a power of two.
  ties: random => () => whole(random, -16, 16) / 2,
  NaN: random => () => often(random, 0.3, () => nan),
  infinities: random => () => often(random, 0.2, () => sign(random) * inf),
  zeros: random => () => often(random, 0.6, () => sign(random) * 0),
  denormals: random => () => often(random, 0.5, () => sign(random) * whole(random, 1, 2 ** 23) * 2 ** -149),
  saturation: random => () => sign(random) * (1 + random()) * 2 ** whole(random, -20, 127),
  'constant groups': random => {
    let [value, left] = [0, 0]
    return () => {
      if (left === 0) [value, left] = [between(random, -4, 4), whole(random, 1, 40)]
      left--
      return value
    }
  },
  'all zero': () => () => 0,
  'whole numbers': random => () => whole(random, -4, 4),
  mixed: random => {
    const specials = [nan, inf, -inf, 0, -0, 0.5, -0.5, 1.5, -2.5, 127, -128, 1e-40, -(2 ** -149), 3e38, -3e38]
    return () => often(random, 0.3, () => specials[whole(random, 0, specials.length - 1)] as number)
  },
}

function integers(type: StorageType, values: ValueClass): Elements {
  const { low, high } = integerRange(type)
  const small = (random: Random) => whole(random, Math.max(low, -20), Math.min(high, 20))
  const any = (random: Random) => whole(random, low, high)
  switch (values) {
    case 'all zero':
      return () => () => 0
    case 'whole numbers':
      return random => () => whole(random, Math.max(low, -4), Math.min(high, 4))
    case 'saturation':
      return random => () => (random() < 0.6 ? (random() < 0.5 ? low : high) : any(random))
    case 'constant groups':
      return random => {
        const value = any(random)
        return () => value
      }
    default:
      // 32-bit integers are small half of the time, so that sums and indices are meaningful.
      return type.bits === 32
        ? random => () => (random() < 0.5 ? small(random) : any(random))
        : random => () => any(random)
  }
}

/** Every input of a kernel at the given sizes: the same for the same seed. */
export function randomInputs(
  kernel: Kernel,
  sizes: ReadonlyMap<string, number>,
  values: ValueClass,
  seed: number,
): Map<string, Tensor> {
  const random = randomNumbers(seed)
  const inputs = kernel.tensors.filter(({ role }) => role === 'input')
  return new Map(
    inputs.map(({ name, type, dims }): [string, Tensor] => {
      const shape = dims.map(dim => affine.extentValue(dim, sizes))
      const data = logicalValues(type, elementCount(shape))
      const next = (type.kind === 'float' ? floats[values] : integers(type, values))(random)
      for (let i = 0; i < data.length; i++) data[i] = next()
      return [name, { type, shape, data }]
    }),
  )
}
