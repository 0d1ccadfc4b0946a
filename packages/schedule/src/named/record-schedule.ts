/** How the named schedules write records: rows of bytes of several fields. */
import type { Axis, Kernel, Stage } from '@qernel/dsl'
import { nameOfStage } from '@qernel/dsl/internal'
import type { Step } from '../steps/transform.ts'
import { bind } from '../transforms/bind.ts'
import { cache } from '../transforms/cache.ts'
import { fuse } from '../transforms/fuse.ts'

/** Records whose rows have a constant length: several of them may share a word, so they meet in shared memory. */
export const isField = (kernel: Kernel, { tensor }: Stage): boolean =>
  kernel.stages.filter(other => other.tensor === tensor).length > 1 &&
  typeof kernel.tensors.find(({ name }) => name === tensor)?.dims.at(-1) === 'number'

/** One workgroup per row of records, one thread per element of a field; whoever comes first writes the words. */
export function recordRows(kernel: Kernel): Step[] {
  const fields = kernel.stages.filter(stage => isField(kernel, stage))
  return [...new Set(fields.map(stage => stage.tensor))].flatMap(tensor => {
    const [first, ...others] = fields.filter(stage => stage.tensor === tensor) as [Stage, ...Stage[]]
    const rank = first.index.length - 1
    const rows = first.axes.slice(0, rank)
    const grid = Object.fromEntries([...rows].reverse().map((axis, i) => [axis.name, `grid.${'xyz'[Math.min(i, 2)]}`]))
    const threads = [first, ...others].map(stage => {
      const inner = stage.axes.slice(rank).reverse()
      const bound = inner.slice(0, 3).map((axis, i) => [axis.name, `block.${'xyz'[i]}`])
      return bind({ ...Object.fromEntries(bound), stage: nameOfStage(stage) })
    })
    return [
      ...others.map(stage => fuse({ producer: nameOfStage(first), consumer: nameOfStage(stage), loops: rank })),
      bind({ ...grid, stage: nameOfStage(first) }),
      ...threads,
      cache({ buffer: tensor, memory: 'shared', at: (rows.at(-1) as Axis).name, stage: nameOfStage(first) }),
      bind({ [`${tensor}_out`]: 'block.x', stage: nameOfStage(first) }),
    ]
  })
}
