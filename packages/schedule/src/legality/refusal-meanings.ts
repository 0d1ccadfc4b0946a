import type { RefusalCode } from './refusal.ts'

/** What each code of a refusal says, in general: the page of the documentation, and help. The message of a refusal says it in particular. */
export const refusalMeanings: Readonly<Record<RefusalCode, string>> = {
  'unknown-transform': 'No transform has the name of the step.',
  'bad-argument':
    'An argument is missing, unknown, of the wrong type, or outside the values that it can have; or it names a stage that the kernel does not have.',
  'no-such-loop': 'No loop or axis of the nest, as it is at this step, has the name.',
  'no-such-buffer': 'No tensor has the name, or nothing in the place that the step is about reads it.',
  'does-not-divide':
    'The step needs a size or an extent to be a multiple of another, and it is known not to be. Another factor divides, or `predicate(AXIS=mask)` guards the rest.',
  'not-parallel':
    'The iterations of the loop feed one accumulator, hand values on, or all write the same elements, so they cannot be given to threads as they are. `splitReduction` gives parts of a reduction to threads.',
  'not-serial':
    'The loop already runs in another mode (unrolled, a vector, bound to threads), and the step is about serial loops.',
  'not-bound':
    'The step, or the schedule as a whole, needs the loop to be bound to threads or workgroups, and it is not.',
  'not-nested':
    'The loops do not stand in each other the way the step needs: workgroups outside threads, one directly inside the next, with no other statement beside.',
  'not-constant':
    'The step needs the number of iterations when compiling, and the launch decides it. Split the loop, or fix the size.',
  'already-bound':
    'The dimension of the grid or the block, or the axis, is taken by another loop; or the loop itself is bound.',
  'accesses-differ':
    'The loads of the tensor go to places that one copy cannot serve: different rows or strides, or places that are computed.',
  'written-inside': 'The tensor is written below the place where the copy would be made, so the copy could be stale.',
  'word-split':
    'Elements narrower than the words of the target lie several in a word, and a word has to be stored whole by one thread. The schedule gives parts of a word to different threads, and no repair goes with it.',
  reassociates:
    'The step would add the elements of a floating-point sum in another order, which changes the result. `reassociate=true` allows it where the transform has that argument.',
  'over-limit': 'A factor beyond what one thread or the generated code should hold: code counts in 32 bits.',
  'device-limit':
    'The schedule as a whole needs more than the target has: threads per workgroup, bytes of shared memory, arrays. It is refused at the step since which it does.',
  'lanes-differ':
    'Lanes that fold their parts together are all the threads along one dimension of the workgroup, so that no thread is left out where they meet; lanes of subgroups are those along block.x.',
  'grids-differ':
    'Loops beside each other in one dispatch that are bound to one dimension of the grid are the same workgroups, so they have as many iterations.',
  'no-subgroups': 'The target has no subgroup operations. Lanes can meet through shared memory instead.',
  depends: 'A stage would read what has not been computed yet, or what another iteration or thread computes.',
  'not-owner':
    'A buffer in registers belongs to the thread that writes it, and another thread would read it. Shared memory is the way to pass it on.',
}
