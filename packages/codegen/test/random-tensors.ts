/** Inputs of a kernel, the same for the same seed: plain numbers mixed with the values that go wrong most easily. */
import { affine, integerRange, type Kernel, type StorageType, type Tensor } from '@qernel/dsl'
import { elementCount, logicalValues, randomNumbers } from '@qernel/dsl/internal'

const special = [0, -0, NaN, Infinity, -Infinity, 1e-40, -1e-45, 0.5, 1.5, -2.5, 127, -128, 1e30, 3.4e38]

export function randomTensors(kernel: Kernel, sizes: ReadonlyMap<string, number>, seed: number): Map<string, Tensor> {
  const random = randomNumbers(seed)
  const value = (type: StorageType): number => {
    if (type.kind !== 'float') {
      const { low, high } = integerRange(type)
      return low + Math.floor(random() * (high - low + 1))
    }
    return random() < 0.1 ? (special[Math.floor(random() * special.length)] as number) : random() * 8 - 4
  }
  const inputs = kernel.tensors.filter(tensor => tensor.role === 'input')
  return new Map(
    inputs.map(({ name, type, dims }): [string, Tensor] => {
      const shape = dims.map(dim => affine.extentValue(dim, sizes))
      return [name, { type, shape, data: logicalValues(type, elementCount(shape)).map(() => value(type)) }]
    }),
  )
}
