import { f32, type LogicalValues, packTensor, type StorageType, type Tensor } from '@qernel/dsl'
import { withArrayFile } from './array-file.ts'
import { elementFormats } from './element-format.ts'
import { npyHeaderBytes, readNpyHeader } from './npy-header.ts'
import { readElements } from './read-elements.ts'
import { type AxisSelection, resolveSelection, selectedShape } from './selection.ts'

/**
 * Reads an array that NumPy saved, or a part of it: versions 1 to 3, little-endian f4 f2 i4 u4 i1 u1, in C or Fortran
 * order (the result is always row-major).
 * @throws ArrayFileError if the file is missing, malformed, or does not hold the selection
 */
export function readNpy(path: string, selection: readonly AxisSelection[] = []): Promise<Tensor> {
  return withArrayFile(path, async file => {
    const { format, shape, fortranOrder, offset } = await readNpyHeader(file)
    const axes = resolveSelection(selection, shape, path)
    const result = selectedShape(axes)
    if (!fortranOrder)
      return { type: format.type, shape: result, data: await readElements(file, { format, shape, offset }, axes) }
    // Column-major order is the row-major order of the reversed axes.
    const reversed = { format, shape: shape.toReversed(), offset }
    const values = await readElements(file, reversed, axes.toReversed())
    return { type: format.type, shape: result, data: reverseAxes(values, result) }
  })
}

/** From column-major to row-major order. */
function reverseAxes(values: LogicalValues, shape: readonly number[]): LogicalValues {
  const result = values.slice()
  const pitches: number[] = []
  let pitch = 1
  for (const extent of shape) {
    pitches.push(pitch)
    pitch *= extent
  }
  const index = shape.map(() => 0)
  for (let to = 0, from = 0; to < result.length; to++) {
    result[to] = values[from] as number
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const step = pitches[axis] as number
      const next = (index[axis] as number) + 1
      if (next < (shape[axis] as number)) {
        index[axis] = next
        from += step
        break
      }
      index[axis] = 0
      from -= (next - 1) * step
    }
  }
  return result
}

/** How many values are encoded at a time. */
const CHUNK = 2 ** 20

/**
 * A tensor as the bytes of a .npy file, generated piece by piece. Types that NumPy lacks are widened without loss: bf16
 * and 8-bit floats become f4, integers narrower than a byte become i1 or u1.
 */
export function* npyBytes({ type, shape, data }: Tensor): Generator<Uint8Array> {
  const stored = storedType(type)
  const descr = elementFormats.find(format => format.type === stored)?.npy
  if (descr === undefined) throw new Error(`no .npy type for ${type.name}`)
  yield npyHeaderBytes(descr, shape)
  for (let start = 0; start < data.length; start += CHUNK) {
    const values = data.subarray(start, start + CHUNK)
    yield packTensor({ type: stored, shape: [values.length], data: values }, 1, 1)
  }
}

/** The type of the array on disk: its own if NumPy has it, otherwise one that holds all its values. */
function storedType(type: StorageType): StorageType {
  if (elementFormats.some(format => format.type === type && format.npy !== undefined)) return type
  if (type.kind === 'float') return f32
  const byte = elementFormats.find(format => format.bytes === 1 && format.type.kind === type.kind)
  return byte?.type ?? type
}
