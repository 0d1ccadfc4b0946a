import type { DeviceExpr, DeviceStatement } from '../program/device-program.ts'

/** The expressions that stand directly in a statement. */
export function expressionsOf(s: DeviceStatement): DeviceExpr[] {
  switch (s.kind) {
    case 'let':
      return [s.value]
    case 'var':
      return s.value === undefined ? [] : [s.value]
    case 'assign':
      return s.index === undefined ? [s.value] : [s.index, s.value]
    case 'store':
    case 'atomicMax':
      return [s.index, s.value]
    case 'if':
      return [s.condition]
    case 'for':
      return [s.extent]
    case 'array':
    case 'barrier':
    case 'comment':
      return []
  }
}

/** What an expression is made of. */
export function operandsOf(e: DeviceExpr): readonly DeviceExpr[] {
  switch (e.kind) {
    case 'op':
    case 'construct':
      return e.args
    case 'component':
      return [e.of]
    case 'dynamicComponent':
      return [e.of, e.lane]
    case 'load':
      return [e.index]
    case 'literal':
    case 'variable':
    case 'size':
    case 'thread':
      return []
  }
}

export const isShuffle = (e: DeviceExpr): e is DeviceExpr & { kind: 'op' } => e.kind === 'op' && e.op === 'shuffleXor'

const shuffles = (e: DeviceExpr): boolean => isShuffle(e) || operandsOf(e).some(shuffles)

export interface FunctionFacts {
  /** The most frame elements that its locals can need. */
  readonly slots: number
  /** Whether threads wait for each other anywhere in it. */
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
      expressionsOf(s).forEach(countShuffles)
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

/** Whether a thread may have to wait in a statement. */
export const waits = (s: DeviceStatement): boolean =>
  s.kind === 'barrier' || expressionsOf(s).some(shuffles) || ('body' in s && s.body.some(waits))
