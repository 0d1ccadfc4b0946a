/**
 * Evaluates the definition of a kernel differently from the interpreter: one element at a time, from the requested
 * element back to the inputs, by the formulas of docs/language.md. It shares no code with the interpreter.
 */
import type { Affine, Axis, Expr, Extent, Guard, Kernel, LoopId, StorageType, Tensor } from '@qernel/dsl'

type Sizes = ReadonlyMap<string, number>
type Point = ReadonlyMap<LoopId, number>

const f32 = new Float32Array(1)
const word = new Uint32Array(f32.buffer)
const float = (x: number): number => {
  f32[0] = x
  return f32[0] as number
}

/** Every element of one output, in order. */
export function directly(kernel: Kernel, output: string, inputs: ReadonlyMap<string, Tensor>, sizes: Sizes): number[] {
  const length = (extent: Extent): number =>
    typeof extent === 'number'
      ? extent
      : Math.ceil((sizes.get(extent.size) as number) / extent.dividedBy) + (extent.plus ?? 0)
  const place = ({ constant, terms }: Affine, at: Point): number =>
    [...terms].reduce((sum, [loop, factor]) => sum + factor * (at.get(loop) as number), constant)
  const holds = (guards: readonly Guard[], at: Point): boolean =>
    guards.every(({ index, below }) => place(index, at) < length(below))
  const dimsOf = (name: string): number[] => kernel.tensors.find(t => t.name === name)?.dims.map(length) ?? []

  const results = new Map<string, number[]>()
  function tensor(name: string): ArrayLike<number> {
    const given = inputs.get(name)
    if (given !== undefined) return Array.from(given.data, x => narrow(x, given.type))
    const known = results.get(name)
    if (known !== undefined) return known
    const type = kernel.tensors.find(t => t.name === name)?.type
    if (type === undefined) throw new Error(`there is no tensor ${name}`)
    const dims = dimsOf(name)
    const elements = new Array<number>(dims.reduce((n, dim) => n * dim, 1)).fill(0)
    for (const stage of kernel.stages.filter(one => one.tensor === name))
      for (const at of points(stage.axes, new Map())) {
        if (!holds(stage.where, at)) continue
        const flat = stage.index.reduce((sum, index, i) => sum * (dims[i] as number) + place(index, at), 0)
        elements[flat] = narrow(evaluate(stage.value, at), type)
      }
    results.set(name, elements)
    return elements
  }

  function* points(axes: readonly Axis[], at: Point): Iterable<Point> {
    const [first, ...rest] = axes
    if (first === undefined) return yield at
    for (let i = 0; i < length(first.extent); i++) yield* points(rest, new Map([...at, [first.id, i]]))
  }

  /** The values of nodes at a point, kept because nodes are used repeatedly. */
  const values = new WeakMap<Point, Map<Expr, number>>()
  function evaluate(e: Expr, at: Point): number {
    const known = values.get(at) ?? new Map<Expr, number>()
    values.set(at, known)
    const value = known.get(e) ?? compute(e, at)
    known.set(e, value)
    return value
  }

  function compute(e: Expr, at: Point): number {
    switch (e.kind) {
      case 'const':
        return e.value
      case 'size':
        return sizes.get(e.size) as number
      case 'index':
        return place(e.index, at)
      case 'load': {
        const dims = dimsOf(e.buffer)
        if (e.index.some((s, i) => !('terms' in s) && dims[i] === 0)) return 0
        const flat = e.index.reduce((sum, s, i) => {
          const dim = dims[i] as number
          const index = 'terms' in s ? place(s, at) : Math.min(Math.max(evaluate(s, at), 0), dim - 1)
          if (index < 0 || index >= dim) throw new RangeError(`${e.buffer} is left`)
          return sum * dim + index
        }, 0)
        return tensor(e.buffer)[flat] as number
      }
      case 'reduce': {
        let total = e.identity
        for (const inner of points(e.axes, at)) {
          if (!holds(e.where, inner)) continue
          if (e.fused && e.body.kind === 'op') {
            const [a, b] = e.body.args.map(factor => evaluate(factor, inner)) as [number, number]
            total = operation('fma', 'f32', undefined, [a, b, total])
            continue
          }
          const value = evaluate(e.body, inner)
          if (e.op === 'sum')
            total = e.type === 'f32' ? float(total + value) : wrapped(BigInt(total) + BigInt(value), e.type)
          else total = extreme(e.op, total, value)
        }
        return total
      }
      case 'op': {
        const [a, b, c] = e.args as [Expr, Expr, Expr]
        if (e.op === 'select') return evaluate(evaluate(a, at) === 1 ? b : c, at)
        const values = e.args.map(arg => evaluate(arg, at))
        return operation(e.op, a.type, e.to, values as [number, number, number])
      }
    }
  }
  return Array.from(tensor(output))
}

const extreme = (op: 'min' | 'max', a: number, b: number): number => {
  if (Number.isNaN(a)) return b
  if (Number.isNaN(b)) return a
  if (a === b) return Object.is(a, -0) === (op === 'min') ? a : b
  return a < b === (op === 'min') ? a : b
}

const wrapped = (x: bigint, type: string): number =>
  Number(type === 'i32' ? BigInt.asIntN(32, x) : BigInt.asUintN(32, x))

/** The nearest multiple of `step`; ties to the even one. */
function nearest(x: number, step: number): number {
  const quotient = x / step
  const below = Math.floor(quotient)
  const rest = quotient - below
  const rounded = rest < 0.5 || (rest === 0.5 && below % 2 === 0) ? below : below + 1
  return rounded === 0 ? x * 0 : rounded * step
}

function narrow(x: number, { float: format }: StorageType): number {
  if (format === undefined || format.mantissaBits === 23 || Number.isNaN(x) || x === 0) return x
  const { exponentBits, mantissaBits, hasInfinity } = format
  if (!Number.isFinite(x)) return hasInfinity ? x : Number.NaN
  const bias = 2 ** (exponentBits - 1) - 1
  const exponent = Math.floor(Math.log2(Math.abs(x)))
  // log2 may be off by one next to a power of two.
  const exact = [exponent + 1, exponent, exponent - 1].find(k => Math.abs(x) >= 2 ** k) ?? 1 - bias
  const rounded = nearest(x, 2 ** (Math.max(exact, 1 - bias) - mantissaBits))
  // A format without infinities has one more exponent, whose last number is NaN.
  if (!hasInfinity) return Math.abs(rounded) > (2 - 2 ** (1 - mantissaBits)) * 2 ** (bias + 1) ? Number.NaN : rounded
  return Math.abs(rounded) >= 2 ** (bias + 1) ? Math.sign(x) * Infinity : rounded
}

/** Sign, exponent and mantissa of the nearest value of a float type, the sign on top. */
function bitsOf(x: number, type: StorageType): number {
  const { exponentBits, mantissaBits } = type.float ?? { exponentBits: 0, mantissaBits: 0 }
  const rounded = type.bits === 32 ? float(x) : narrow(x, type)
  const size = Math.abs(rounded)
  const bias = 2 ** (exponentBits - 1) - 1
  const special = (2 ** exponentBits - 1) * 2 ** mantissaBits
  const sign = rounded < 0 || Object.is(rounded, -0) ? 2 ** (type.bits - 1) : 0
  if (Number.isNaN(rounded) && type.float?.hasInfinity === false)
    return 2 ** (type.bits - 1) - 1 + (x < 0 ? 2 ** (type.bits - 1) : 0)
  if (Number.isNaN(rounded)) return special + 2 ** (mantissaBits - 1)
  if (size === Infinity) return sign + special
  const smallest = 2 ** (1 - bias)
  if (size < smallest) return sign + size / 2 ** (1 - bias - mantissaBits)
  let exponent = Math.floor(Math.log2(size))
  if (size < 2 ** exponent) exponent--
  if (size >= 2 ** (exponent + 1)) exponent++
  return sign + (exponent + bias) * 2 ** mantissaBits + (size / 2 ** exponent - 1) * 2 ** mantissaBits
}

function range({ kind, bits }: StorageType): [bigint, bigint] {
  return kind === 'signed' ? [-(2n ** BigInt(bits - 1)), 2n ** BigInt(bits - 1) - 1n] : [0n, 2n ** BigInt(bits) - 1n]
}

/** a·b + c with one rounding, from the exact sum as a multiple of 2⁻²⁹⁸. */
function fused(a: number, b: number, c: number): number {
  const inDoubles = a * b + c
  if (![a, b, c].every(Number.isFinite)) return float(inDoubles)
  const [x, y, z] = [a, b, c].map(value => BigInt(value * 2 ** 149)) as [bigint, bigint, bigint]
  const sum = x * y + (z << 149n)
  if (sum === 0n) return inDoubles
  const size = sum < 0n ? -sum : sum
  const unit = BigInt(Math.max(size.toString(2).length - 24, 149))
  const [below, rest, half] = [size >> unit, size & ((1n << unit) - 1n), 1n << (unit - 1n)]
  const rounded = rest > half || (rest === half && below % 2n === 1n) ? below + 1n : below
  return float(Number(rounded) * 2 ** (Number(unit) - 298) * (sum < 0n ? -1 : 1))
}

function operation(op: string, type: string, to: StorageType | undefined, [a, b, c]: [number, number, number]): number {
  const bits = type === 'bool' ? 1 : 32
  const fit = (x: bigint): number => (type === 'bool' ? Number(BigInt.asUintN(bits, x)) : wrapped(x, type))
  const isFloat = type === 'f32'
  switch (op) {
    case 'add':
      return isFloat ? float(a + b) : fit(BigInt(a) + BigInt(b))
    case 'sub':
      return isFloat ? float(a - b) : fit(BigInt(a) - BigInt(b))
    case 'mul':
      return isFloat ? float(a * b) : fit(BigInt(a) * BigInt(b))
    case 'div':
      return float(a / b)
    case 'neg':
      return isFloat ? -a : fit(-BigInt(a))
    case 'abs':
      return isFloat ? (a < 0 || Object.is(a, -0) ? -a : a) : fit(a < 0 ? -BigInt(a) : BigInt(a))
    case 'min':
    case 'max':
      return extreme(op, a, b)
    case 'clamp':
      return a > c ? c : a < b ? b : a
    case 'round':
      return Math.abs(a) < 2 ** 23 ? (nearest(a, 1) === 0 ? (Object.is(a, -0) || a < 0 ? -0 : 0) : nearest(a, 1)) : a
    case 'roundHalfAway': {
      const size = Math.abs(a) < 2 ** 23 ? Math.floor(Math.abs(a) + 0.5) : Math.abs(a)
      return a < 0 || Object.is(a, -0) ? -size : size
    }
    case 'floor':
      return Math.floor(a)
    case 'ceil':
      return -Math.floor(-a)
    case 'trunc':
      return a < 0 || Object.is(a, -0) ? -Math.floor(-a) : Math.floor(a)
    case 'lt':
      return Number(a < b)
    case 'le':
      return Number(a <= b)
    case 'gt':
      return Number(b < a)
    case 'ge':
      return Number(b <= a)
    case 'eq':
      return Number(a === b)
    case 'ne':
      return Number(!(a === b))
    case 'and':
      return fit(BigInt(a) & BigInt(b))
    case 'or':
      return fit(BigInt(a) | BigInt(b))
    case 'xor':
      return fit(BigInt(a) ^ BigInt(b))
    case 'not':
      return fit(~BigInt(a))
    case 'shiftLeft':
      return fit(BigInt(a) << BigInt.asUintN(5, BigInt(b)))
    case 'shiftRight':
      return fit(BigInt(a) >> BigInt.asUintN(5, BigInt(b)))
    case 'bitcastI32':
    case 'bitcastU32': {
      if (isFloat) float(a)
      else word[0] = a
      return wrapped(BigInt(word[0] as number), op === 'bitcastI32' ? 'i32' : 'u32')
    }
    case 'toF32':
      return float(a)
    case 'sqrt':
      return float(Math.sqrt(a))
    case 'exp':
      return float(Math.exp(a))
    case 'exp2':
      return float(2 ** a)
    case 'log2':
      return float(Math.log2(a))
    case 'fma':
      return fused(a, b, c)
    case 'narrow':
      return narrow(a, to as StorageType)
    case 'floatBits':
      return bitsOf(a, to as StorageType)
    case 'saturate': {
      const [low, high] = range(to as StorageType)
      if (Number.isNaN(a)) return 0
      if (a >= Number(high)) return Number(high)
      return a <= Number(low) ? Number(low) : Number(BigInt(a))
    }
    case 'wrap': {
      const { kind, bits: kept } = to as StorageType
      return Number(kind === 'signed' ? BigInt.asIntN(kept, BigInt(a)) : BigInt.asUintN(kept, BigInt(a)))
    }
    default:
      throw new Error(`${op} is not among what random kernels are made of`)
  }
}
