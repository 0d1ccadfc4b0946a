/** Facts about a function that the simulator needs before it runs it. */
import type { DeviceExpr, DeviceStatement } from '../program/device-program.ts'
import { directExpressions, operandsOf } from '../program/walk-program.ts'

export const isShuffle = (e: DeviceExpr): e is DeviceExpr & { kind: 'op' } => e.kind === 'op' && e.op === 'shuffleXor'

const shuffles = (e: DeviceExpr): boolean => isShuffle(e) || operandsOf(e).some(shuffles)

export interface FunctionFacts {
  /** An upper bound for the frame elements of its locals. */
  readonly slots: number
  /** Whether its threads wait for each other anywhere. */
  readonly waits: boolean
  /** Arrays that it changes. */
  readonly changed: ReadonlySet<string>
}

export function factsOf(body: readonly DeviceStatement[]): FunctionFacts {
  let slots = 0
  let waits = false
  const changed = new Set<string>()
  const countShuffles = (e: DeviceExpr): void => {
    if (isShuffle(e)) {
      waits = true
      slots += 2 * e.type.lanes + 1
    }
    operandsOf(e).forEach(countShuffles)
  }
  const visit = (statements: readonly DeviceStatement[]): void => {
    for (const s of statements) {
      directExpressions(s).forEach(countShuffles)
      if (s.kind === 'let') slots += s.value.type.lanes
      else if (s.kind === 'var') slots += s.type.lanes
      else if (s.kind === 'array') slots += s.length * s.type.lanes
      else if (s.kind === 'for') slots += 1
      else if (s.kind === 'barrier') waits = true
      else if (s.kind === 'store' || s.kind === 'atomicMax') changed.add(s.array)
      if ('body' in s) visit(s.body)
    }
  }
  visit(body)
  return { slots, waits, changed }
}

/** Whether a thread may wait in a statement. */
export const waits = (s: DeviceStatement): boolean =>
  s.kind === 'barrier' || directExpressions(s).some(shuffles) || ('body' in s && s.body.some(waits))
