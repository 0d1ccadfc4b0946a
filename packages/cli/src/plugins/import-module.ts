/** Imports a file named on the command line: its language, its imports, and the errors that can occur. */
import { createRequire, register } from 'node:module'
import { extname } from 'node:path'
import { pathToFileURL } from 'node:url'
import { UsageError } from '../errors/usage-error.ts'

/**
 * The exports of a module. JavaScript always loads; TypeScript loads if Node strips types (22.18 and newer) or tsx is
 * installed beside the file or beside this program. Imports of `@qernel/…` that the file's own folder cannot resolve
 * get this program's.
 * @throws UsageError
 */
export async function importModule(path: string, where: string): Promise<Record<string, unknown>> {
  lendPackages()
  const url = pathToFileURL(path).href
  try {
    return await import(url)
  } catch (error) {
    if (!isUnknownLanguage(error)) throw loadError(error, path, where)
  }
  if (!(await loadTypeScript(path)))
    throw new UsageError({
      what: `Node ${process.versions.node} cannot read ${extname(path)} files by itself`,
      where,
      allowed:
        'install tsx beside the file (npm install --save-dev tsx), use Node 22.18 or newer, or compile the file to .js',
    })
  try {
    // A different URL, because Node remembers that the first one could not be loaded.
    return await import(`${url}?typescript`)
  } catch (error) {
    throw loadError(error, path, where)
  }
}

const isUnknownLanguage = (error: unknown): boolean => codeOf(error) === 'ERR_UNKNOWN_FILE_EXTENSION'
const codeOf = (error: unknown): unknown => (error instanceof Error && 'code' in error ? error.code : undefined)

/** Whether tsx could be found and now translates TypeScript. */
async function loadTypeScript(path: string): Promise<boolean> {
  for (const from of [path, import.meta.url]) {
    try {
      // Not the CommonJS build, to which `require` resolves: it looks for its parts in the wrong folder.
      const api = createRequire(from)
        .resolve('tsx/esm/api')
        .replace(/\.cjs$/, '.mjs')
      const tsx: { register(): unknown } = await import(pathToFileURL(api).href)
      tsx.register()
      return true
    } catch {
      // Not installed there.
    }
  }
  return false
}

let hasLent = false

/** A file outside any package, or in one without qernel, imports this program's own. */
function lendPackages(): void {
  if (hasLent) return
  hasLent = true
  const hook = `export async function resolve(specifier, context, next) {
    try {
      return await next(specifier, context)
    } catch (error) {
      if (!specifier.startsWith('@qernel/')) throw error
      return next(specifier, { ...context, parentURL: ${JSON.stringify(import.meta.url)} })
    }
  }`
  register(`data:text/javascript,${encodeURIComponent(hook)}`)
}

function loadError(error: unknown, path: string, where: string): UsageError {
  const message = error instanceof Error ? error.message : String(error)
  const [first = message] = message.split('\n')
  const isMissing = ['ERR_MODULE_NOT_FOUND', 'MODULE_NOT_FOUND'].includes(String(codeOf(error)))
  const missing = isMissing ? /'([^'./][^']*)'/.exec(first)?.[1] : undefined
  // TypeScript without a package.json with "type": "module" is treated as CommonJS, whose imports cannot be provided.
  const orModule = codeOf(error) === 'MODULE_NOT_FOUND' ? ', or name the file .mts' : ''
  // The line in that file that threw, not the lines of this program.
  const place = error instanceof Error ? error.stack?.split('\n').find(line => line.includes(`${path}:`)) : undefined
  return new UsageError(
    {
      what: `cannot load the plug-in: ${first}`,
      where,
      ...(missing !== undefined && { hint: `run npm install ${missing} beside the file${orModule}` }),
      ...(place !== undefined && { details: [place.trim()] }),
    },
    { cause: error },
  )
}
