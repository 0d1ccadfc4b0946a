import { equals, extentValue, sameExtent, variable } from '../ir/affine.ts'
import { visitExpr } from '../ir/expression.ts'
import { freeLoops } from '../ir/free-loops.ts'
import type { Axis, Expr, Guard, Kernel, Stage } from '../ir/ir.ts'
import {
  type Bindings,
  compileAffine,
  compileExpr,
  compilePosition,
  compileStep,
  type Environment,
  inputStorage,
  type Storage,
  stored,
} from './evaluate.ts'
import { bindSizes } from './sizes.ts'
import { elementCount, logicalValues, type Tensor } from './tensor.ts'

/**
 * Runs a kernel as defined: stage after stage, element by element, every reduction in row-major order. Every nest,
 * device program and generated file is compared with this reference.
 *
 * @param inputs logical tensors by name
 * @param sizes values of sizes that no input shape determines
 * @returns the outputs, and the temporaries, by name
 * @throws InputError for missing inputs, wrong ranks, shapes or types, broken size facts
 */
export function interpretKernel(
  kernel: Kernel,
  inputs: ReadonlyMap<string, Tensor>,
  sizes: ReadonlyMap<string, number> = new Map(),
): Map<string, Tensor> {
  const bound = bindSizes(kernel, inputs, sizes)
  const storage = new Map<string, Storage>()
  for (const [name, tensor] of inputs) storage.set(name, inputStorage(name, tensor))
  const results = new Map<string, Tensor>()
  for (const stage of kernel.stages) {
    const tensor = kernel.tensors.find(t => t.name === stage.tensor)
    if (tensor === undefined) throw new Error(`stage ${stage.tensor} has no tensor`)
    // The fields of a record fill one tensor.
    if (!results.has(stage.tensor)) {
      const shape = tensor.dims.map(dim => extentValue(dim, bound))
      const result: Tensor = { type: tensor.type, shape, data: logicalValues(tensor.type, elementCount(shape)) }
      storage.set(stage.tensor, { name: stage.tensor, ...result })
      results.set(stage.tensor, result)
    }
    runStage(stage, { sizes: bound, storage: name => storage.get(name) as Storage })
  }
  return results
}

function runStage(stage: Stage, base: Bindings): void {
  const target = base.storage(stage.tensor)
  const { forget, bindings } = hoistReductions(stage, base)
  const value = compileExpr(stage.value, bindings)
  const position = compilePosition(target, stage.index.map(compileAffine))
  const round = stored(target.type)
  const env: Environment = new Int32Array(highestId(stage) + 1)
  const data = target.data
  const overElements = overAxes(stage.axes, stage.where, base, env => {
    forget()
    data[position(env)] = round(value(env))
  })
  overElements(env)
}

/**
 * Reductions that depend only on the axes of the stage are evaluated once per element, and only on first use, since
 * their loads may be out of bounds where they are not used.
 */
function hoistReductions(stage: Stage, base: Bindings): { forget: () => void; bindings: Bindings } {
  const compiled = new Map<Expr, (env: Environment) => number>()
  const known: { value: number | undefined }[] = []
  const free = freeLoops(stage.value, new Set(stage.axes.map(axis => axis.id)))
  const bindings: Bindings = { ...base, reduce: e => compiled.get(e) as (env: Environment) => number }
  // Inner reductions come first.
  visitExpr(stage.value, node => {
    if (node.kind !== 'reduce') return
    const evaluate = compileReduction(node, bindings)
    if (free.get(node)?.size !== 0) {
      compiled.set(node, evaluate)
      return
    }
    const slot: { value: number | undefined } = { value: undefined }
    known.push(slot)
    compiled.set(node, env => {
      slot.value ??= evaluate(env)
      return slot.value
    })
  })
  return {
    forget: () => {
      for (const slot of known) slot.value = undefined
    },
    bindings,
  }
}

function compileReduction(e: Expr & { kind: 'reduce' }, bindings: Bindings): (env: Environment) => number {
  const step = compileStep(e, e.body, bindings)
  // A reduction never runs inside itself, so one accumulator is enough.
  let accumulator = e.identity
  const fold = overAxes(e.axes, e.where, bindings, env => {
    accumulator = step(accumulator, env)
  })
  return env => {
    accumulator = e.identity
    fold(env)
    return accumulator
  }
}

/** Returns a function that runs `body` at every point of the axes where the guards hold, last axis fastest. */
function overAxes(
  axes: readonly Axis[],
  where: readonly Guard[],
  { sizes }: Bindings,
  body: (env: Environment) => void,
): (env: Environment) => void {
  const extents = axes.map(axis => extentValue(axis.extent, sizes))
  const repeatsExtent = ({ index, below }: Guard) =>
    axes.some(axis => sameExtent(axis.extent, below) && equals(index, variable(axis.id)))
  const guards = where
    .filter(guard => !repeatsExtent(guard))
    .map(g => ({ index: compileAffine(g.index), below: extentValue(g.below, sizes) }))
  const guarded = (env: Environment): void => {
    for (const guard of guards) if (guard.index(env) >= guard.below) return
    body(env)
  }
  return axes.reduceRight(
    (inner, { id }, depth) => {
      const extent = extents[depth] as number
      return env => {
        for (let i = 0; i < extent; i++) {
          env[id] = i
          inner(env)
        }
      }
    },
    guards.length === 0 ? body : guarded,
  )
}

function highestId(stage: Stage): number {
  let highest = Math.max(-1, ...stage.axes.map(axis => axis.id))
  visitExpr(stage.value, node => {
    if (node.kind === 'reduce') for (const axis of node.axes) highest = Math.max(highest, axis.id)
  })
  return highest
}
