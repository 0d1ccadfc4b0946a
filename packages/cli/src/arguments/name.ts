import type { Kernel } from '@qernel/dsl'
import { UsageError } from '../errors/usage-error.ts'

/**
 * Reads `--name NAME`: the name of a kernel in generated files.
 * @throws UsageError if it is not a name, or an array or a size of the kernel has it
 */
export function nameOption(text: string, { tensors, sizes }: Kernel, where = `--name ${text}`): string {
  const taken = [...tensors, ...sizes].map(({ name }) => name)
  if (taken.includes(text)) {
    throw new UsageError({
      what: `${text} is already a name in the kernel`,
      where,
      allowed: `any name except ${taken.join(', ')}`,
    })
  }
  if (/^[A-Za-z]\w{0,62}$/.test(text)) return text
  throw new UsageError({
    what: `'${text}' is not a valid name for a kernel`,
    where,
    allowed: 'letters, digits and _, starting with a letter, at most 63 characters',
  })
}
