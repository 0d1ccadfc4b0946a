import type { TargetName } from '@qernel/codegen'
import { DEFAULT_SEED } from '../../emission/emission.ts'
import type { Part } from '../../emission/parts.ts'
import { UsageError } from '../../errors/usage-error.ts'
import { targetNamed } from '../../targets.ts'

/** The requested additional files, and the common prefix of all names. */
export interface FilesTogether {
  readonly parts: readonly Part[]
  /** Set if a file is named. */
  readonly base: string | undefined
}

/**
 * Reads `--header` and `--with`, which produce several files and therefore need the name of one.
 * @throws UsageError
 */
export function partOptions(
  options: { readonly header: boolean; readonly with: readonly string[]; readonly output: string | undefined },
  target: TargetName,
): FilesTogether {
  const { beside } = targetNamed(target)
  const asked = new Set([...(options.header ? ['header'] : []), ...options.with])
  const text = (part: string) => (part === 'header' ? '--header' : `--with ${part}`)
  for (const part of asked) {
    if (beside.parts.some(each => each === part)) continue
    const own = beside.parts.map(text)
    throw new UsageError({
      what: `${text(part)} does not go with --target ${target}`,
      where: text(part),
      allowed: own.length > 0 ? own : 'the source alone',
    })
  }
  const parts = beside.parts.filter(part => asked.has(part))
  if (parts.length === 0) return { parts, base: undefined }
  const { output } = options
  const where = parts.map(text).join(' ')
  return { parts, base: beside.baseOf(output, where) }
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
