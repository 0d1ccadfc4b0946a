import { roundUpTo } from '@qernel/dsl/internal'

/** The wanted size rounded up to one that the kernel accepts, or the largest accepted size if that is smaller. */
export function validSize(
  wanted: number,
  { multipleOf = 1, atMost }: { readonly multipleOf?: number | undefined; readonly atMost?: number | undefined },
): number {
  const rounded = roundUpTo(wanted, multipleOf)
  return atMost === undefined ? rounded : Math.min(rounded, Math.floor(atMost / multipleOf) * multipleOf)
}
