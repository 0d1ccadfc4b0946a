import { resolve } from 'node:path'
import { unknownNameParts } from '@qernel/dsl/internal'
import type { SourceKernel } from '@qernel/dsl/source'
import { type Lowered, lower, UnknownKernelName, type Wanted } from './evaluate/lower.ts'
import { fromCache, keep, type Request } from './files/cache.ts'
import { findCallSite } from './files/call-site.ts'
import { readFiles, readSource } from './files/read-files.ts'
import type { SourceText } from './syntax.ts'

/** How a kernel is loaded. */
export interface LoadOptions {
  /** Values of compile-time parameters: `{ group: 64 }`. */
  readonly set?: Readonly<Record<string, string | number | boolean>>
  /** Whether `set` may name what is no parameter, such as a size. The result says which do. */
  readonly allowOthers?: boolean
}

/** A file, and which of its kernels. */
interface Reference {
  readonly path: string
  readonly name: Wanted
}

/** `./mine.kernel.ts#halved`, or the place where a script called `kernel`. */
function referenceOf(kernel: string | SourceKernel): Reference {
  if (typeof kernel !== 'string') {
    const { path, line } = findCallSite(kernel.name, kernel.callSite)
    return { path, name: { line } }
  }
  const at = kernel.lastIndexOf('#')
  return at < 0
    ? { path: kernel, name: undefined }
    : { path: kernel.slice(0, at), name: kernel.slice(at + 1) || undefined }
}

/**
 * Reads a kernel from a TypeScript file, without executing it: `await loadKernel('./mine.kernel.ts#halved')`. Without a name, the file must export one
 * kernel. A script may also give a kernel that it has made, `await loadKernel(halved)`, whose file and line are then found from the call of `kernel`; values
 * of its parameters are given again in `set`.
 *
 * @returns the kernel, its compile-time parameters, and the schedules beside it
 * @throws KernelFileError with the place of every error
 * @throws UnknownKernelName for a kernel or a parameter that the file does not have
 * @throws SourceNotFound for a kernel of a script whose source is not there
 */
export async function loadKernel(
  kernel: string | SourceKernel,
  { set = {}, allowOthers = false }: LoadOptions = {},
): Promise<Lowered> {
  const { path: shown, name } = referenceOf(kernel)
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
