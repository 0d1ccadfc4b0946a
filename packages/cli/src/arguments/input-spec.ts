import { type AxisSelection, parseSelection, readNpy, readSafetensors } from '@qernel/arrays'
import type { Tensor } from '@qernel/dsl'
import { UsageError, unknownName } from '../errors/usage-error.ts'

/**
 * The source of a kernel's input, as written on the command line:
 *
 *     x=keys.npy                              the whole array
 *     x=keys.npy[0]                           sub-array 0 of the first axis: [4, 2048, 128] gives [2048, 128]
 *     x=kv.safetensors#layers.0.key           one tensor of several
 *     x=kv.safetensors#layers.0.key[0, 0:512] the first 512 rows of its head 0
 *     x=kv.safetensors#layers.0.key[:, -1]    the last row of every head
 *
 * Indices and ranges are those of NumPy, without steps. A tensor name that ends in a bracket must be followed by `[:]`.
 */
export interface InputSpec {
  /** The input of the kernel. */
  readonly name: string
  readonly path: string
  readonly format: 'npy' | 'safetensors'
  /** For .safetensors; undefined means the only one in the file. */
  readonly tensor?: string
  readonly selection: readonly AxisSelection[]
}

const usage = 'NAME=FILE.npy or NAME=FILE.safetensors#TENSOR, then perhaps a selection such as [0] or [0, 0:512]'

/**
 * Reads the text after `--input`. Touches no file.
 * @throws UsageError
 */
export function parseInputSpec(text: string): InputSpec {
  const where = `--input ${text}`
  const equals = text.indexOf('=')
  const name = text.slice(0, Math.max(0, equals))
  if (equals < 0)
    throw new UsageError({ what: "there is no '=' between the name of the input and its file", where, allowed: usage })
  if (!/^[A-Za-z_]\w*$/.test(name))
    throw new UsageError({ what: `'${name}' is not the name of an input`, where, allowed: usage })
  const source = text.slice(equals + 1)
  if (source === '') throw new UsageError({ what: 'the file is missing after the =', where, allowed: usage })

  const parts =
    /^(?<path>.+?\.(?<extension>npy|safetensors))(?:#(?<tensor>.*?))?(?:\[(?<selection>[^[\]]*)\])?$/is.exec(source)
  const { path, extension, tensor, selection } = parts?.groups ?? {}
  if (path === undefined || extension === undefined) throw unreadable(source, where)
  const format = extension.toLowerCase() === 'npy' ? 'npy' : 'safetensors'
  if (tensor !== undefined && format === 'npy') {
    throw new UsageError({ what: 'a .npy file holds one array, so nothing can follow a #', where, allowed: usage })
  }
  if (tensor === '')
    throw new UsageError({ what: 'the name of a tensor is missing after the #', where, allowed: usage })
  return {
    name,
    path,
    format,
    ...(tensor === undefined ? {} : { tensor }),
    selection: selection === undefined ? [] : parseSelection(selection, where),
  }
}

function unreadable(source: string, where: string): UsageError {
  if (/\.(npy|safetensors)(#[^[]*)?\[[^\]]*$/is.test(source)) {
    return new UsageError({ what: "the selection has no closing ']'", where, allowed: usage })
  }
  if (/\.(npy|safetensors)/i.test(source))
    return new UsageError({ what: `cannot read '${source}'`, where, allowed: usage })
  const file = source.replace(/[#[].*$/s, '')
  const extension = /\.[^./\\]*$/.exec(file)?.[0]
  if (extension !== undefined) return unknownName('kind of file', extension, ['.npy', '.safetensors'], { where })
  return new UsageError({ what: `the file '${file}' has no extension`, where, allowed: ['.npy', '.safetensors'] })
}

/**
 * Reads the array that a spec names.
 * @throws UsageError
 */
export function readInput({ path, format, tensor, selection }: InputSpec): Promise<Tensor> {
  return format === 'npy' ? readNpy(path, selection) : readSafetensors(path, tensor, selection)
}
