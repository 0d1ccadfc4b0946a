/** Expressions as closures: the shared core of the interpreters of kernels and of nests. */
import { factorsOf, foldExpr, isAffine, operandsOutside } from '../ir/expression.ts'
import type { Affine, Expr, ReduceOperation } from '../ir/ir.ts'
import { namedParts } from '../ir/named-parts.ts'
import { type OperationName, operations } from '../ir/operations.ts'
import { type ComputeType, integerRange, isNarrowFloat, type StorageType } from '../ir/types.ts'
import { codecOf } from '../numbers/codecs.ts'
import { fusedMultiplyAdd } from '../numbers/rounding.ts'
import { elementCount, type LogicalValues, logicalValues, type Tensor } from './tensor.ts'

/** Loop values by loop id. */
export type Environment = Int32Array

/** A buffer while it is interpreted: logical values, one per element, row-major. */
export interface Storage {
  readonly name: string
  readonly type: StorageType
  readonly shape: readonly number[]
  readonly data: LogicalValues
}

/** What an expression refers to. */
export interface Bindings {
  readonly sizes: ReadonlyMap<string, number>
  readonly storage: (buffer: string) => Storage
  /** Evaluates a reduction; absent where the grammar has none (nests). */
  readonly reduce?: (e: Expr & { kind: 'reduce' }) => (env: Environment) => number
}

/** An access outside a buffer: always a bug in a definition, a transform or lowering. */
export class OutOfBounds extends Error {
  override readonly name = 'OutOfBounds'
}

export function compileAffine(a: Affine): (env: Environment) => number {
  const loops = [...a.terms.keys()]
  const coefficients = [...a.terms.values()]
  const base = a.constant
  const [first, second, third] = loops as [number, number, number]
  const [c0, c1, c2] = coefficients as [number, number, number]
  if (loops.length === 0) return () => base
  if (loops.length === 1) return env => base + c0 * (env[first] as number)
  if (loops.length === 2) return env => base + c0 * (env[first] as number) + c1 * (env[second] as number)
  const ofThree = (env: Environment): number =>
    base + c0 * (env[first] as number) + c1 * (env[second] as number) + c2 * (env[third] as number)
  if (loops.length === 3) return ofThree
  return env => {
    let sum = ofThree(env)
    for (let i = 3; i < loops.length; i++) sum += (coefficients[i] as number) * (env[loops[i] as number] as number)
    return sum
  }
}

/** The flat position of an element; every subscript is checked against its dimension. */
export function compilePosition(
  storage: Storage,
  index: readonly ((env: Environment) => number)[],
): (env: Environment) => number {
  const { shape, name } = storage
  const outside = (env: Environment): never => {
    throw new OutOfBounds(`${name}[${index.map(f => f(env)).join(', ')}] lies outside ${name}[${shape.join(', ')}]`)
  }
  const [first, second] = index as [(env: Environment) => number, (env: Environment) => number]
  const [rows, columns] = shape as [number, number]
  if (shape.length === 1)
    return env => {
      const at = first(env)
      return at < 0 || at >= rows ? outside(env) : at
    }
  if (shape.length === 2)
    return env => {
      const row = first(env)
      const column = second(env)
      return row < 0 || row >= rows || column < 0 || column >= columns ? outside(env) : row * columns + column
    }
  return env => {
    let position = 0
    for (let i = 0; i < shape.length; i++) {
      const at = (index[i] as (env: Environment) => number)(env)
      const extent = shape[i] as number
      if (at < 0 || at >= extent) return outside(env)
      position = position * extent + at
    }
    return position
  }
}

/** Computes the value of an expression for given loop values. */
export type Evaluate = (env: Environment) => number

/**
 * Expressions as closures of their operands' closures. A named part (`namedParts`) is evaluated once per point of the
 * loops, on first use: an arm of a select that is not taken may contain any index.
 */
export function compileExpr(e: Expr, bindings: Bindings): Evaluate {
  const parts = new Set(namedParts(e))
  const clock = { now: 0 }
  const kept: Part[] = []
  const whole = foldExpr<Evaluate>(
    e,
    (node, of) => {
      const evaluate = compileNode(node, of, bindings)
      if (!parts.has(node)) return evaluate
      const part = new Part(evaluate, clock)
      kept.push(part)
      return env => part.value(env)
    },
    undefined,
    operandsOutside,
  )
  if (kept.length === 0) return whole
  // Evaluating many parts on demand, from the last to the first, would overflow the stack.
  const early = kept.length > mostAtOnce ? kept : []
  return env => {
    clock.now++
    for (const part of early) part.prepare(env)
    return whole(env)
  }
}

/** The most parts that may wait for each other. With the levels that `namedParts` allows for each, they take a tenth of the stack. */
const mostAtOnce = 32

/** The value of a part, kept until the loop values change. */
class Part {
  #at = 0
  #value = 0
  #failure: OutOfBounds | undefined
  readonly #evaluate: Evaluate
  readonly #clock: { readonly now: number }

  constructor(evaluate: Evaluate, clock: { readonly now: number }) {
    this.#evaluate = evaluate
    this.#clock = clock
  }

  value(env: Environment): number {
    if (this.#at !== this.#clock.now) {
      this.#value = this.#evaluate(env)
      this.#at = this.#clock.now
    } else if (this.#failure !== undefined) throw this.#failure
    return this.#value
  }

  /** Evaluates it in advance. An access outside a buffer counts only if the value is used. */
  prepare(env: Environment): void {
    this.#failure = undefined
    try {
      this.value(env)
    } catch (error) {
      if (!(error instanceof OutOfBounds)) throw error
      this.#failure = error
      this.#at = this.#clock.now
    }
  }
}

/** One node, given its compiled operands. */
export function compileNode(e: Expr, of: (operand: Expr) => Evaluate, bindings: Bindings): Evaluate {
  switch (e.kind) {
    case 'const': {
      const value = e.value
      return () => value
    }
    case 'size': {
      const value = bindings.sizes.get(e.size)
      if (value === undefined) throw new Error(`size ${e.size} has no value`)
      return () => value
    }
    case 'index': {
      const index = compileAffine(e.index)
      return env => index(env) | 0
    }
    case 'load': {
      const storage = bindings.storage(e.buffer)
      const index = e.index.map((s, dimension) => {
        if (isAffine(s)) return compileAffine(s)
        const gathered = of(s)
        const last = (storage.shape[dimension] as number) - 1
        return (env: Environment) => Math.max(0, Math.min(gathered(env), last))
      })
      // An empty dimension has no element to clamp to.
      if (e.index.some((s, dimension) => !isAffine(s) && storage.shape[dimension] === 0)) return () => 0
      const position = compilePosition(storage, index)
      const data = storage.data
      return env => data[position(env)] as number
    }
    case 'reduce': {
      if (bindings.reduce === undefined) throw new Error('a nest holds no reduction expressions')
      return bindings.reduce(e)
    }
    case 'op': {
      const [a, b, c] = e.args.map(of) as [Evaluate, Evaluate, Evaluate]
      const type = (e.args[0] as Expr).type
      if (e.op === 'narrow') {
        const round = stored(e.to as StorageType)
        return env => round(a(env))
      }
      if (e.op === 'floatBits') {
        const { encode } = codecOf(e.to as StorageType)
        return env => encode(a(env))
      }
      if (e.op === 'bitsFloat') {
        const { decode } = codecOf(e.to as StorageType)
        return env => decode(a(env))
      }
      if (e.op === 'saturate' || e.op === 'wrap') {
        const convert = (e.op === 'saturate' ? saturate : wrap)(e.to as StorageType)
        return env => convert(a(env))
      }
      // A select evaluates only the arm that it takes, so the other may contain any index.
      if (e.op === 'select') return env => (a(env) ? b(env) : c(env))
      const frequent = type === 'f32' ? frequentFloats(e.op, a, b) : undefined
      if (frequent !== undefined) return frequent
      const { evaluate, arity } = operations[e.op]
      if (arity === 1) return env => evaluate(type, a(env), 0, 0)
      if (arity === 2) return env => evaluate(type, a(env), b(env), 0)
      return env => evaluate(type, a(env), b(env), c(env))
    }
  }
}

/** Float arithmetic takes most of the time, so it has its own closures, with the meaning that `operations` states. */
function frequentFloats(
  op: OperationName,
  a: (env: Environment) => number,
  b: (env: Environment) => number,
): ((env: Environment) => number) | undefined {
  switch (op) {
    case 'add':
      return env => Math.fround(a(env) + b(env))
    case 'sub':
      return env => Math.fround(a(env) - b(env))
    case 'mul':
      return env => Math.fround(a(env) * b(env))
    case 'div':
      return env => Math.fround(a(env) / b(env))
    case 'abs':
      return env => Math.abs(a(env))
    default:
      return undefined
  }
}

export function saturate(to: StorageType): (value: number) => number {
  const { low, high } = integerRange(to)
  return value => (Number.isNaN(value) ? 0 : value < low ? low : value > high ? high : Math.trunc(value) + 0)
}

export const wrap = (to: StorageType): ((value: number) => number) => codecOf(to).decode

/** The value of an element after a store: rounded to the storage type. */
export function stored(type: StorageType): (value: number) => number {
  if (!isNarrowFloat(type)) return value => value
  const { encode, decode } = codecOf(type)
  return value => decode(encode(value))
}

/** An input as a device stores it: values for a narrow float type are rounded to it. */
export function inputStorage(name: string, { type, shape, data }: Tensor): Storage {
  if (!isNarrowFloat(type)) return { name, type, shape, data }
  const round = stored(type)
  const rounded = logicalValues(type, elementCount(shape))
  for (let i = 0; i < rounded.length; i++) rounded[i] = round(data[i] as number)
  return { name, type, shape, data: rounded }
}

/** A fold as data: that of a reduction or of an update. */
interface Fold {
  readonly op: ReduceOperation
  readonly fused?: true
}

/** The next value of an accumulator. */
export type Step = (accumulator: number, env: Environment) => number

/** One step of a fold with the value that it folds in. */
export function compileStep(fold: Fold, value: Expr, bindings: Bindings): Step {
  if (fold.fused) {
    const [a, b] = factorsOf(value).map(factor => compileExpr(factor, bindings)) as [Evaluate, Evaluate]
    return (accumulator, env) => fusedMultiplyAdd(a(env), b(env), accumulator)
  }
  const evaluate = compileExpr(value, bindings)
  const step = foldStep(fold.op, value.type)
  return (accumulator, env) => step(accumulator, evaluate(env))
}

/** One step of a fold, from a rounded value. */
export function foldStep(op: ReduceOperation, type: ComputeType): (accumulator: number, value: number) => number {
  if (op === 'sum' && type === 'f32') return (accumulator, value) => Math.fround(accumulator + value)
  const { evaluate } = operations[op === 'sum' ? 'add' : op]
  return (accumulator, value) => evaluate(type, accumulator, value, 0)
}
