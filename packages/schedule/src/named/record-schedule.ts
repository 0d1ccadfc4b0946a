/** How the named schedules write records: rows of bytes of several fields. */
import type { Axis, Extent, Kernel, Stage } from '@qernel/dsl'
import { flatMap, greatestCommonDivisor, nameOfStage } from '@qernel/dsl/internal'
import type { Step } from '../steps/transform.ts'
import { bind } from '../transforms/bind.ts'
import { cache } from '../transforms/cache.ts'
import { fuse } from '../transforms/fuse.ts'
import { split } from '../transforms/split.ts'

const rowOf = (kernel: Kernel, { tensor }: Stage): Extent | undefined =>
  kernel.tensors.find(({ name }) => name === tensor)?.dims.at(-1)

/** The bytes of a record that does not fill whole words, if a size gives the number of records in a row. */
const bytesOfRecord = (row: Extent | undefined): number | undefined => (typeof row === 'object' ? row.times : undefined)

/** Whether a stage is a field of records of constant length: several records may share a word, so they are collected in shared memory. */
export const isField = (kernel: Kernel, stage: Stage): boolean => {
  const row = rowOf(kernel, stage)
  return (
    kernel.stages.filter(other => other.tensor === stage.tensor).length > 1 &&
    (typeof row === 'number' || bytesOfRecord(row) !== undefined)
  )
}

/**
 * One workgroup per row of records, or per smallest number of records that fills whole words; one thread per element of
 * a field; the first threads write the words.
 */
export function recordRows(kernel: Kernel): Step[] {
  const fields = kernel.stages.filter(stage => isField(kernel, stage))
  return flatMap(new Set(fields.map(stage => stage.tensor)), tensor => {
    const [first, ...others] = fields.filter(stage => stage.tensor === tensor) as [Stage, ...Stage[]]
    const bytes = bytesOfRecord(rowOf(kernel, first))
    const rank = first.index.length - 1
    const shared = bytes === undefined ? rank : rank + 1
    const outside = first.axes.slice(0, shared)
    const grid = Object.fromEntries(
      [...outside].reverse().map((axis, i) => [axis.name, `grid.${'xyz'[Math.min(i, 2)]}`]),
    )
    const runOf = (stage: Stage) => `${(stage.axes[rank] as Axis).name}_run`
    const cut = (stage: Stage, by: number) =>
      split({ loop: (stage.axes[rank] as Axis).name, by, inner: runOf(stage), stage: nameOfStage(stage) })
    const threads = [first, ...others].map(stage => {
      const inner = stage.axes.slice(shared).map(axis => axis.name)
      const loops = [...(bytes === undefined ? [] : [runOf(stage)]), ...inner].reverse()
      const bound = loops.slice(0, 3).map((name, i) => [name, `block.${'xyz'[i]}`])
      return bind({ ...Object.fromEntries(bound), stage: nameOfStage(stage) })
    })
    return [
      ...(bytes === undefined ? [] : [first, ...others].map(stage => cut(stage, 4 / greatestCommonDivisor(bytes, 4)))),
      ...others.map(stage => fuse({ producer: nameOfStage(first), consumer: nameOfStage(stage), loops: shared })),
      bind({ ...grid, stage: nameOfStage(first) }),
      ...threads,
      cache({ buffer: tensor, memory: 'shared', at: (outside.at(-1) as Axis).name, stage: nameOfStage(first) }),
      bind({ [`${tensor}_out`]: 'block.x', stage: nameOfStage(first) }),
    ]
  })
}
