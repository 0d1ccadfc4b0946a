/**
 * What steps leave of a workgroup at least. This is a hint that saves time, not a rule: a schedule whose threads or shared memory no later step can bring
 * within the limits need not be finished. A step without a hint may do anything.
 */
import type * as builtIn from '../transforms/index.ts'

interface Hint {
  /** A workgroup has as many threads as before, or more; or fewer by a product of the numbers of the step at most. */
  readonly threads: 'kept' | 'divided'
  /** A workgroup has as many bytes of shared memory as before, or more. */
  readonly bytes?: 'kept'
}

const hints: Readonly<Partial<Record<string, Hint>>> = {
  cache: { threads: 'kept' },
  coarsen: { threads: 'divided' },
  grid: { threads: 'kept' },
  hint: { threads: 'kept', bytes: 'kept' },
  hoist: { threads: 'kept' },
  occupancy: { threads: 'kept', bytes: 'kept' },
  pipeline: { threads: 'kept' },
  predicate: { threads: 'kept', bytes: 'kept' },
  reuse: { threads: 'kept' },
  unroll: { threads: 'kept', bytes: 'kept' },
  vectorize: { threads: 'divided' },
} satisfies Partial<Record<keyof typeof builtIn, Hint>>

export const workgroupHint = (transform: string): Hint | undefined => hints[transform]
