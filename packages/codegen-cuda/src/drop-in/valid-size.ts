import { roundUpTo } from '@qernel/dsl/internal'

/** The size nearest to one that is wanted, of those that a kernel takes: rounded up where it can be. */
export function validSize(
  wanted: number,
  { multipleOf = 1, atMost }: { readonly multipleOf?: number | undefined; readonly atMost?: number | undefined },
): number {
  const rounded = roundUpTo(wanted, multipleOf)
  return atMost === undefined ? rounded : Math.min(rounded, Math.floor(atMost / multipleOf) * multipleOf)
}
