/** Finds four neighboring 8-bit codes that are rounded quotients, which `divide_to_codes` computes together. */
import type { DeviceProgram } from '@qernel/codegen'
import {
  construct,
  type DeviceExpr,
  type DeviceStatement,
  f32Type,
  isSameExpression,
  op,
  rewriteBodies,
  u32Type,
  withLanes,
} from '@qernel/codegen/internal'
import { mapList } from '@qernel/dsl/internal'

/** Quotients that are rounded to the nearest integer and clamped to `low` and `high`, lane by lane. */
export interface DividedCodes {
  readonly dividends: readonly DeviceExpr[]
  readonly divisors: readonly DeviceExpr[]
  readonly low: number
  readonly high: number
}

type Operation = DeviceExpr & { readonly kind: 'op' }
const isOperation = (e: DeviceExpr | undefined, name: Operation['op']): e is Operation =>
  e?.kind === 'op' && e.op === name

interface DividedCode {
  readonly dividend: DeviceExpr
  readonly divisor: DeviceExpr
  readonly low: number
  readonly high: number
}

/** A code that is a rounded quotient, provided its bounds fit a byte and include 0, the result for NaN. */
export function dividedCode(e: DeviceExpr): DividedCode | undefined {
  if (!isOperation(e, 'saturateFloat')) return undefined
  const [rounded, low, high] = e.args as readonly [DeviceExpr, DeviceExpr, DeviceExpr]
  const quotient = isOperation(rounded, 'round') ? rounded.args[0] : undefined
  if (!isOperation(quotient, 'div')) return undefined
  const [lowest, highest] = [constantOf(low), constantOf(high)]
  const isByte = (lowest >= -128 && highest <= 127) || (lowest >= 0 && highest <= 255)
  if (!isByte || lowest > 0 || highest < 0) return undefined
  const [dividend, divisor] = quotient.args as readonly [DeviceExpr, DeviceExpr]
  return { dividend, divisor, low: lowest, high: highest }
}

/** The constant that all lanes have; NaN if there is none. */
const constantOf = (e: DeviceExpr): number =>
  e.kind === 'literal'
    ? e.value
    : e.kind === 'construct' && e.args.length === 1
      ? constantOf(e.args[0] as DeviceExpr)
      : Number.NaN

/** Four codes with the same bounds. */
export function dividedCodes(codes: readonly DeviceExpr[]): DividedCodes | undefined {
  const quotients = codes.map(dividedCode).filter(code => code !== undefined)
  const [first] = quotients
  if (first === undefined || codes.length !== 4 || quotients.length !== 4) return undefined
  const { low, high } = first
  if (quotients.some(other => other.low !== low || other.high !== high)) return undefined
  return {
    dividends: quotients.map(({ dividend }) => dividend),
    divisors: quotients.map(({ divisor }) => divisor),
    low,
    high,
  }
}

const float4 = withLanes(f32Type, 4)

/** Four lanes as a vector; if they are the lanes of a variable in order, the variable. */
export function asVector(lanes: readonly DeviceExpr[]): DeviceExpr {
  const [first] = lanes
  const whole = first?.kind === 'component' && first.of.type.lanes === 4 ? first.of : undefined
  const isWhole = lanes.every(
    (lane, i) =>
      lane.kind === 'component' && lane.lane === i && whole !== undefined && isSameExpression(lane.of, whole),
  )
  return whole !== undefined && isWhole ? whole : construct(float4, lanes)
}

/** Whether lanes of a variable are stored as bytes of their own. */
const areStoredApart = (name: string, body: readonly DeviceStatement[]): boolean =>
  body.some(s =>
    'body' in s
      ? areStoredApart(name, s.body)
      : s.kind === 'store' &&
        (s.access.storage === 'i8' || s.access.storage === 'u8') &&
        s.value.kind === 'component' &&
        s.value.of.kind === 'variable' &&
        s.value.of.name === name,
  )

/** Four codes, packed into a word and unpacked again: then one test serves all four. Anything else as it is. */
function throughWord(e: DeviceExpr): DeviceExpr {
  const code = e.type.lanes === 4 ? dividedCode(e) : undefined
  if (code === undefined) return e
  return e.type.scalar === 'i32'
    ? op('unpackI8', e.type, op('packI8', u32Type, e))
    : op('unpackU8', e.type, op('packU8', u32Type, e))
}

/**
 * Turns stores of four such codes into stores of one word. Four codes that are stored apart, because they belong to four rows, are also computed as one
 * word. Runs before vectors are split into lanes.
 */
export const storeCodesAsWords = (program: DeviceProgram): DeviceProgram => {
  const isGlobal = (name: string) => program.arrays.some(array => array.name === name)
  const rewrite = (body: readonly DeviceStatement[]): readonly DeviceStatement[] =>
    mapList(body, s => {
      if ('body' in s) {
        const inner = rewrite(s.body)
        return inner === s.body ? s : { ...s, body: inner }
      }
      if (s.kind === 'let') return areStoredApart(s.name, body) ? { ...s, value: throughWord(s.value) } : s
      if (s.kind !== 'store' || s.access.lanes !== 4 || !isGlobal(s.array)) return s
      const pack = s.access.storage === 'i8' ? 'packI8' : s.access.storage === 'u8' ? 'packU8' : undefined
      if (pack === undefined || dividedCode(s.value) === undefined) return s
      return { ...s, access: { storage: 'u32', lanes: 1 }, value: op(pack, u32Type, s.value) }
    })
  return rewriteBodies(program, rewrite)
}
