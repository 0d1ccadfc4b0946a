import type { RefusalCode } from './refusal.ts'

/** The general meaning of each refusal code, for the documentation and help. The message of a refusal explains the particular case. */
export const refusalMeanings: Readonly<Record<RefusalCode, string>> = {
  'unknown-transform': 'There is no transform with this name.',
  'bad-argument':
    'An argument is missing, unknown, of the wrong type or out of range, or it names a stage that the kernel does not have.',
  'no-such-loop': 'At this step the nest has no loop or axis with this name.',
  'no-such-buffer': 'There is no tensor with this name, or nothing at the place named by the step reads it.',
  'does-not-divide':
    'The step needs a size or an extent to be a multiple of a factor, which it is known not to be. Use another factor, or let `predicate(AXIS=mask)` guard the rest.',
  'not-parallel':
    'The iterations of the loop feed one accumulator, pass values on, or all write the same elements, so threads cannot run them independently. `splitReduction` distributes parts of a reduction over threads.',
  'not-serial':
    'The step applies to serial loops, and this one already runs in another mode (unrolled, vector, or bound to threads).',
  'not-bound':
    'The step, or the schedule as a whole, needs a loop that is bound to threads or workgroups; this one is not.',
  'not-nested':
    'The loops are not nested as the step requires: workgroups outside threads, each loop directly inside the previous one, with no other statement beside it.',
  'not-constant':
    'The step needs the number of iterations at compile time, but it is only known at launch. Split the loop, or fix the size.',
  'already-bound':
    'Another loop already uses this dimension of the grid or the block, or this axis; or the loop itself is already bound.',
  'accesses-differ':
    'One copy cannot serve these loads of the tensor: they use different rows or strides, or computed positions.',
  'written-inside':
    'The tensor is written inside the loop for which the copy would be made, so the copy could be stale.',
  'word-split':
    'Several narrow elements share one word of the target, and one thread must store each word whole. The schedule gives parts of a word to different threads, and no repair works with it.',
  reassociates:
    'The step would add the elements of a floating-point sum in another order, which changes the result. Transforms with the argument `reassociate=true` allow it.',
  'over-limit': 'A factor exceeds what one thread or the generated code can hold. Generated code counts in 32 bits.',
  'device-limit':
    'The complete schedule needs more threads per workgroup, bytes of shared memory or arrays than the target has. The refusal points at the first step after which it does.',
  'lanes-differ':
    'Lanes that combine their parts must be all the threads along one dimension of the workgroup, so that every thread reaches the barrier. Lanes of subgroups must be a power of two of threads apart: 1 along block.x, the threads along block.x on block.y.',
  'grids-differ':
    'Neighbouring loops of one dispatch that are bound to the same dimension of the grid run on the same workgroups, so they need the same number of iterations.',
  'no-subgroups': 'The target has no subgroup operations. Combine lanes through shared memory instead.',
  depends: 'A stage would read values that have not been computed yet, or that another iteration or thread computes.',
  'not-owner':
    'A buffer in registers belongs to the thread that writes it, but another thread would read it. Use shared memory to pass values on.',
}
