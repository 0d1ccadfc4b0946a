/** Short ways to write tensors in tests. */
import { interpretKernel, type Kernel, type StorageType, type Tensor } from '../src/index.ts'
import { elementCount, logicalValues } from '../src/internal.ts'

/** A tensor of the given values, of rank 1 unless a shape is given. */
export function tensor(
  type: StorageType,
  values: readonly number[],
  shape: readonly number[] = [values.length],
): Tensor {
  const data = logicalValues(type, elementCount(shape))
  data.set(values)
  return { type, shape, data }
}

/** The elements of one result of a kernel. */
export function run(
  kernel: Kernel,
  inputs: Readonly<Record<string, Tensor>>,
  output: string,
  sizes: Readonly<Record<string, number>> = {},
): number[] {
  const results = interpretKernel(kernel, new Map(Object.entries(inputs)), new Map(Object.entries(sizes)))
  const result = results.get(output)
  if (result === undefined) throw new Error(`there is no result ${output}`)
  return [...result.data]
}
