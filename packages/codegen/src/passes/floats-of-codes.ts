/**
 * Makes floats of packed codes by their bits, in functions that sum floats: there a conversion per code, which GPUs run at a quarter of the rate of
 * other instructions, takes longer than memory. 2^23 + n is the float with the bits 0x4b000000 + n for n < 2^23. So a code of b bits that stands at bit s of
 * a word, with its sign bit flipped if it is signed, becomes 2^23 + 2^s · n by one operation on bits:
 *
 *     code 4..7 of w, i4    (w & 0xf0) ^ 0x4b000080  =  2^23 + 16 · (code + 8)     code = fma(that, 1/16, -(2^19 + 8))
 *
 * Each step is exact. Names whose codes are used in another way as well stay as they are.
 *
 * NVIDIA's assembler computes (w & a) ^ b by two instructions if it knows both constants, and by one if b is in a register. So b is built with the zero
 * that only the launch provides: 20% fewer instructions for a sum of 4-bit codes.
 */
import type { DeviceExpr, DeviceFunction, DeviceProgram, DeviceStatement } from '../program/device-program.ts'
import { f32Type, type Scalar, u32Type, withLanes } from '../program/device-type.ts'
import { component, construct, eachLane, literal, op, variable } from '../program/expressions.ts'
import { mapExpressions, mapOperands, rewriteBodies } from '../program/rewrite-program.ts'
import { directExpressions, operandsOf, statementsOf } from '../program/walk-program.ts'

export function floatsOfCodes(program: DeviceProgram): DeviceProgram {
  let { usesZero } = program
  const rewritten = rewriteBodies(program, (body, one) => {
    if (!sumsFloats(one)) return body
    const codes = new CodesAsFloats(body)
    const changed = codes.rewrite(body)
    usesZero ||= codes.usesZero
    return changed
  })
  return { ...rewritten, usesZero }
}

/** The bits of 2^23. */
const magic = 0x4b000000
const precision = 23
/** The longest codes. */
const mostBits = 8

/** Whether a variable accumulates floats. */
const sumsFloats = ({ body }: DeviceFunction): boolean =>
  statementsOf(body).some(s => s.kind === 'assign' && isSum(s.value) && operandsOf(s.value).some(e => reads(e, s.name)))

const isSum = (e: DeviceExpr): boolean => e.kind === 'op' && (e.op === 'add' || e.op === 'fma') && isFloat(e)
const reads = (e: DeviceExpr, name: string): boolean =>
  (e.kind === 'variable' && e.name === name) ||
  (e.kind === 'load' && e.array === name) ||
  operandsOf(e).some(operand => reads(operand, name))

const isFloat = ({ type }: DeviceExpr): boolean => type.scalar === 'f32'

/** `bits` bits of a word from bit `shift` on. */
interface Code {
  readonly word: DeviceExpr
  readonly shift: number
  readonly bits: number
  readonly isSigned: boolean
}

class CodesAsFloats {
  usesZero = false
  /** The codes that each name holds, one per lane. */
  readonly #codes = new Map<string, readonly Code[]>()

  constructor(body: readonly DeviceStatement[]) {
    const statements = statementsOf(body)
    for (const s of statements) {
      const codes = s.kind === 'let' ? codesOf(s.value) : undefined
      if (codes !== undefined && s.kind === 'let') this.#codes.set(s.name, codes)
    }
    for (const s of statements) for (const e of directExpressions(s)) this.#dropOtherUses(e)
  }

  /** A name stays if its codes are used only as floats. */
  #dropOtherUses(e: DeviceExpr): void {
    if (this.#named(e) !== undefined) return
    if (e.kind === 'variable') this.#codes.delete(e.name)
    for (const operand of operandsOf(e)) this.#dropOtherUses(operand)
  }

  /** The name, or the lane of a name, whose codes an expression converts to floats. */
  #named(e: DeviceExpr): { readonly name: string; readonly lane?: number } | undefined {
    const of = converted(e)
    if (of?.kind === 'variable' && this.#codes.has(of.name)) return { name: of.name }
    if (of?.kind !== 'component' || of.of.kind !== 'variable' || !this.#codes.has(of.of.name)) return undefined
    return { name: of.of.name, lane: of.lane }
  }

  rewrite(body: readonly DeviceStatement[]): readonly DeviceStatement[] {
    return mapExpressions(body, (e, _, statement) => {
      const own = statement.kind === 'let' && statement.value === e ? this.#codes.get(statement.name) : undefined
      return own === undefined ? this.#expression(e) : this.#floatsOf(own)
    })
  }

  #expression(e: DeviceExpr): DeviceExpr {
    const named = this.#named(e)
    if (named !== undefined) {
      const { length } = this.#codes.get(named.name) as readonly Code[]
      const whole = variable(named.name, withLanes(f32Type, length as 1 | 2 | 4))
      return named.lane === undefined ? whole : component(whole, named.lane)
    }
    const of = converted(e)
    const codes = of && codesOf(of)
    return codes === undefined ? mapOperands(e, operand => this.#expression(operand)) : this.#floatsOf(codes)
  }

  #floatsOf(codes: readonly Code[]): DeviceExpr {
    this.usesZero = true
    return construct(withLanes(f32Type, codes.length as 1 | 2 | 4), codes.map(floatOf))
  }
}

/** The operand of a conversion to float, before its reinterpretation as a signed word. */
function converted(e: DeviceExpr): DeviceExpr | undefined {
  const [of] = e.kind === 'op' && e.op === 'toF32' ? e.args : []
  return of?.kind === 'op' && of.op === 'toI32' ? of.args[0] : of
}

/** The codes that an expression extracts, one per lane; undefined if it does anything else. */
function codesOf(e: DeviceExpr): readonly Code[] | undefined {
  const codes = eachLane(e.type.lanes, lane => codeOf(e, lane))
  return codes.every(code => code !== undefined) ? codes : undefined
}

const unpacked: Readonly<Record<string, Scalar>> = { unpackI8: 'i32', unpackU8: 'u32' }

function codeOf(e: DeviceExpr, lane: number): Code | undefined {
  if (e.kind === 'construct') return codeOf(component(e, lane), 0)
  if (e.kind === 'component') return e.of.kind === 'op' ? codeOf(e.of, e.lane) : undefined
  if (e.kind !== 'op') return undefined
  const [first, second] = e.args as [DeviceExpr, DeviceExpr]
  const scalar = unpacked[e.op]
  if (scalar !== undefined) return { word: first, shift: 8 * lane, bits: 8, isSigned: scalar === 'i32' }
  if (e.type.lanes > 1 || second?.kind !== 'literal') return undefined
  if (e.op === 'and' && e.type.scalar === 'u32') {
    const bits = Math.log2(second.value + 1)
    return Number.isInteger(bits) ? fieldOf(first, 0, bits, false) : undefined
  }
  if (e.op !== 'shiftRight' || e.type.scalar !== 'i32' || first.kind !== 'op' || first.op !== 'bitcastI32')
    return undefined
  const raised = first.args[0] as DeviceExpr
  const [of, by] = raised.kind === 'op' && raised.op === 'shiftLeft' ? raised.args : [raised, literal(0)]
  if (by?.kind !== 'literal') return undefined
  return fieldOf(of as DeviceExpr, second.value - by.value, 32 - second.value, true)
}

/** The field of a word, or of a word that is shifted to the right. */
function fieldOf(of: DeviceExpr, at: number, bits: number, isSigned: boolean): Code | undefined {
  if (at < 0 || bits < 1 || bits > mostBits) return undefined
  const [word, by] = of.kind === 'op' && of.op === 'shiftRight' && of.type.scalar === 'u32' ? of.args : []
  if (word !== undefined && by?.kind === 'literal' && at + by.value + bits <= 32)
    return { word, shift: at + by.value, bits, isSigned }
  return { word: of, shift: at, bits, isSigned }
}

function floatOf({ word, shift, bits, isSigned }: Code): DeviceExpr {
  // A code that reaches beyond the mantissa is taken from the upper half of its word.
  const isHigh = shift + bits > precision
  const half = isHigh ? op('shiftRight', u32Type, word, literal(16)) : word
  const at = isHigh ? shift - 16 : shift
  const sign = isSigned ? 2 ** (bits - 1) : 0
  const field = op('and', u32Type, half, literal((2 ** bits - 1) * 2 ** at))
  const kept = op('add', u32Type, literal(magic + sign * 2 ** at), { kind: 'size', type: u32Type, size: 'zero' })
  const float = op('bitcastF32', f32Type, op('xor', u32Type, field, kept))
  const bias = 2 ** (precision - at) + sign
  return at === 0
    ? op('sub', f32Type, float, literal(bias, f32Type))
    : op('fma', f32Type, float, literal(2 ** -at, f32Type), literal(-bias, f32Type))
}
