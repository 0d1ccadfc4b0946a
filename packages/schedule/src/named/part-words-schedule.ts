/** How the named schedules write groups of narrow elements that do not fill whole words: several groups are collected and written as whole words. */
import { type Axis, affine, type Kernel, type Stage } from '@qernel/dsl'
import { elementsPerUnit, leastCommonMultiple, nameOfStage } from '@qernel/dsl/internal'
import type { Step } from '../steps/transform.ts'
import { bind } from '../transforms/bind.ts'
import { cache } from '../transforms/cache.ts'
import { reorder } from '../transforms/reorder.ts'
import { split } from '../transforms/split.ts'
import { isField } from './record-schedule.ts'

/** A row of groups that may begin and end inside a word. */
interface PartWords {
  readonly group: Axis
  readonly element: Axis
  /** The elements of the fewest groups that together fill whole words. */
  readonly elements: number
  /** The number of those groups. */
  readonly groups: number
}

/** Threads per workgroup that every device supports. */
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
 * Each workgroup takes as many groups as together fill whole words, with one thread per element or, if those would be
 * too many, per group. The elements are collected in shared memory, and the first threads write the words.
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
