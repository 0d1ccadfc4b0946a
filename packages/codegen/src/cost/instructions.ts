/** Instructions of a thread, counted in its program, each weighted by how long a multiprocessor takes for it. */
import type { DeviceExpr, DeviceFunction, DeviceStatement } from '../program/device-program.ts'
import { directExpressions, operandsOf } from '../program/walk-program.ts'

/** What instructions cost is told by kind. */
export const instructionKinds = ['float', 'integer', 'conversion', 'division', 'special', 'memory', 'shuffle'] as const
export type InstructionKind = (typeof instructionKinds)[number]
export type InstructionCounts = Readonly<Record<InstructionKind, number>>

/**
 * How long an operation takes, in f32 additions: the ratio of results per clock (CUDA C++ Programming Guide, "Throughput of Native Arithmetic Instructions", compute
 * capability 9.0: 128 additions, 64 of integers, 64 conversions of 8 and 32 bits, 16 of special functions, 32 shuffles and accesses). A division is about 8 instructions, one of them special.
 */
export const instructionWeights: InstructionCounts = {
  float: 1,
  integer: 2,
  conversion: 4,
  division: 16,
  special: 8,
  memory: 4,
  shuffle: 4,
}

const special = new Set(['exp', 'exp2', 'log', 'log2', 'sqrt', 'rsqrt', 'tanh', 'sin', 'cos', 'pow'])
const conversions = /^(pack|unpack|bitsOf|narrow|saturate|to[FIU]|f16From|f8e|round|floor|ceil|trunc)/

function kindOf(e: DeviceExpr & { readonly kind: 'op' }): InstructionKind {
  if (e.op === 'shuffleXor') return 'shuffle'
  const isFloat = (e.args[0]?.type ?? e.type).scalar === 'f32'
  if (e.op === 'div') return isFloat ? 'division' : 'integer'
  if (special.has(e.op)) return 'special'
  if (conversions.test(e.op)) return 'conversion'
  return isFloat ? 'float' : 'integer'
}

/**
 * Instructions of one thread by kind, with every condition true. An expression that statements share counts where it is first.
 *
 * @param sizes values of the sizes; a loop whose extent depends on something else counts once
 */
export function instructionsOf(
  { body }: Pick<DeviceFunction, 'body'>,
  sizes: ReadonlyMap<string, number>,
): InstructionCounts {
  const counts: Record<InstructionKind, number> = {
    ...{ float: 0, integer: 0, conversion: 0, division: 0, special: 0, memory: 0, shuffle: 0 },
  }
  const seen = new Set<DeviceExpr>()
  const known = new Map<string, number>()
  const countIn = (e: DeviceExpr, times: number): void => {
    const waiting = [e]
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      if (seen.has(next)) continue
      seen.add(next)
      if (next.kind === 'op') counts[kindOf(next)] += times * next.type.lanes
      else if (next.kind === 'load') counts.memory += times
      waiting.push(...operandsOf(next))
    }
  }
  const walk = (statements: readonly DeviceStatement[], times: number): void => {
    for (const statement of statements) {
      if (times === 0) return
      for (const e of directExpressions(statement)) countIn(e, times)
      if (statement.kind === 'let') {
        const value = extentOf(statement.value, sizes, known)
        if (value !== undefined) known.set(statement.name, value)
      } else if (statement.kind === 'store' || statement.kind === 'atomicMax') counts.memory += times
      else if (statement.kind === 'if') walk(statement.body, times)
      else if (statement.kind === 'for') {
        const extent = extentOf(statement.extent, sizes, known) ?? 1
        // A loop that stays one counts and compares.
        if (!statement.unroll) counts.integer += 2 * times * extent
        walk(statement.body, times * extent)
      }
    }
  }
  walk(body, 1)
  return counts
}

/** The value of an extent at given sizes; undefined if it depends on more. */
function extentOf(
  e: DeviceExpr,
  sizes: ReadonlyMap<string, number>,
  known: ReadonlyMap<string, number>,
): number | undefined {
  if (e.kind === 'literal') return e.value
  if (e.kind === 'size') return sizes.get(e.size)
  if (e.kind === 'variable') return known.get(e.name)
  if (e.kind !== 'op' || e.args.length !== 2) return undefined
  const [a, b] = e.args.map(each => extentOf(each, sizes, known))
  if (a === undefined || b === undefined) return undefined
  switch (e.op) {
    case 'add':
      return a + b
    case 'sub':
      return Math.max(0, a - b)
    case 'mul':
      return a * b
    case 'quotient':
      return Math.floor(a / b)
    case 'min':
      return Math.min(a, b)
    case 'max':
      return Math.max(a, b)
    default:
      return undefined
  }
}
