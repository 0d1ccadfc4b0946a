/** How the named schedules write groups of narrow elements that do not fill whole words: several groups meet, and words go out whole. */
import { type Axis, affine, type Kernel, type Stage } from '@qernel/dsl'
import { elementsPerUnit, leastCommonMultiple, nameOfStage } from '@qernel/dsl/internal'
import type { Step } from '../steps/transform.ts'
import { bind } from '../transforms/bind.ts'
import { cache } from '../transforms/cache.ts'
import { reorder } from '../transforms/reorder.ts'
import { split } from '../transforms/split.ts'
import { isField } from './record-schedule.ts'

/** A row that is walked in groups, each of which begins and ends inside a word. */
interface PartWords {
  readonly group: Axis
  readonly element: Axis
  /** Elements of the fewest groups that are whole words together. */
  readonly elements: number
  /** How many groups those are. */
  readonly groups: number
}

/** Threads that every device has for a workgroup. */
const mostThreads = 256

export function partWords(kernel: Kernel, stage: Stage): PartWords | undefined {
  const tensor = kernel.tensors.find(({ name }) => name === stage.tensor)
  const last = stage.index.at(-1)
  if (tensor === undefined || last === undefined || last.terms.size !== 2 || isField(kernel, stage)) return undefined
  const element = stage.axes.find(({ id }) => affine.coefficient(last, id) === 1)
  const length = element?.extent
  const group = stage.axes.find(({ id }) => affine.coefficient(last, id) === length)
  const unit = elementsPerUnit(tensor.type)
  if (element === undefined || group === undefined || typeof length !== 'number' || length % unit === 0)
    return undefined
  const elements = leastCommonMultiple(length, unit)
  return { group, element, elements, groups: elements / length }
}

/**
 * As many groups per workgroup as are whole words together: one thread per element, or one thread per group where those would be too many. They meet
 * in shared memory, and the first threads write the words.
 */
export function groupsThatMeet(kernel: Kernel, stage: Stage, { group, element, elements, groups }: PartWords): Step[] {
  const only = kernel.stages.length > 1 ? { stage: nameOfStage(stage) } : {}
  const others = stage.axes.filter(axis => axis !== group && axis !== element)
  const byLength = [...others].sort((a, b) => extent(b) - extent(a))
  const onGrid = others.filter(axis => byLength.indexOf(axis) < 2)
  const walked = others.filter(axis => byLength.indexOf(axis) >= 2)
  const inner = `${group.name}_in`
  const outside = [...onGrid, group, ...walked].map(({ name }) => name)
  const grid = onGrid.map(({ name }, i) => [name, `grid.${'yz'[onGrid.length - 1 - i]}`])
  const threads = elements <= mostThreads ? { [inner]: 'block.y', [element.name]: 'block.x' } : { [inner]: 'block.x' }
  return [
    split({ loop: group.name, by: groups, inner, ...only }),
    reorder({ order: [...outside, inner, element.name].join('.'), ...only }),
    bind({ ...Object.fromEntries(grid), [group.name]: 'grid.x', ...threads, ...only }),
    cache({ buffer: stage.tensor, memory: 'shared', at: outside.at(-1) as string, ...only }),
  ]
}

/** For comparing axes: a size counts as long. */
const extent = ({ extent: length }: Axis): number => (typeof length === 'number' ? length : Number.POSITIVE_INFINITY)
