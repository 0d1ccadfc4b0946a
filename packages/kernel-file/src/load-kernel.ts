import { resolve } from 'node:path'
import { unknownNameParts } from '@qernel/dsl/internal'
import { type Lowered, lower, UnknownKernelName } from './evaluate/lower.ts'
import { fromCache, keep, type Request } from './files/cache.ts'
import { readFiles, readSource } from './files/read-files.ts'
import type { SourceText } from './syntax.ts'

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
  const { path: shown, name } = splitReference(reference)
  const path = resolve(shown)
  const source = readSource(path, shown)
  const values = new Map(Object.entries(set).map(([key, value]) => [key, String(value)]))
  const lowered = await loaded({ path, text: source.text, name, set: values }, source)
  const [other] = lowered.others
  if (other === undefined || allowOthers) return lowered
  const names = lowered.parameters.map(one => one.name)
  throw new UnknownKernelName(unknownNameParts(`parameter of ${lowered.name}`, other, names, { where: shown }))
}

async function loaded(request: Request, source: SourceText): Promise<Lowered> {
  const before = fromCache(request)
  if (before !== undefined) return before
  const { parseModule } = await import('./parse/parse.ts')
  const files = readFiles(request.path, source, parseModule)
  const lowered = lower(files, request.name, request.set)
  keep(request, new Map([...files.read].map(([file, { text }]) => [file, text])), lowered)
  return lowered
}
