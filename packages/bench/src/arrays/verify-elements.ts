/** Checks single elements of results that depend on too many rows to interpret, such as a sum over a whole array. */
import { distanceOfElements, freedomOf, type Run, ulpDistance } from '@qernel/acceptance'
import type { PlannedArray } from '@qernel/codegen'
import type { Tensor } from '@qernel/dsl'
import { elementCount } from '@qernel/dsl/internal'
import type { Device, DeviceBuffer } from '@qernel/runtime'
import type { Buffers } from '../load-kernel.ts'
import { download, leads, type RowWindow } from './download.ts'
import type { RowCheck } from './row-check.ts'

/** Larger arrays are not downloaded. */
const mostElements = 2 ** 28

/** The most elements of inputs that are read in all, where each is read once. */
const mostTerms = 2 ** 22

/** The most terms that are interpreted: one element of attention depends on all tokens and channels of a head, 131072 × 128. */
const mostInterpreted = 2 ** 25

/** Elements checked per output: those that differ most from the reference, and as many again at regular intervals. */
const mostOfEach = 16

/**
 * @param results `expected` are those of the reference
 * @param window the rows that are looked at: results outside of it do not depend on them, nor they on others
 * @returns nothing if the arrays are too large to download, or the definition has too many terms
 */
export async function verifyElements(
  device: Device,
  { kernel, steps, fixed }: Pick<Run, 'kernel' | 'steps' | 'fixed'>,
  arrays: readonly PlannedArray[],
  results: { readonly found: Buffers; readonly expected: Buffers },
  window: RowWindow | undefined,
): Promise<readonly RowCheck[]> {
  const share = (array: PlannedArray) =>
    window !== undefined && leads(kernel, array, window.size) === 1 ? window.count / (array.shape[0] as number) : 1
  if (arrays.some(array => elementCount(array.shape) * share(array) > mostElements)) return []
  const of = async (role: 'input' | 'output', from: Buffers) => {
    const tensors = new Map<string, Tensor>()
    for (const array of arrays.filter(({ parameter }) => parameter.role === role)) {
      const { name } = array.parameter
      tensors.set(name, await download(device, kernel, array, from.get(name) as DeviceBuffer, window))
    }
    return tensors
  }
  const [inputs, found, reference] = [
    await of('input', results.found),
    await of('output', results.found),
    await of('output', results.expected),
  ]
  const terms = Math.max(...[...inputs.values(), ...found.values()].map(({ data }) => data.length))
  const positions = new Map(
    [...found].map(([name, tensor]) => {
      const each = Math.ceil(terms / Math.max(1, tensor.data.length))
      const count = Math.max(1, Math.min(mostOfEach, Math.floor(mostTerms / (2 * each))))
      return [name, chosen(tensor, reference.get(name) as Tensor, count)]
    }),
  )
  const run = { kernel, inputs, ...(steps && { steps }), ...(fixed && { fixed }) }
  const order = distanceOfElements(run, found, freedomOf(device), positions, mostInterpreted)
  // One element of attention depends on a whole head.
  if (order === undefined) return []
  const elements = [...positions.values()].reduce((sum, { length }) => sum + length, 0)
  return [{ elements, different: order.reduce((sum, { beyond }) => sum + beyond, 0), what: 'single elements', order }]
}

function chosen({ type, data }: Tensor, reference: Tensor, count: number): readonly number[] {
  const far: { readonly position: number; readonly distance: number }[] = []
  for (let position = 0; position < data.length; position++) {
    const [have, want] = [data[position] as number, reference.data[position] as number]
    if (Object.is(have, want)) continue
    const distance = type.kind === 'float' ? ulpDistance(want, have) : Math.abs(want - have)
    if (far.length === count && distance <= (far.at(-1) as { distance: number }).distance) continue
    far.push({ position, distance })
    far.sort((a, b) => b.distance - a.distance)
    far.length = Math.min(far.length, count)
  }
  const spread = Array.from({ length: count }, (_, i) => Math.floor((i * data.length) / count))
  return [...new Set([...far.map(({ position }) => position), ...spread])].filter(position => position < data.length)
}
