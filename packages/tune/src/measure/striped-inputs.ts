/**
 * Inputs in stripes, each of one kind: a reduction over a stripe gives a result of that kind, where a mixture of all kinds would give the largest number every time.
 */
import { affine, integerRange, type Kernel, type StorageType, type Tensor } from '@qernel/dsl'
import { elementCount, logicalValues, randomNumbers } from '@qernel/dsl/internal'

type Random = () => number
type Values = (random: Random) => number

const below = (random: Random, count: number): number => Math.floor(random() * count)
const sign = (random: Random): number => (random() < 0.5 ? -1 : 1)
/** A number, or one of its neighbours among the 32-bit floats. */
const nearby = (random: Random, value: number): number => value * (1 + (below(random, 3) - 1) * 2 ** -23)

/** Halfway between two floats with that many bits behind the leading one. */
const halfway =
  (bits: number): Values =>
  random =>
    sign(random) * nearby(random, (2 ** bits + below(random, 2 ** bits) + 0.5) * 2 ** (below(random, 28) - 14 - bits))

/** Each kind has results of its own: of roundings, of limits, and of the cases in which a definition divides by something else. */
const kinds: readonly Values[] = [
  () => Number.NaN,
  random => sign(random) * 0,
  random => sign(random) * Number.POSITIVE_INFINITY,
  random => sign(random) * below(random, 2 ** 23) * 2 ** -149,
  random => sign(random) * (1 + random()) * 2 ** -(18 + below(random, 16)),
  // Below 2^-14 the 16-bit floats are multiples of 2^-24.
  random => sign(random) * nearby(random, below(random, 2 ** 11) * 2 ** -25),
  halfway(10),
  halfway(7),
  // 65504 is the largest 16-bit float, and 65520 is rounded to infinity.
  random => sign(random) * nearby(random, [65503, 65504, 65519, 65520, 65536][below(random, 5)] as number),
  random => below(random, 281) / 2 - 70,
  random => 8 * random() - 4,
]

function integers(type: StorageType): readonly Values[] {
  const { low, high } = integerRange(type)
  return [() => low, () => high, () => 0, random => low + below(random, high - low + 1)]
}

/** The least of numbers of both signs is never positive, and the largest never negative: half of the stripes have a sign of their own. */
type Sign = (value: number) => number
const signs: readonly Sign[] = [value => value, value => value, Math.abs, value => -Math.abs(value)]

function stripe(type: StorageType, random: Random): Values {
  const ofType = type.kind === 'float' ? kinds : integers(type)
  const values = ofType[below(random, ofType.length)] as Values
  if (type.kind !== 'float') return values
  const sign = signs[below(random, signs.length)] as Sign
  return random => sign(values(random))
}

/** Every input of a kernel. Along the first or the last axis, each index is a stripe. */
export function stripedInputs(
  kernel: Kernel,
  sizes: ReadonlyMap<string, number>,
  along: 'first' | 'last',
  seed: number,
): Map<string, Tensor> {
  const random = randomNumbers(seed)
  const inputs = kernel.tensors.filter(({ role }) => role === 'input')
  return new Map(
    inputs.map(({ name, type, dims }): [string, Tensor] => {
      const shape = dims.map(dim => affine.extentValue(dim, sizes))
      const data = logicalValues(type, elementCount(shape))
      const count = (along === 'first' ? shape[0] : shape.at(-1)) ?? 1
      const stripes = Array.from({ length: count }, () => stripe(type, random))
      const length = Math.max(1, data.length / Math.max(1, count))
      for (let i = 0; i < data.length; i++)
        data[i] = (stripes[along === 'first' ? Math.floor(i / length) : i % count] as Values)(random)
      return [name, { type, shape, data }]
    }),
  )
}
