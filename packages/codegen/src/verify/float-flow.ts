/** How the results of float operations reach other operations: through names and memory, and through what changes no value. */
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
  /** What is followed: values for which this holds. */
  readonly isSource: (e: DeviceExpr) => boolean
  /** Statements whose values are not followed. */
  readonly ignores?: (s: DeviceStatement) => boolean
  /** Operations across which it is followed, besides those that pass values on as they are. */
  readonly passes?: ReadonlySet<DeviceOperation>
}

/** Which expressions of a function may hold a value of some source, whatever the control flow. */
export class FloatFlow {
  readonly #options: FlowOptions
  /** Variables and arrays of any memory in which such a value is put at some time. */
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

  /** Whether the value may be one of a source, unchanged or hidden from no compiler. */
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

  /** The operands of which an operation may give one. */
  #passedOn(e: Operation): readonly DeviceExpr[] {
    const role = roleOf(e)
    if (e.op === 'select') return e.args.slice(1)
    if (e.op === 'shuffleXor') return e.args.slice(0, 1)
    if (role === 'passes' || role === 'bits' || this.#options.passes?.has(e.op)) return e.args
    // An addition of 0 that a compiler can see is none.
    if (!isFloat(e) && (e.op === 'add' || e.op === 'or' || e.op === 'xor') && e.args.some(isZero))
      return e.args.filter(arg => !isZero(arg))
    return []
  }
}
