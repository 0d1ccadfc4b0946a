import { extentValue } from '../ir/affine.ts'
import { identityOf } from '../ir/identity.ts'
import { areIndependent } from '../ir/independent-iterations.ts'
import type { Buffer, Loop, LoopId, Nest, Statement, Store, Update } from '../ir/ir.ts'
import {
  type Bindings,
  compileAffine,
  compileExpr,
  compilePosition,
  compileStep,
  type Environment,
  type Evaluate,
  foldStep,
  inputStorage,
  type Step,
  type Storage,
  stored,
} from './evaluate.ts'
import { bindSizes, InputError } from './sizes.ts'
import { elementCount, logicalValues, type Tensor } from './tensor.ts'

/** How `interpretNest` runs a nest. */
export interface NestOptions {
  /**
   * `reverse` runs the iterations of every parallel loop from last to first: another order that a parallel machine may use, so
   * a result that differs from the forward one is a race. Reduce loops and ordered loops always run forward.
   */
  readonly order?: 'forward' | 'reverse'
}

/**
 * Runs a nest at any step of its schedule, sequentially and with every loop as an ordinary loop. This shows whether a
 * transform preserved the meaning. It cannot detect a missing barrier; the simulator of lowered programs does.
 *
 * @throws InputError as `interpretKernel`; OutOfBounds for an access outside a buffer
 */
export function interpretNest(
  nest: Nest,
  inputs: ReadonlyMap<string, Tensor>,
  sizes: ReadonlyMap<string, number> = new Map(),
  { order = 'forward' }: NestOptions = {},
): Map<string, Tensor> {
  const bound = bindNestSizes(nest, inputs, sizes)
  const storage = new Map<string, Storage>()
  const results = new Map<string, Tensor>()
  const fresh = new Map<LoopId, (() => void)[]>()
  for (const buffer of nest.buffers.values()) {
    const input = inputs.get(buffer.name)
    if (input !== undefined && buffer.role === 'input') {
      storage.set(buffer.name, inputStorage(buffer.name, input))
      continue
    }
    const made = allocate(buffer, bound)
    storage.set(buffer.name, made)
    if (buffer.role === 'output' || buffer.role === 'temporary')
      results.set(buffer.name, { type: made.type, shape: made.shape, data: made.data })
    if (buffer.scope !== undefined) {
      const clear = () => made.data.fill(unwritten(buffer))
      fresh.set(buffer.scope, [...(fresh.get(buffer.scope) ?? []), clear])
    }
  }
  const bindings: Bindings = { sizes: bound, storage: name => storage.get(name) ?? missing(name) }
  const env: Environment = new Int32Array(nest.nextLoop)
  for (const statement of nest.body)
    compileStatement(statement, { ...bindings, fresh, reverse: order === 'reverse' })(env)
  return results
}

/** The sizes of a launch, which must match the fixed sizes of the nest and satisfy the assumptions of its schedule. */
function bindNestSizes(
  nest: Nest,
  inputs: ReadonlyMap<string, Tensor>,
  given: ReadonlyMap<string, number>,
): Map<string, number> {
  for (const [name, value] of nest.fixed)
    if ((given.get(name) ?? value) !== value)
      throw new InputError(
        `${nest.kernel.name}: size ${name} is ${given.get(name)}, but this nest was made for ${value}`,
      )
  const bound = bindSizes(nest.kernel, inputs, new Map([...given, ...nest.fixed]))
  for (const { size, multipleOf, because } of nest.assumptions)
    if ((bound.get(size) as number) % multipleOf !== 0)
      throw new InputError(
        `${nest.kernel.name}: size ${size} is ${bound.get(size)}, but ${because} relies on a multiple of ${multipleOf}`,
      )
  return bound
}

function missing(name: string): never {
  throw new Error(`the nest has no buffer ${name}`)
}

function allocate(buffer: Buffer, sizes: ReadonlyMap<string, number>): Storage {
  const shape = buffer.dims.map(dim => extentValue(dim, sizes))
  const data = logicalValues(buffer.type, elementCount(shape))
  data.fill(unwritten(buffer))
  return { name: buffer.name, type: buffer.type, shape, data }
}

/** A value that reveals reads of elements that have not been written. */
const unwritten = (buffer: Buffer): number => (buffer.type.kind === 'float' ? Number.NaN : 85)

type Run = (env: Environment) => void

interface NestBindings extends Bindings {
  /** Resets the buffers that a loop owns, at the start of each of its iterations. */
  readonly fresh: ReadonlyMap<LoopId, (() => void)[]>
  readonly reverse: boolean
}

function compileStatement(statement: Statement, bindings: NestBindings): Run {
  if (statement.kind !== 'loop') return compileLeaf(statement, bindings)
  const extent = extentValue(statement.extent, bindings.sizes)
  const body = statement.body.map(inner => compileStatement(inner, bindings))
  const clears = bindings.fresh.get(statement.id) ?? []
  const { id } = statement
  if (statement.combine !== undefined) return compileCombine(statement, extent, body, bindings)
  const reverse = bindings.reverse && areIndependent(statement)
  const [only] = body
  if (only !== undefined && body.length === 1 && clears.length === 0 && !reverse)
    return env => {
      for (let i = 0; i < extent; i++) {
        env[id] = i
        only(env)
      }
    }
  return env => {
    for (let i = 0; i < extent; i++) {
      env[id] = reverse ? extent - 1 - i : i
      for (const clear of clears) clear()
      for (const run of body) run(env)
    }
  }
}

/**
 * A combine: each lane folds from the identity, then neighbouring results are folded pairwise until one is left, which
 * is folded into the previous value of the accumulator. The tree is the same for every subgroup width.
 */
function compileCombine(loop: Loop, lanes: number, body: readonly Run[], bindings: Bindings): Run {
  const folds = updatesOf(loop.body).map(update => ({
    target: bindings.storage(update.buffer),
    step: foldStep(update.op, update.value.type),
    identity: identityOf(update.op, update.value.type),
  }))
  return env => {
    const before = folds.map(({ target }) => target.data.slice())
    const found: (typeof before)[] = []
    for (let lane = 0; lane < lanes; lane++) {
      env[loop.id] = lane
      for (const { target, identity } of folds) target.data.fill(identity)
      for (const run of body) run(env)
      found.push(folds.map(({ target }) => target.data.slice()))
    }
    for (const [f, { target, step }] of folds.entries())
      for (let element = 0; element < target.data.length; element++) {
        let level = found.map(lane => lane[f]?.[element] as number)
        while (level.length > 1) level = pairwise(level, step)
        const [total] = level
        target.data[element] = step(before[f]?.[element] as number, total as number)
      }
  }
}

function pairwise(level: readonly number[], step: (a: number, b: number) => number): number[] {
  const next: number[] = []
  for (let i = 0; i < level.length; i += 2)
    next.push(i + 1 < level.length ? step(level[i] as number, level[i + 1] as number) : (level[i] as number))
  return next
}

const updatesOf = (body: readonly Statement[]): Update[] =>
  body.flatMap(s => (s.kind === 'loop' ? updatesOf(s.body) : s.kind === 'update' ? [s] : []))

function compileLeaf(leaf: Store | Update, bindings: Bindings): Run {
  const target = bindings.storage(leaf.buffer)
  const position = compilePosition(target, leaf.index.map(compileAffine))
  const round = stored(target.type)
  const data = target.data
  const guards = leaf.where.map(g => ({
    index: compileAffine(g.index),
    below: extentValue(g.below, bindings.sizes),
    isTail: g.peeled === 'tail',
  }))
  const run =
    leaf.kind === 'store' ? store(compileExpr(leaf.value, bindings)) : update(compileStep(leaf, leaf.value, bindings))
  if (guards.length === 0) return run
  return env => {
    for (const { index, below, isTail } of guards) if (index(env) < below === isTail) return
    run(env)
  }

  function store(value: Evaluate): Run {
    return env => {
      data[position(env)] = round(value(env))
    }
  }
  function update(step: Step): Run {
    return env => {
      const at = position(env)
      data[at] = round(step(data[at] as number, env))
    }
  }
}
