import type { LogicalValues } from '@qernel/dsl'
import { logicalValues } from '@qernel/dsl/internal'
import type { ArrayFile } from './array-file.ts'
import { ArrayFileError } from './array-file-error.ts'
import { decodeElements, type ElementFormat } from './element-format.ts'
import { type ResolvedAxis, runs, selectedShape, shapeText } from './selection.ts'

/** A row-major array within a file. Its bytes are known to lie within the file. */
export interface ArrayExtent {
  readonly format: ElementFormat
  readonly shape: readonly number[]
  /** Offset of element 0 in the file, bytes. */
  readonly offset: number
}

/** Reads the selected elements, and beyond them only what shares a window with them. */
export async function readElements(
  file: ArrayFile,
  { format, shape, offset }: ArrayExtent,
  selection: readonly ResolvedAxis[],
): Promise<LogicalValues> {
  const values = allocate(file.path, format, selectedShape(selection))
  const step = Math.floor(file.window / format.bytes)
  let at = 0
  for (const [first, count] of runs(selection, shape)) {
    for (let done = 0; done < count; done += step) {
      const piece = Math.min(step, count - done)
      const bytes = await file.read(offset + (first + done) * format.bytes, piece * format.bytes)
      values.set(decodeElements(bytes, format), at)
      at += piece
    }
  }
  return values
}

function allocate(path: string, format: ElementFormat, shape: readonly number[]): LogicalValues {
  try {
    return logicalValues(format.type, exactElementCount(shape))
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    throw new ArrayFileError({
      what: `not enough memory for an array of the shape ${shapeText(shape)}`,
      where: path,
      hint: 'select a part of it, such as FILE.npy[0:1024]',
    })
  }
}

/** The number of elements of a shape; infinity if the product is too large to be exact. */
export function exactElementCount(shape: readonly number[]): number {
  if (shape.includes(0)) return 0
  let product = 1
  for (const extent of shape) {
    product *= extent
    if (!Number.isSafeInteger(product)) return Number.POSITIVE_INFINITY
  }
  return product
}
