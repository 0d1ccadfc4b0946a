/** Small inputs for any kernel, from one seed. */
import {
  affine,
  elementCount,
  integerRange,
  type Kernel,
  logicalValues,
  type StorageType,
  type Tensor,
} from '@qernel/dsl'

/** Reproducible numbers in [0, 1): mulberry32. */
export function randomNumbers(seed: number): () => number {
  let state = seed | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

const special = [
  Number.NaN,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  0,
  -0,
  0.5,
  -0.5,
  1.5,
  -2.5,
  3e38,
  -3e38,
]
const denormal = [1e-40, -1e-40, 2 ** -149, -(2 ** -149), 1.1e-38]

/** How the floats of one case look: one of these for each tensor. */
type Flavour = (random: () => number) => number

const flavours: readonly Flavour[] = [
  random => random() * 8 - 4,
  random => Math.round(random() * 16 - 8) / 2,
  random => (random() < 0.5 ? -1 : 1) * (1 + random()) * 2 ** Math.floor(random() * 40 - 20),
  random => (random() < 0.3 ? (special[Math.floor(random() * special.length)] as number) : random() * 8 - 4),
]
const withDenormals: Flavour = random =>
  random() < 0.3 ? (denormal[Math.floor(random() * denormal.length)] as number) : random() * 8 - 4

function randomValue(type: StorageType, flavour: Flavour, random: () => number): number {
  if (type.kind === 'float') return flavour(random)
  const { low, high } = integerRange(type)
  // Wide integers are small half of the time, so that sums and indices mean something.
  if (type.bits === 32 && random() < 0.5) return Math.floor(random() * 40) + (type.kind === 'signed' ? -20 : 0)
  return low + Math.floor(random() * (high - low + 1))
}

/** Every input of a kernel at the given sizes. Denormals only where the device is said to keep them. */
export function randomInputs(
  kernel: Kernel,
  sizes: ReadonlyMap<string, number>,
  seed: number,
  keepsDenormals: boolean,
): Map<string, Tensor> {
  const random = randomNumbers(seed)
  const choice = keepsDenormals ? [...flavours, withDenormals] : flavours
  const inputs = new Map<string, Tensor>()
  for (const { name, role, type, dims } of kernel.tensors) {
    if (role !== 'input') continue
    const flavour = choice[Math.floor(random() * choice.length)] as Flavour
    const shape = dims.map(dim => affine.extentValue(dim, sizes))
    const data = logicalValues(type, elementCount(shape))
    for (let i = 0; i < data.length; i++) data[i] = randomValue(type, flavour, random)
    inputs.set(name, { type, shape, data })
  }
  return inputs
}
