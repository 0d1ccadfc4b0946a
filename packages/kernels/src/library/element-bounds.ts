import { f32, interpretKernel, type Kernel, loadsOf, type Tensor } from '@qernel/dsl'
import type { RoundTrip } from './library-kernel.ts'

/**
 * The error bound of each element, from the parameters of its own group; infinite or NaN if those are not finite.
 *
 * @param dequantizer the kernel of `roundTrip.dequantize` for f32, whose definition determines the parameters of an element
 * @param stored its input arrays
 * @returns one entry per element of its result, row-major
 */
export function elementBounds(
  { bound }: RoundTrip,
  dequantizer: Kernel,
  stored: ReadonlyMap<string, Tensor>,
): Float64Array {
  const kept = stored.get(bound.scale) as Tensor
  const inRecords = bound.scalesIn?.(kept)
  if (inRecords !== undefined) {
    const elements = [...interpretKernel(dequantizer, stored).values()].reduce((sum, { data }) => sum + data.length, 0)
    // The elements of a record lie one after another.
    const each = elements / inRecords.length
    return Float64Array.from({ length: elements }, (_, i) =>
      bound.largest(inRecords[Math.floor(i / each)] as number, 0),
    )
  }
  const scales = parametersOf(dequantizer, stored, bound.scale)
  const zeros = bound.zero === undefined ? undefined : parametersOf(dequantizer, stored, bound.zero)
  return Float64Array.from(scales, (scale, i) => bound.largest(scale, zeros?.[i] ?? 0))
}

/** The parameter that a dequantizer loads for each element: the same loops, with the load as the value. */
function parametersOf(
  dequantizer: Kernel,
  stored: ReadonlyMap<string, Tensor>,
  name: string,
): ArrayLike<number> & Iterable<number> {
  const stages = dequantizer.stages.map(stage => {
    const load = loadsOf(stage.value).find(({ buffer }) => buffer === name)
    if (load === undefined) throw new Error(`${dequantizer.name} makes elements without ${name}`)
    return { ...stage, value: load }
  })
  const tensors = dequantizer.tensors.map(tensor => (tensor.role === 'input' ? tensor : { ...tensor, type: f32 }))
  const [found] = interpretKernel({ ...dequantizer, stages, tensors }, stored).values()
  return found?.data ?? []
}
