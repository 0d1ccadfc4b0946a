import type { Kernel } from '@qernel/dsl'
import { checkFacts, largestSize } from '@qernel/dsl/internal'
import { UsageError, unknownName } from '../errors/usage-error.ts'

/**
 * Reads `--set D=128`, given once per size that is fixed at compile time.
 * @param whereOf where a size was given, for messages
 * @throws UsageError
 * @throws InputError if a size breaks a fact that the kernel declares
 */
export function sizeOptions(
  texts: readonly string[],
  kernel: Kernel,
  whereOf = (text: string): string => `--set ${text}`,
): ReadonlyMap<string, number> {
  const sizes = assignedSizes(texts, kernel, { whereOf, what: 'a size', least: 0 })
  checkFacts(kernel, sizes)
  return sizes
}

/** How to read options of the form SIZE=N, with the parts of their messages. */
interface Assignment {
  /** Where the option was given. */
  readonly whereOf: (text: string) => string
  /** The meaning of the number. */
  readonly what: string
  readonly least: 0 | 1
}

/**
 * Reads texts of the form `D=128`: one number per size.
 * @throws UsageError
 */
export function assignedSizes(
  texts: readonly string[],
  kernel: Kernel,
  { whereOf, what, least }: Assignment,
): ReadonlyMap<string, number> {
  const names = kernel.sizes.map(size => size.name)
  const sizes = new Map<string, number>()
  for (const text of texts) {
    const where = whereOf(text)
    const parts = /^([^=]*)=(.*)$/s.exec(text)
    if (parts === null) {
      throw new UsageError({
        what: `'${text}' is not of the form SIZE=N`,
        where,
        allowed: names.map(name => `${name}=N`),
      })
    }
    const [, name = '', digits = ''] = parts
    if (!names.includes(name)) throw unknownName('size', name, names, { where })
    const value = /^\d+$/.test(digits) ? Number(digits) : Number.NaN
    if (!(value >= least && value <= largestSize)) {
      throw new UsageError({
        what: `'${digits}' is not ${what}`,
        where,
        allowed: `a whole number from ${least} to ${largestSize}`,
      })
    }
    if (sizes.has(name)) {
      throw new UsageError({ what: `size ${name} is given twice, as ${sizes.get(name)} and ${value}`, where })
    }
    sizes.set(name, value)
  }
  return sizes
}
