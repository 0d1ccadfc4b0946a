import { basename } from 'node:path'
import { DEFAULT_SEED } from '../../emission/emission.ts'
import { allParts, type Part, partsOf } from '../../emission/parts.ts'
import { UsageError } from '../../errors/usage-error.ts'

/** What is asked for beside the source, and what the names of all files start with. */
export interface FilesTogether {
  readonly parts: readonly Part[]
  /** Where a file is named. */
  readonly base: string | undefined
}

/**
 * Reads `--header` and `--with`, which make several files and so need the name of one.
 * @throws UsageError
 */
export function partOptions(
  options: { readonly header: boolean; readonly with: readonly string[]; readonly output: string | undefined },
  target: 'wgsl' | 'cuda',
): FilesTogether {
  const asked = new Set([...(options.header ? ['header'] : []), ...options.with])
  const text = (part: string) => (part === 'header' ? '--header' : `--with ${part}`)
  for (const part of asked) {
    if (partsOf(target).some(each => each === part)) continue
    const own = partsOf(target).map(text)
    throw new UsageError({
      what: `${text(part)} does not go with --target ${target}`,
      where: text(part),
      allowed: own.length > 0 ? own : 'the source alone',
    })
  }
  const parts = allParts.filter(part => asked.has(part))
  if (parts.length === 0) return { parts, base: undefined }
  const { output } = options
  const where = parts.map(text).join(' ')
  if (target === 'wgsl') {
    checkModuleName(output)
    return { parts, base: undefined }
  }
  if (output === undefined) {
    throw new UsageError({ what: 'several files are made, and none is named', where, allowed: '-o NAME.cu' })
  }
  const base = basename(output).replace(/\.cu$/, '')
  if (!/^[A-Za-z_][\w.+-]*$/.test(base) || !output.endsWith('.cu')) {
    throw new UsageError({
      what: `'${basename(output)}' does not name a CUDA file whose name others can be made from`,
      where: `-o ${output}`,
      allowed: 'a name of letters, digits, _, -, + and . that starts with a letter and ends in .cu',
    })
  }
  return { parts, base }
}

/** A module is one file, so it may go to standard output. */
function checkModuleName(output: string | undefined): void {
  if (output === undefined || output.endsWith('.ts')) return
  throw new UsageError({
    what: `a TypeScript module is written, and '${basename(output)}' does not end in .ts`,
    where: `-o ${output}`,
    allowed: '-o NAME.ts',
  })
}

/**
 * Reads `--seed N`.
 * @throws UsageError
 */
export function seedOption(text: string | undefined): number {
  if (text === undefined) return DEFAULT_SEED
  const seed = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN
  if (!Number.isNaN(seed)) return seed
  throw new UsageError({
    what: `'${text}' is not a seed`,
    where: '--seed',
    allowed: 'a whole number from 0 to 999999999',
  })
}
