/** Inputs with values that quantizers go wrong on: ties, NaN, infinities, both zeros, constant and all-zero groups. */
import { affine, type Kernel, type StorageType, type Tensor } from '@qernel/dsl'
import { elementCount, logicalValues, randomNumbers } from '@qernel/dsl/internal'

const specials = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, -0, 3e38]

/**
 * Floats in stretches of 32, as long as the shortest group: plain, with ties (whole and half steps of a maximum of 127), with one special value,
 * constant, zero, and nothing but NaN.
 */
export function floats(length: number, seed: number): Float32Array {
  const random = randomNumbers(seed)
  const data = new Float32Array(length)
  for (let start = 0; start < length; start += 32) {
    const kind = Math.floor(random() * 9)
    const constant = random() * 8 - 4
    for (let i = start; i < Math.min(start + 32, length); i++) {
      if (kind === 0) data[i] = constant
      else if (kind === 1) data[i] = random() < 0.5 ? 0 : -0
      else if (kind === 2) data[i] = Number.NaN
      else if (kind === 3) data[i] = i === start ? 127 : Math.floor(random() * 508 - 254) / 2
      else if (kind === 4 && random() < 0.1) data[i] = specials[Math.floor(random() * specials.length)] as number
      else data[i] = random() * 4 - 2
    }
  }
  return data
}

function values(type: StorageType, length: number, seed: number): Tensor['data'] {
  if (type.kind === 'float') {
    const data = floats(length, seed)
    // A tensor of a narrow type holds only values of the type: every type has 8 significant bits.
    return type.bits === 32 ? data : data.map(x => (Math.abs(x) > 1e4 ? Math.sign(x) * 100 : Math.round(x * 64) / 64))
  }
  const random = randomNumbers(seed)
  const low = type.kind === 'signed' ? -(2 ** (type.bits - 1)) : 0
  return logicalValues(type, length).map(() => low + Math.floor(random() * 2 ** type.bits))
}

export function inputsOf(kernel: Kernel, sizes: Readonly<Record<string, number>>, seed: number): Map<string, Tensor> {
  return new Map(
    kernel.tensors
      .filter(tensor => tensor.role === 'input')
      .map(({ name, type, dims }, position) => {
        const shape = dims.map(dim => affine.extentValue(dim, new Map(Object.entries(sizes))))
        return [name, { type, shape, data: values(type, elementCount(shape), seed + position) }]
      }),
  )
}

const plain: Readonly<Record<string, number>> = { T: 5, H: 2, D: 37, C: 19, B: 3 }

/** Small sizes that satisfy the facts of a kernel and leave tails wherever possible. */
export const smallSizes = (kernel: Kernel): Readonly<Record<string, number>> =>
  Object.fromEntries(
    kernel.sizes.map(({ name, facts: { multipleOf = 1 } }) => [
      name,
      multipleOf === 1
        ? (plain[name] ?? 3)
        : multipleOf * (multipleOf < 32 ? 9 : multipleOf === 32 || name === 'D' ? 3 : 1),
    ]),
  )
