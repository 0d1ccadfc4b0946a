import type { Tensor } from '@qernel/dsl'
import { unknownNameParts } from '@qernel/dsl/internal'
import { withArrayFile } from './array-file.ts'
import { ArrayFileError } from './array-file-error.ts'
import { elementFormats } from './element-format.ts'
import { readElements } from './read-elements.ts'
import { readSafetensorsHeader, type SafetensorsEntry } from './safetensors-header.ts'
import { type AxisSelection, resolveSelection, selectedShape } from './selection.ts'

/** Lists the tensors of a .safetensors file in the order of their data, without reading the data. */
export function listSafetensors(path: string): Promise<SafetensorsEntry[]> {
  return withArrayFile(path, readSafetensorsHeader)
}

/**
 * Reads one tensor, or a part of it; only the bytes that the selection needs are read. F32, F16, BF16, F8_E4M3, F8_E5M2, I8, U8, I32, U32.
 * @param name optional if the file holds only one tensor
 * @throws ArrayFileError if the file is missing, malformed, or does not hold the tensor or the selection
 */
export function readSafetensors(
  path: string,
  name: string | undefined,
  selection: readonly AxisSelection[] = [],
): Promise<Tensor> {
  return withArrayFile(path, async file => {
    const entry = findEntry(await readSafetensorsHeader(file), name, path)
    const where = `${path}, tensor '${entry.name}'`
    const format = elementFormats.find(each => each.safetensors === entry.dtype)
    if (format === undefined) {
      const known = elementFormats.map(each => each.safetensors)
      throw new ArrayFileError(unknownNameParts('element type', entry.dtype, known, { where }))
    }
    const axes = resolveSelection(selection, entry.shape, where)
    const data = await readElements(file, { format, shape: entry.shape, offset: entry.offset }, axes)
    return { type: format.type, shape: selectedShape(axes), data }
  })
}

function findEntry(entries: readonly SafetensorsEntry[], name: string | undefined, where: string): SafetensorsEntry {
  const [only] = entries
  if (name === undefined && entries.length === 1 && only !== undefined) return only
  const found = entries.find(entry => entry.name === name)
  if (found !== undefined) return found
  const names = entries.map(entry => entry.name)
  if (name !== undefined) throw new ArrayFileError(unknownNameParts('tensor', name, names, { where }))
  throw new ArrayFileError({
    what: `the file holds ${entries.length} tensors; name one after #`,
    where,
    allowed: names.length > 0 ? names : 'there is no tensor to choose from',
    hint: `as in ${where}#${names[0] ?? 'NAME'}`,
  })
}
