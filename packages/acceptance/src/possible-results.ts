/** Computes all results that a device may give for a definition. */
import { affine, type Expr, isAffine, type Kernel, type Stage, type Tensor } from '@qernel/dsl'
import { bindSizes, elementCount, factorsOf, isNarrowFloat, stored } from '@qernel/dsl/internal'
import { type Freedom, flushed, operationOn } from './operate.ts'
import { anyOf, asSeveral, becauseOf, type Possible, valuesOf } from './possible.ts'
import { extentsOf, type Line, type Program, programOf } from './program.ts'
import { anything } from './ranges.ts'
import { OpenSum } from './sum-bound.ts'

export interface Freedoms extends Freedom {
  /** Whether float sums may be taken in any order, as in a schedule with `reassociate=true`. */
  readonly sumsInAnyOrder: boolean
}

/** A tensor of possible values, row-major. */
export interface PossibleTensor {
  readonly shape: readonly number[]
  readonly values: ArrayLike<Possible>
}

/**
 * The possible values of every element of every output and temporary. An element that is a single number has no open
 * choice in its history: every device must give that number.
 *
 * @throws InputError for inputs that `interpretKernel` refuses
 */
export function possibleResults(
  kernel: Kernel,
  inputs: ReadonlyMap<string, Tensor>,
  given: ReadonlyMap<string, number>,
  freedoms: Freedoms,
): Map<string, PossibleTensor> {
  const sizes = bindSizes(kernel, inputs, given)
  const tensors = new Map<string, Elements>()
  for (const [name, tensor] of inputs) {
    const seen = seenInput(tensor, freedoms)
    const values = Array.from(tensor.data, (_, position) => seen.at(position))
    tensors.set(name, elementsOf({ shape: tensor.shape, values }))
  }
  const results = new Map<string, PossibleTensor & { readonly values: Possible[] }>()
  for (const stage of kernel.stages) {
    const tensor = kernel.tensors.find(({ name }) => name === stage.tensor) as Kernel['tensors'][number]
    let result = results.get(stage.tensor)
    if (result === undefined) {
      const shape = tensor.dims.map(dim => affine.extentValue(dim, sizes))
      result = { shape, values: new Array<Possible>(elementCount(shape)).fill(0) }
      tensors.set(stage.tensor, elementsOf(result))
      results.set(stage.tensor, result)
    }
    const { shape, values } = result
    const valueAt = compileStage(stage, tensor.type, { sizes, tensors, freedoms })
    overAxes(stage.axes, stage.where, sizes, new Map(), env => {
      values[positionAt(stage, shape, env)] = valueAt(env)
    })
  }
  return results
}

/** A tensor as seen by the stages that read it. */
export interface Elements {
  readonly shape: readonly number[]
  at(position: number): Possible
}

const elementsOf = ({ shape, values }: PossibleTensor): Elements => ({ shape, at: i => values[i] as Possible })

/** An input as a device loads it. */
export function seenInput({ type, shape, data }: Tensor, freedoms: Freedoms): Elements {
  const round = stored(type)
  const see = type.kind === 'float' && !freedoms.keepsDenormals ? (x: number) => flushed(round(x)) : round
  return { shape, at: position => see(data[position] as number) }
}

/** Everything that computing a stage needs. */
export interface World {
  readonly sizes: ReadonlyMap<string, number>
  readonly tensors: ReadonlyMap<string, Elements>
  readonly freedoms: Freedoms
  /** Called for each term of each reduction. It may throw to end the computation. */
  readonly onTerm?: () => void
}

/** Loop values by loop. */
export type Environment = Map<number, number>
type Instruction = (env: Environment) => Possible

/** The value of a stage at one point of its axes, as its tensor stores it. */
export function compileStage(
  stage: Stage,
  type: Kernel['tensors'][number]['type'],
  world: World,
): (env: Environment) => Possible {
  const program = programOf(stage.value)
  const values: Possible[] = new Array<Possible>(program.slots.size).fill(0)
  const run = compileLine(program.root, program, values, world)
  const slot = program.slots.get(stage.value) as number
  const narrow = isNarrowFloat(type) ? operationOn(narrowTo(type), world.freedoms) : ([p]: Possible[]) => p as Possible
  return env => {
    run(env)
    return narrow([values[slot] as Possible])
  }
}

/** The position that a stage writes at one point of its axes. */
const positionAt = ({ index }: Stage, shape: readonly number[], env: Environment): number =>
  positionOf(
    index.map(each => affineValue(each, env)),
    shape,
  ) as number

const narrowTo = (to: Kernel['tensors'][number]['type']): Expr & { kind: 'op' } => ({
  kind: 'op',
  op: 'narrow',
  type: 'f32',
  to,
  args: [{ kind: 'const', type: 'f32', value: 0 }],
})

/** Runs the instructions of a line: each stores its value in its slot. */
function compileLine(line: Line, program: Program, values: Possible[], world: World): (env: Environment) => void {
  const steps = line.nodes.map((node): [slot: number, Instruction] => [
    program.slots.get(node) as number,
    compileNode(node, program, values, world),
  ])
  return env => {
    for (const [slot, instruction] of steps) values[slot] = instruction(env)
  }
}

function compileNode(node: Expr, program: Program, values: Possible[], world: World): Instruction {
  const { sizes, tensors, freedoms } = world
  const slotOf = (e: Expr): number => program.slots.get(e) as number
  switch (node.kind) {
    case 'const': {
      const value = node.type === 'f32' && !freedoms.keepsDenormals ? flushed(node.value) : node.value
      return () => value
    }
    case 'size': {
      const value = sizes.get(node.size) as number
      return () => value
    }
    case 'index':
      return env => affineValue(node.index, env)
    case 'load': {
      const tensor = tensors.get(node.buffer) as Elements
      const index = node.index.map(each => (isAffine(each) ? each : slotOf(each)))
      return env => {
        const positions = index.map(each =>
          typeof each === 'number' ? (values[each] as Possible) : affineValue(each, env),
        )
        const gathered = index.map(each => typeof each === 'number')
        return load(tensor, positions, gathered, node.type)
      }
    }
    case 'op': {
      const operate = operationOn(node, freedoms)
      const slots = node.args.map(slotOf)
      return () => operate(slots.map(slot => values[slot] as Possible))
    }
    case 'reduce':
      return compileReduction(node, program, values, world)
  }
}

function compileReduction(
  node: Expr & { readonly kind: 'reduce' },
  program: Program,
  values: Possible[],
  world: World,
): Instruction {
  const { sizes, freedoms, onTerm } = world
  const { op, type, axes, where, body, identity } = node
  const line = compileLine(program.lineOf.get(node) as Line, program, values, world)
  const run =
    onTerm === undefined
      ? line
      : (env: Environment): void => {
          onTerm()
          line(env)
        }
  const slot = program.slots.get(body) as number
  if (op === 'sum' && type === 'f32' && freedoms.sumsInAnyOrder) {
    const factors = node.fused ? factorsOf(body).map(factor => program.slots.get(factor) as number) : undefined
    return env => {
      const sum = new OpenSum({ flushes: !freedoms.keepsDenormals, fused: node.fused === true })
      overAxes(axes, where, sizes, env, inner => {
        run(inner)
        const term = values[slot] as Possible
        if (factors === undefined) sum.add(term)
        else
          sum.addProduct(
            term,
            factors.map(factor => values[factor] as Possible),
          )
      })
      return sum.total()
    }
  }
  const step = node.fused
    ? fusedStep(body, program, values, freedoms)
    : roundedStep(operationOn({ kind: 'op', op: op === 'sum' ? 'add' : op, type, args: [body, body] }, freedoms))
  return env => {
    let accumulator: Possible = identity
    overAxes(axes, where, sizes, env, inner => {
      run(inner)
      accumulator = step(accumulator)
    })
    return accumulator
  }

  function roundedStep(operate: (args: Possible[]) => Possible): (accumulator: Possible) => Possible {
    return accumulator => operate([accumulator, values[slot] as Possible])
  }
}

/** The step of a fused sum, from the values of the factors. */
function fusedStep(
  product: Expr,
  { slots }: Program,
  values: readonly Possible[],
  freedoms: Freedoms,
): (accumulator: Possible) => Possible {
  const factors = factorsOf(product)
  const operate = operationOn({ kind: 'op', op: 'fma', type: 'f32', args: [...factors, product] }, freedoms)
  const [a, b] = factors.map(factor => slots.get(factor) as number) as [number, number]
  return accumulator => operate([values[a] as Possible, values[b] as Possible, accumulator])
}

/** An element, or the union of several possible elements. Gathered subscripts are clamped to the dimension. */
function load(
  { shape, at: elementAt }: Elements,
  index: readonly Possible[],
  gathered: readonly boolean[],
  type: Expr['type'],
): Possible {
  if (gathered.some((is, dimension) => is && shape[dimension] === 0)) return 0
  let positions: readonly number[][] = [[]]
  let because = 0
  for (const [dimension, each] of index.entries()) {
    const last = (shape[dimension] as number) - 1
    because |= becauseOf(each)
    let choices = valuesOf(each) ?? between(Math.max(0, asSeveral(each).low), Math.min(last, asSeveral(each).high))
    if (gathered[dimension]) choices = [...new Set(choices.map(at => Math.max(0, Math.min(at, last))))]
    positions =
      choices.length === 1
        ? positions.map(path => [...path, choices[0] as number])
        : positions.flatMap(path => choices.map(at => [...path, at]))
  }
  const found = positions.map(path => {
    const at = positionOf(path, shape)
    return at === undefined ? anything(type) : elementAt(at)
  })
  return found.length === 1 ? (found[0] as Possible) : anyOf(found, because)
}

const between = (low: number, high: number): number[] =>
  Array.from({ length: Math.max(1, high - low + 1) }, (_, i) => low + i)

/** Undefined if out of bounds. */
function positionOf(index: readonly number[], shape: readonly number[]): number | undefined {
  let position = 0
  for (const [dimension, extent] of shape.entries()) {
    const at = index[dimension] as number
    if (at < 0 || at >= extent) return undefined
    position = position * extent + at
  }
  return position
}

export function affineValue({ constant, terms }: Stage['index'][number], env: Environment): number {
  let sum = constant
  for (const [loop, coefficient] of terms) sum += coefficient * (env.get(loop) as number)
  return sum
}

/** Runs `body` at every point where the guards hold, the last axis fastest. */
function overAxes(
  axes: Stage['axes'],
  where: Stage['where'],
  sizes: ReadonlyMap<string, number>,
  env: Environment,
  body: (env: Environment) => void,
): void {
  const extents = extentsOf(axes, sizes)
  const limits = where.map(({ index, below }) => ({ index, below: affine.extentValue(below, sizes) }))
  const walk = (depth: number): void => {
    if (depth === axes.length) {
      if (limits.every(({ index, below }) => affineValue(index, env) < below)) body(env)
      return
    }
    const id = (axes[depth] as Stage['axes'][number]).id
    for (let i = 0; i < (extents[depth] as number); i++) {
      env.set(id, i)
      walk(depth + 1)
    }
  }
  walk(0)
}
