import { resolve } from 'node:path'
import { unknownNameParts } from '@qernel/dsl/internal'
import { type Lowered, lower, UnknownKernelName } from './evaluate/lower.ts'
import { readFiles } from './files/read-files.ts'

/** How a kernel is loaded. */
export interface LoadOptions {
  /** Values of compile-time parameters: `{ group: 64 }`. */
  readonly set?: Readonly<Record<string, string | number | boolean>>
  /** Whether `set` may name what is no parameter, such as a size. The result says which do. */
  readonly allowOthers?: boolean
}

/** The path and the name in `./mine.kernel.ts#halved`. */
export function splitReference(reference: string): { readonly path: string; readonly name: string | undefined } {
  const at = reference.lastIndexOf('#')
  return at < 0
    ? { path: reference, name: undefined }
    : { path: reference.slice(0, at), name: reference.slice(at + 1) || undefined }
}

/**
 * Reads a kernel from a TypeScript file, without executing it: `await loadKernel('./mine.kernel.ts#halved')`. Without a name, the file must export one
 * kernel.
 *
 * @returns the kernel, its compile-time parameters, and the schedules beside it
 * @throws KernelFileError with the place of every error
 * @throws UnknownKernelName for a kernel or a parameter that the file does not have
 */
export async function loadKernel(
  reference: string,
  { set = {}, allowOthers = false }: LoadOptions = {},
): Promise<Lowered> {
  const { path, name } = splitReference(reference)
  const { parseModule } = await import('./parse/parse.ts')
  const files = readFiles(resolve(path), path, parseModule)
  const lowered = lower(files, name, new Map(Object.entries(set).map(([key, value]) => [key, String(value)])))
  const [other] = lowered.others
  if (other === undefined || allowOthers) return lowered
  const names = lowered.parameters.map(one => one.name)
  throw new UnknownKernelName(unknownNameParts(`parameter of ${lowered.name}`, other, names, { where: path }))
}
