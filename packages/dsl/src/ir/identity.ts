import type { ReduceOperation } from './ir.ts'
import type { ComputeType } from './types.ts'

/** The identity of the operation: the value of a lane without elements. */
export function identityOf(op: ReduceOperation, type: ComputeType): number {
  if (op === 'sum') return 0
  const largest = op === 'min'
  if (type === 'f32') return largest ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY
  if (type === 'i32') return largest ? 2 ** 31 - 1 : -(2 ** 31)
  return largest ? 2 ** 32 - 1 : 0
}
