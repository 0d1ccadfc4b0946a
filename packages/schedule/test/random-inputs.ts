/** Small inputs for any kernel, from one seed. */
import { affine, type Kernel, type StorageType, type Tensor } from '@qernel/dsl'
import { logicalValues, randomNumbers } from '@qernel/dsl/internal'

const special = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, -0, 1e-40, 0.5, -1.5, 2.5, 3e38]

function randomValue(type: StorageType, random: () => number, plain: boolean): number {
  if (type.kind !== 'float') return Math.floor(random() * 256) - (type.kind === 'signed' ? 128 : 0)
  if (!plain && random() < 0.15) return special[Math.floor(random() * special.length)] as number
  return random() < 0.2 ? Math.round(random() * 8 - 4) / 2 : random() * 8 - 4
}

/** Every input of a kernel at the given sizes. Half of the seeds give finite values only. */
export function randomInputs(kernel: Kernel, sizes: ReadonlyMap<string, number>, seed: number): Map<string, Tensor> {
  const random = randomNumbers(seed)
  const inputs = new Map<string, Tensor>()
  for (const { name, role, type, dims } of kernel.tensors) {
    if (role !== 'input') continue
    const shape = dims.map(dim => affine.extentValue(dim, sizes))
    const data = logicalValues(
      type,
      shape.reduce((a, b) => a * b, 1),
    )
    for (let i = 0; i < data.length; i++) data[i] = randomValue(type, random, seed % 2 === 0)
    inputs.set(name, { type, shape, data })
  }
  return inputs
}
