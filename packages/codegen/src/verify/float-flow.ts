/** Follows the results of float operations to other operations, through names, memory, and operations that do not change the value. */
import type { FloatRole } from '@qernel/dsl'
import { type DeviceOperation, deviceOperations } from '../operations/device-operations.ts'
import type { DeviceExpr, DeviceStatement } from '../program/device-program.ts'
import { statementsOf } from '../program/walk-program.ts'

type Operation = DeviceExpr & { readonly kind: 'op' }

export const isFloat = (e: DeviceExpr): boolean => e.type.scalar === 'f32'
export const roleOf = ({ op }: Operation): FloatRole => deviceOperations[op].floats
export const isConstant = (e: DeviceExpr): boolean =>
  e.kind === 'literal' || (e.kind === 'construct' && e.args.every(isConstant))
export const isZero = (e: DeviceExpr): boolean =>
  e.kind === 'literal' ? e.value === 0 : e.kind === 'construct' && e.args.every(isZero)

export interface FlowOptions {
  /** Whether a value is a source, from which the flow is followed. */
  readonly isSource: (e: DeviceExpr) => boolean
  /** Statements whose values are not followed. */
  readonly ignores?: (s: DeviceStatement) => boolean
  /** Operations through which the flow is followed, besides those that pass values on unchanged. */
  readonly passes?: ReadonlySet<DeviceOperation>
}

/** Finds the expressions of a function that may hold a value of a source under any control flow. */
export class FloatFlow {
  readonly #options: FlowOptions
  /** Variables and arrays of any memory that hold such a value at some time. */
  readonly #holders = new Set<string>()

  constructor(body: readonly DeviceStatement[], options: FlowOptions) {
    this.#options = options
    const statements = statementsOf(body)
    for (let before = -1; before < this.#holders.size; ) {
      before = this.#holders.size
      for (const s of statements)
        if ('value' in s && s.value !== undefined && options.ignores?.(s) !== true && this.reaches(s.value))
          this.#holders.add('array' in s ? s.array : s.name)
    }
  }

  /** Whether the value may come from a source without being hidden from the compiler on the way. */
  reaches(e: DeviceExpr): boolean {
    const seen = new Set<DeviceExpr>()
    const waiting: DeviceExpr[] = [e]
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      if (seen.has(next)) continue
      seen.add(next)
      if (this.#options.isSource(next)) return true
      switch (next.kind) {
        case 'variable':
          if (this.#holders.has(next.name)) return true
          break
        case 'load':
          if (this.#holders.has(next.array)) return true
          break
        case 'component':
        case 'dynamicComponent':
          waiting.push(next.of)
          break
        case 'construct':
          waiting.push(...next.args)
          break
        case 'op':
          waiting.push(...this.#passedOn(next))
      }
    }
    return false
  }

  /** The operands whose value an operation may pass on. */
  #passedOn(e: Operation): readonly DeviceExpr[] {
    const role = roleOf(e)
    if (e.op === 'select') return e.args.slice(1)
    if (e.op === 'shuffleXor') return e.args.slice(0, 1)
    if (role === 'passes' || role === 'bits' || this.#options.passes?.has(e.op)) return e.args
    // A visible addition of 0 hides nothing, since a compiler can remove it.
    if (!isFloat(e) && (e.op === 'add' || e.op === 'or' || e.op === 'xor') && e.args.some(isZero))
      return e.args.filter(arg => !isZero(arg))
    return []
  }
}
