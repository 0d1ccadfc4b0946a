/** Lowers values: operations of the IR become device operations that are exact on the target. */
import { type Buffer, type Expr, integerRange, isAffine, loadsOf, type StorageType, type Subscript } from '@qernel/dsl'
import {
  constantValues,
  factorsOf,
  flatMap,
  foldExpr,
  memoize,
  namedParts,
  nameOf,
  operandsOf,
  usesOf,
} from '@qernel/dsl/internal'
import type { DeviceOperation } from '../operations/device-operations.ts'
import type { DeviceExpr } from '../program/device-program.ts'
import { boolType, f32Type, i32Type, u32Type, withLanes } from '../program/device-type.ts'
import { component, construct, eachLane, literal, op, splat, typeOf, variable } from '../program/expressions.ts'
import { floatConstant, hasLiteral } from '../program/float-constant.ts'
import { type Chunk, flushMasked } from './chunk.ts'
import { combineLanes } from './combine-lanes.ts'
import { isExactProduct } from './exact-product.ts'
import type { LoopValues } from './loop-values.ts'
import { elementCodec } from './memory/element-codecs.ts'
import { lowerLoad } from './memory/lower-load.ts'
import { accumulator } from './memory/private-access.ts'

/**
 * Lowers the value of a leaf for one chunk. Loads are issued at once, in order. The returned function builds the value; call it after
 * the masked loads have been written.
 */
export function lowerExpression(e: Expr, chunk: Chunk): () => DeviceExpr {
  const lowering = new ExpressionLowering(chunk, namedIn(e), constantValues(e, chunk.context.nest.fixed))
  lowering.loads(e)
  return () => {
    const { leaf } = chunk
    const meeting = chunk.around.find(l => l.combine !== undefined)
    // Lanes that meet fold one product each, which a fused step from 0 would round in the same way.
    if (leaf.kind === 'update' && leaf.fused && meeting === undefined) {
      const before = accumulator(chunk)
      return keepOutside(lowering.fusedStep(e, before), before, chunk)
    }
    const value = lowering.whole(e)
    if (leaf.kind === 'store' || leaf.atomic) return value
    const operation: DeviceOperation = leaf.op === 'sum' ? 'add' : leaf.op
    const folded = meeting === undefined ? value : combineLanes(operation, value, meeting, chunk)
    const before = accumulator(chunk)
    return keepOutside(lowering.fit(operation, typeOf(e.type), [before, folded]), before, chunk)
  }
}

/** Lanes outside the array keep their accumulated value, because the new one was not made from an element. */
function keepOutside(after: DeviceExpr, before: DeviceExpr, { masks, lanes }: Chunk): DeviceExpr {
  if (masks.every(mask => mask === undefined)) return after
  const inside = construct(
    withLanes(boolType, lanes),
    masks.map(mask => mask ?? literal(1, boolType)),
  )
  return op('select', withLanes(after.type, lanes), inside, splat(after, lanes), splat(before, lanes))
}

/**
 * The parts of an expression that are computed once and named. Indices and sizes are conversions here, so they belong to it if they are
 * used twice. Memoized because every chunk of a leaf asks for it, in every copy that unrolled loops make.
 */
const namedIn = memoize((e: Expr): ReadonlySet<Expr> => {
  const converted = flatMap(usesOf(e), ([node, uses]) =>
    uses > 1 && (node.kind === 'index' || node.kind === 'size') ? [node] : [],
  )
  return new Set([...namedParts(e), ...converted])
}, 64)

type LoadExpr = Expr & { readonly kind: 'load' }

/** Maps every load, in order, to the first load that equals it. Loads at positions that depend on data are never merged. */
const firstLoads = memoize((e: Expr): ReadonlyMap<LoadExpr, LoadExpr> => {
  const loads = loadsOf(e)
  if (loads.length === 1) return new Map([[loads[0] as LoadExpr, loads[0] as LoadExpr]])
  const known = new Map<string, LoadExpr>()
  const firsts = new Map<LoadExpr, LoadExpr>()
  for (const node of loads) {
    const place = node.index.every(isAffine) ? node.index.map(a => [a.constant, ...a.terms]) : undefined
    const key = place && `${node.buffer}:${JSON.stringify(place)}`
    const first = (key === undefined ? undefined : known.get(key)) ?? node
    if (key !== undefined) known.set(key, first)
    firsts.set(node, first)
  }
  return firsts
}, 64)

class ExpressionLowering {
  readonly #chunk: Chunk
  readonly #named: ReadonlySet<Expr>
  /** The values of constant parts. */
  readonly #constants: ReadonlyMap<Expr, number | undefined>
  readonly #done = new Map<Expr, DeviceExpr>()
  readonly #visited = new Map<Expr, void>()

  constructor(chunk: Chunk, named: ReadonlySet<Expr>, constants: ReadonlyMap<Expr, number | undefined>) {
    this.#chunk = chunk
    this.#named = named
    this.#constants = constants
  }

  /** Issues every load: operands before their users, and equal loads only once. */
  loads(e: Expr): void {
    for (const [node, first] of firstLoads(e)) {
      const buffer = this.#chunk.context.nest.buffers.get(node.buffer) as Buffer
      for (const s of operandsOf(node)) this.#nameParts(s)
      const value =
        node === first
          ? lowerLoad(buffer, node.index, (s, lane, dimension) => this.#gather(s, lane, buffer, dimension), this.#chunk)
          : (this.#done.get(first) as DeviceExpr)
      this.#done.set(node, value)
    }
  }

  /** The value of an expression, after its parts have been named. */
  whole(e: Expr): DeviceExpr {
    this.#nameParts(e)
    return this.value(e)
  }

  /** Names the parts of an expression, each before its users, so that `value` never recurs deeply. */
  #nameParts(e: Expr): void {
    const name = (node: Expr): void => {
      if (this.#named.has(node)) this.value(node)
    }
    foldExpr<void>(e, name, this.#visited)
  }

  value(e: Expr): DeviceExpr {
    const known = this.#done.get(e)
    if (known !== undefined) return known
    const made = this.#lower(e)
    const isNamed = this.#named.has(e) && made.kind !== 'variable' && made.kind !== 'literal' && made.kind !== 'size'
    const value = isNamed ? this.#name(made, nameOf(e)) : made
    this.#done.set(e, value)
    return value
  }

  /** The step of a fused sum. Where the device has no fused operation, a product that is exact anyway is added. */
  fusedStep(product: Expr, before: DeviceExpr): DeviceExpr {
    const { target, nest } = this.#chunk.context
    const factors = factorsOf(product).map(factor => this.whole(factor))
    if (target.numerics.fusedFma || !isExactProduct(product, nest.buffers))
      return this.fit('fma', f32Type, [...factors, before])
    return this.fit('add', f32Type, [before, this.fit('mul', f32Type, factors)])
  }

  /** An operation whose operands are brought to the same number of lanes. */
  fit(operation: DeviceOperation, type: DeviceExpr['type'], args: readonly DeviceExpr[]): DeviceExpr {
    const lanes = Math.max(...args.map(arg => arg.type.lanes)) as 1 | 2 | 4
    return op(operation, withLanes(type, lanes), ...args.map(arg => splat(arg, lanes)))
  }

  /** @param wanted the name that the author gave it */
  #name(value: DeviceExpr, wanted = 'value'): DeviceExpr {
    const { context, statements } = this.#chunk
    // The value may use lanes whose masked loads are not written yet, because data-dependent subscripts are computed between loads.
    flushMasked(this.#chunk)
    const name = context.namer.fresh(wanted)
    statements.push({ kind: 'let', name, value })
    return variable(name, value.type)
  }

  #lower(e: Expr): DeviceExpr {
    switch (e.kind) {
      case 'const':
        return this.#constant(e.value, e.type)
      case 'size':
        return op('toI32', i32Type, this.#chunk.context.indices.size(e.size))
      case 'index': {
        const { lanes, laneValues, context } = this.#chunk
        const at = (lane: number) =>
          op('toI32', i32Type, context.indices.affine(e.index, laneValues[lane] as LoopValues))
        const varies = this.#chunk.around.some(l => l.mode === 'vector' && e.index.terms.has(l.id))
        return varies
          ? construct(
              withLanes(i32Type, lanes),
              eachLane(lanes, lane => at(lane)),
            )
          : at(0)
      }
      case 'load':
        throw new Error('loads are issued before values')
      case 'reduce':
        throw new Error('a nest holds no reduction expressions')
      case 'op': {
        // Folded here and not by the compilers of the targets, since WGSL rejects constants that overflow where the language wraps.
        const constant = this.#constants.get(e)
        return constant === undefined ? this.#operation(e) : this.#constant(constant, e.type)
      }
    }
  }

  #constant(value: number, type: Expr['type']): DeviceExpr {
    if (type !== 'f32') return literal(value, typeOf(type))
    this.#chunk.context.usesZero ||= !hasLiteral(value)
    return floatConstant(value)
  }

  #operation(e: Expr & { kind: 'op' }): DeviceExpr {
    if (e.op === 'saturate') return this.#saturate(e, e.to as StorageType)
    const args = e.args.map(arg => this.value(arg))
    const type = typeOf(e.type)
    switch (e.op) {
      case 'narrow': {
        const { narrow, encode, decode } = elementCodec(e.to as StorageType)
        if (narrow !== undefined) return this.fit(narrow, type, args)
        return this.#byLane(f32Type, args[0] as DeviceExpr, value => decode(encode(value)))
      }
      case 'toF32': {
        // Every device converts signed words with one exact instruction, but not unsigned ones.
        const [value] = args as [DeviceExpr]
        const signed = this.#isNarrow(e.args[0] as Expr) ? this.fit('toI32', i32Type, [value]) : value
        return this.fit('toF32', type, [signed])
      }
      case 'floatBits':
        return this.#byLane(u32Type, args[0] as DeviceExpr, elementCodec(e.to as StorageType).encode)
      case 'bitsFloat':
        return this.#byLane(f32Type, args[0] as DeviceExpr, elementCodec(e.to as StorageType).decode)
      case 'wrap':
        return this.#wrap(args[0] as DeviceExpr, e.to as StorageType)
      case 'select': {
        const lanes = Math.max(...args.map(arg => arg.type.lanes)) as 1 | 2 | 4
        return op('select', withLanes(type, lanes), ...args.map(arg => splat(arg, lanes)))
      }
      case 'lt':
      case 'le':
      case 'gt':
      case 'ge':
      case 'eq':
      case 'ne':
        return this.fit(e.op, boolType, args)
      default:
        return this.fit(e.op, type, args)
    }
  }

  /** Whether the form of an unsigned value shows that it is a code, far below 2^31. */
  #isNarrow(e: Expr): boolean {
    if (e.type !== 'u32') return false
    if (e.kind === 'load') return (this.#chunk.context.nest.buffers.get(e.buffer) as Buffer).type.bits < 32
    return e.kind === 'op' && (e.op === 'saturate' || e.op === 'wrap') && (e.to as StorageType).bits < 32
  }

  /** Converts to the nearest value of an integer type; NaN becomes 0. */
  #saturate(e: Expr & { kind: 'op' }, to: StorageType): DeviceExpr {
    const source = e.args[0] as Expr
    const result = typeOf(to.compute)
    const { low, high } = integerRange(to)
    if (source.type === 'f32') {
      if (to.bits === 32) return this.fit('saturateFloat32', result, [this.value(source)])
      // A clamp to constants within the range already saturates, so its bounds are used.
      const bounds =
        source.kind === 'op' && source.op === 'clamp'
          ? source.args.slice(1).map(arg => (arg.kind === 'const' ? arg.value : Number.NaN))
          : []
      const [from, until] = bounds as [number, number]
      if (source.kind === 'op' && bounds.length === 2 && from >= low && until <= high && from <= until)
        return this.fit('saturateFloat', result, [
          this.value(source.args[0] as Expr),
          literal(Math.ceil(from), f32Type),
          literal(Math.floor(until), f32Type),
        ])
      return this.fit('saturateFloat', result, [this.value(source), literal(low, f32Type), literal(high, f32Type)])
    }
    const value = this.value(source)
    const own = typeOf(source.type)
    const lowest = Math.max(low, source.type === 'u32' ? 0 : -(2 ** 31))
    const highest = Math.min(high, source.type === 'u32' ? 2 ** 32 - 1 : 2 ** 31 - 1)
    const clamped = this.fit('clamp', own, [value, literal(lowest, own), literal(highest, own)])
    return result.scalar === own.scalar
      ? clamped
      : this.fit(result.scalar === 'i32' ? 'toI32' : 'toU32', result, [clamped])
  }

  /** Applies an operation without a vector form lane by lane. */
  #byLane(type: DeviceExpr['type'], value: DeviceExpr, one: (value: DeviceExpr) => DeviceExpr): DeviceExpr {
    const { lanes } = value.type
    if (lanes === 1) return one(value)
    const named = value.kind === 'variable' ? value : this.#name(value)
    return construct(
      withLanes(type, lanes),
      eachLane(lanes, lane => one(component(named, lane))),
    )
  }

  /** Interprets the low bits as a value of the type. */
  #wrap(value: DeviceExpr, to: StorageType): DeviceExpr {
    const { lanes } = value.type
    const spare = splat(literal(32 - to.bits), lanes)
    if (to.kind === 'unsigned') {
      const word = value.type.scalar === 'u32' ? value : this.fit('bitcastU32', u32Type, [value])
      return to.bits === 32 ? word : this.fit('and', u32Type, [word, literal(2 ** to.bits - 1)])
    }
    const signed = value.type.scalar === 'i32' ? value : this.fit('bitcastI32', i32Type, [value])
    if (to.bits === 32) return signed
    const raised = op('shiftLeft', signed.type, signed, spare)
    return op('shiftRight', signed.type, raised, spare)
  }

  /** A subscript that depends on data, clamped to the dimension. */
  #gather(s: Subscript, lane: number, buffer: Buffer, dimension: number): DeviceExpr {
    if (isAffine(s)) throw new Error('an affine subscript is not gathered')
    const value = component(this.value(s), lane)
    const last = op(
      'sub',
      u32Type,
      this.#chunk.context.indices.extent(buffer.dims[dimension] as Buffer['dims'][number]),
      literal(1),
    )
    const index =
      value.type.scalar === 'u32' ? value : op('toU32', u32Type, op('max', i32Type, value, literal(0, i32Type)))
    return op('min', u32Type, index, last)
  }
}
