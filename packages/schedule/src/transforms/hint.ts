import type { Nest } from '@qernel/dsl'
import * as v from 'valibot'
import { type Refusal, refuse } from '../legality/refusal.ts'
import { leavesOf } from '../nest/statements.ts'
import { nearestFirst } from '../rewrites/loop-selection.ts'
import { bufferName, choice } from '../steps/parameters.ts'
import { defineTransform } from '../steps/transform.ts'

/**
 * Says how a tensor passes through the caches. `streaming`: each element is used once, so it should leave the caches first
 * (CUDA `__ldcs`, `__stcs`). `readonly`: loads go through the read-only path (`__ldg`), for tensors that the kernel does not
 * write. `default` removes a hint. Results never depend on hints. WGSL has no cache hints and ignores them.
 *
 *     q[t, d] = x[t, d] / scale[d]     →     the same, with x read by __ldcs
 */
export const hint = defineTransform({
  name: 'hint',
  summary: 'says how a tensor passes through the caches: cache hints on loads and stores in CUDA, no effect elsewhere',
  parameters: v.strictObject({ buffer: bufferName(), cache: choice(['streaming', 'readonly', 'default']) }),
  numerics: 'exact',
  example: 'tile(t=4,d=64) vectorize(d=4) hint(buffer=x,cache=streaming)',
  apply(nest, { buffer: name, cache }): Nest | Refusal {
    const buffer = nest.buffers.get(name)
    const globals = [...nest.buffers.values()].filter(b => b.memory === 'global').map(b => b.name)
    if (buffer?.memory !== 'global')
      return refuse(
        'no-such-buffer',
        buffer === undefined
          ? `there is no tensor ${name}`
          : `${name} is in ${buffer.memory} memory, which has no caches`,
        [],
        nearestFirst(name, globals),
      )
    if (cache === 'readonly' && leavesOf(nest.body).some(({ leaf }) => leaf.buffer === name))
      return refuse('written-inside', `the kernel writes ${name}, so it is not read-only`, [], ['cache=streaming'])
    const { hint: _, ...plain } = buffer
    const changed = cache === 'default' ? plain : { ...plain, hint: cache }
    return { ...nest, buffers: new Map([...nest.buffers].map(([key, b]) => [key, key === name ? changed : b])) }
  },
})
