/**
 * For targets whose operators take only scalars (CUDA): every operation on a vector becomes one operation per lane. Wide loads and
 * stores stay wide. Afterwards a vector is a variable, a load, or constructed from scalars.
 *
 * ```
 * let v: vec4 = div(load x4, load s4)        let x_value: vec4 = load x4
 *                                       →    let s_value: vec4 = load s4
 *                                            let v: vec4 = vec4(div(x_value.x, s_value.x), …, div(x_value.w, s_value.w))
 * ```
 */
import { mapList, UniqueNames } from '@qernel/dsl/internal'
import type { DeviceExpr, DeviceFunction, DeviceProgram, DeviceStatement, Origin } from '../program/device-program.ts'
import { boolType, f32Type, i32Type, isWord, u32Type, withLanes } from '../program/device-type.ts'
import { component, construct, eachLane, literal, op, variable } from '../program/expressions.ts'
import { withArguments } from '../program/rewrite-program.ts'
import { declaredNames } from '../program/walk-program.ts'

export function scalarize(program: DeviceProgram): DeviceProgram {
  const taken = [...program.arrays.map(array => array.name), ...program.sizes]
  return { ...program, functions: program.functions.map(one => scalarizeFunction(one, taken)) }
}

function scalarizeFunction(one: DeviceFunction, taken: readonly string[]): DeviceFunction {
  const shared = one.shared.map(array => array.name)
  const namer = new UniqueNames([...taken, one.entry, ...shared, ...declaredNames(one.body)])
  return { ...one, body: scalarizeBody(one.body, namer) }
}

function scalarizeBody(body: readonly DeviceStatement[], namer: UniqueNames): DeviceStatement[] {
  const result: DeviceStatement[] = []
  for (const statement of body) {
    const lanes = new Lanes(namer, statement.origin)
    const rewritten = scalarizeStatement(statement, lanes, namer)
    result.push(...lanes.before, rewritten)
  }
  return result
}

function scalarizeStatement(statement: DeviceStatement, lanes: Lanes, namer: UniqueNames): DeviceStatement {
  switch (statement.kind) {
    case 'let':
      return { ...statement, value: lanes.value(statement.value, 'anywhere') }
    case 'var':
      return statement.value === undefined ? statement : { ...statement, value: lanes.value(statement.value) }
    case 'assign': {
      const value = lanes.value(statement.value)
      return { ...statement, ...(statement.index && { index: lanes.value(statement.index) }), value }
    }
    case 'store':
    case 'atomicMax':
      return { ...statement, index: lanes.value(statement.index), value: lanes.value(statement.value) }
    case 'if':
      return {
        ...statement,
        condition: lanes.value(statement.condition),
        body: scalarizeBody(statement.body, namer),
      }
    case 'for':
      return { ...statement, extent: lanes.value(statement.extent), body: scalarizeBody(statement.body, namer) }
    case 'array':
    case 'barrier':
    case 'comment':
      return statement
  }
}

const withIndex = (e: DeviceExpr & { kind: 'load' }, index: DeviceExpr): DeviceExpr =>
  index === e.index ? e : { ...e, index }

/** Splits the expressions of one statement into lanes. Values that several lanes share are computed once, in front of it. */
class Lanes {
  readonly before: DeviceStatement[] = []
  readonly #shared = new Map<DeviceExpr, DeviceExpr>()
  readonly #namer: UniqueNames
  readonly #origin: Origin | undefined

  constructor(namer: UniqueNames, origin: Origin | undefined) {
    this.#namer = namer
    this.#origin = origin
  }

  /** The value without vector operations. `converting` says whether converting loads may stand `anywhere` or only as the value of a `let`. */
  value(e: DeviceExpr, converting: 'anywhere' | 'let' = 'let'): DeviceExpr {
    if (e.type.lanes === 1) return this.#scalar(e)
    if (e.kind === 'variable') return e
    if (e.kind === 'load') {
      const isPlain = converting === 'anywhere' || isWord(e.access.storage)
      return isPlain ? withIndex(e, this.#scalar(e.index)) : this.#once(e)
    }
    const count = e.type.lanes
    return construct(
      e.type,
      eachLane(count, lane => this.#lane(e, lane)),
    )
  }

  /** One lane of a value; a scalar counts as the same in every lane. */
  #lane(e: DeviceExpr, lane: number): DeviceExpr {
    if (e.type.lanes === 1) return this.#once(e)
    switch (e.kind) {
      case 'construct':
        return e.args.length === 1 ? this.#once(e.args[0] as DeviceExpr) : this.#scalar(e.args[lane] as DeviceExpr)
      case 'literal':
        return { ...e, type: withLanes(e.type, 1) }
      case 'op': {
        const unpacked = this.#unpacked(e, lane)
        if (unpacked !== undefined) return unpacked
        return { ...e, type: withLanes(e.type, 1), args: e.args.map(arg => this.#lane(arg, lane)) }
      }
      default:
        return component(this.#once(e), lane)
    }
  }

  #scalar(e: DeviceExpr): DeviceExpr {
    switch (e.kind) {
      case 'op':
        return (
          this.#packed(e) ??
          withArguments(
            e,
            mapList(e.args, arg => this.#scalar(arg)),
          )
        )
      case 'component':
        return this.#lane(e.of, e.lane)
      case 'dynamicComponent':
        return this.#chosen(e)
      case 'load':
        return withIndex(e, this.#scalar(e.index))
      case 'construct':
        return this.#scalar(e.args[0] as DeviceExpr)
      default:
        return e
    }
  }

  /** The same value as a name or a constant, so that each lane can use it. */
  #once(e: DeviceExpr): DeviceExpr {
    if (e.kind === 'literal' || e.kind === 'variable' || e.kind === 'size' || e.kind === 'thread') return e
    if (e.kind === 'component' && e.of.kind === 'variable') return e
    const known = this.#shared.get(e)
    if (known !== undefined) return known
    const value = this.value(e, 'anywhere')
    const name = this.#namer.fresh(e.kind === 'load' ? `${e.array}_value` : 'value')
    this.before.push({ kind: 'let', name, value, ...(this.#origin && { origin: this.#origin }) })
    const named = variable(name, e.type)
    this.#shared.set(e, named)
    return named
  }

  /** The lane that an index selects, by a chain of selections. */
  #chosen({ of, lane, type }: DeviceExpr & { kind: 'dynamicComponent' }): DeviceExpr {
    const index = this.#once(lane)
    const last = this.#lane(of, of.type.lanes - 1)
    return Array.from({ length: of.type.lanes - 1 }, (_, i) => i).reduceRight((otherwise, i) => {
      const isLane = op('eq', boolType, index, literal(i, index.type))
      return op('select', type, isLane, this.#lane(of, i), otherwise)
    }, last)
  }

  /** One byte or half of a word, widened. */
  #unpacked(e: DeviceExpr & { kind: 'op' }, lane: number): DeviceExpr | undefined {
    if (e.op !== 'unpackI8' && e.op !== 'unpackU8' && e.op !== 'unpackF16') return undefined
    const word = this.#once(e.args[0] as DeviceExpr)
    if (e.op === 'unpackF16')
      return op('f16FromBits', f32Type, lane === 0 ? word : op('shiftRight', u32Type, word, literal(16)))
    if (e.op === 'unpackU8') {
      const shifted = lane === 0 ? word : op('shiftRight', u32Type, word, literal(8 * lane))
      return lane === 3 ? shifted : op('and', u32Type, shifted, literal(0xff))
    }
    const top = lane === 3 ? word : op('shiftLeft', u32Type, word, literal(24 - 8 * lane))
    return op('shiftRight', i32Type, op('bitcastI32', i32Type, top), literal(24))
  }

  /** A word made of four bytes or two halves. */
  #packed(e: DeviceExpr & { kind: 'op' }): DeviceExpr | undefined {
    if (e.op !== 'packI8' && e.op !== 'packU8' && e.op !== 'packF16') return undefined
    const [values] = e.args as [DeviceExpr]
    const lanes = e.op === 'packF16' ? [0, 1] : [0, 1, 2, 3]
    return op(e.op, u32Type, ...lanes.map(lane => this.#lane(values, lane)))
  }
}
