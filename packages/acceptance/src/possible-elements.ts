/** Computes single elements of large results from only the elements that they depend on. */
import { affine, type Kernel, type Stage, type Tensor } from '@qernel/dsl'
import { bindSizes, elementCount } from '@qernel/dsl/internal'
import type { Possible } from './possible.ts'
import {
  affineValue,
  compileStage,
  type Elements,
  type Environment,
  type Freedoms,
  seenInput,
  type World,
} from './possible-results.ts'
import { extentsOf } from './program.ts'

/**
 * The tensors of a kernel, whose elements are computed on demand.
 *
 * @throws InputError for inputs that `interpretKernel` refuses
 */
export function possibleElements(
  kernel: Kernel,
  inputs: ReadonlyMap<string, Tensor>,
  given: ReadonlyMap<string, number>,
  freedoms: Freedoms,
  onTerm?: World['onTerm'],
): ReadonlyMap<string, Elements> {
  const sizes = bindSizes(kernel, inputs, given)
  const tensors = new Map([...inputs].map(([name, tensor]) => [name, seenInput(tensor, freedoms)] as const))
  for (const { name, dims, type } of kernel.tensors) {
    if (inputs.has(name)) continue
    const shape = dims.map(dim => affine.extentValue(dim, sizes))
    const stages = kernel.stages.filter(({ tensor }) => tensor === name)
    tensors.set(name, elementsOnDemand(stages, shape, type, { sizes, tensors, freedoms, ...(onTerm && { onTerm }) }))
  }
  return tensors
}

function elementsOnDemand(
  stages: readonly Stage[],
  shape: readonly number[],
  type: Tensor['type'],
  world: World,
): Elements {
  const known = new Map<number, Possible>()
  const compiled = stages.map(stage => ({ stage, valueAt: compileStage(stage, type, world) }))
  const compute = (position: number): Possible => {
    const index = indexOf(position, shape)
    for (const { stage, valueAt } of compiled) {
      const env = pointOf(stage, index, world.sizes)
      if (env !== undefined) return valueAt(env)
    }
    return 0
  }
  return {
    shape,
    at(position) {
      const before = known.get(position)
      if (before !== undefined) return before
      const value = compute(position)
      known.set(position, value)
      return value
    },
  }
}

function indexOf(position: number, shape: readonly number[]): readonly number[] {
  let rest = position
  let below = elementCount(shape)
  return shape.map(extent => {
    below /= extent
    const at = Math.floor(rest / below)
    rest -= at * below
    return at
  })
}

/**
 * The point of the axes at which a stage writes an element; undefined if it does not write it. Every dimension has its
 * own axes, and longer strides step over whole runs of the shorter ones, since that is what groups and records produce.
 */
function pointOf(stage: Stage, index: readonly number[], sizes: ReadonlyMap<string, number>): Environment | undefined {
  const extents = new Map(
    extentsOf(stage.axes, sizes).map((extent, i) => [(stage.axes[i] as { id: number }).id, extent]),
  )
  const env: Environment = new Map(stage.axes.map(({ id }) => [id, 0]))
  for (const [dimension, { constant, terms }] of stage.index.entries()) {
    let rest = (index[dimension] as number) - constant
    for (const [id, stride] of [...terms].sort(([, a], [, b]) => b - a)) {
      const last = (extents.get(id) as number) - 1
      const at = Math.min(Math.floor(rest / stride), last)
      env.set(id, at)
      rest -= at * stride
    }
    if (rest !== 0) return undefined
  }
  const isInside = [...env.values()].every(value => value >= 0)
  const holds = stage.where.every(({ index: at, below }) => affineValue(at, env) < affine.extentValue(below, sizes))
  return isInside && holds ? env : undefined
}
