/** Device expressions as WGSL. */
import {
  atom,
  call,
  type DeviceExpr,
  type DeviceOperation,
  type DeviceType,
  floatDecimal,
  type InfixOperator,
  infix,
  member,
  operand,
  type Printed,
  prefix,
  subscript,
} from '@qernel/codegen'
import type { Helper, HelperSet } from './device-functions.ts'
import { wgslName } from './reserved-words.ts'

/** What printing depends on besides the expression. */
export interface PrintContext {
  readonly division: 'native' | 'refined' | 'integer'
  readonly helpers: HelperSet
  /** Arrays of atomic words. */
  readonly atomics: ReadonlySet<string>
  /** See `Numerics`. */
  readonly packsFloat16?: boolean | undefined
  readonly sumsToNearest?: boolean | undefined
}

/** Up to here a sum with 1.5 · 2^23 has an integer in its low bits. */
const largestRounded = 2 ** 22
/** Up to here what is left of a dividend proves the nearest integer to a quotient. */
const largestProven = 2 ** 10

export const typeName = ({ scalar, lanes }: DeviceType): string => {
  if (lanes === 1) return scalar
  return scalar === 'bool' ? `vec${lanes}<bool>` : `vec${lanes}${scalar[0]}`
}

const lanesOf = 'xyzw'

const infixes: Partial<Record<DeviceOperation, InfixOperator>> = {
  add: '+',
  sub: '-',
  mul: '*',
  lt: '<',
  le: '<=',
  gt: '>',
  ge: '>=',
  eq: '==',
  ne: '!=',
  or: '|',
  xor: '^',
  and: '&',
  quotient: '/',
  remainder: '%',
}

/** Operations that are a call of a built-in function with the same arguments. */
const builtins: Partial<Record<DeviceOperation, string>> = {
  floor: 'floor',
  ceil: 'ceil',
  trunc: 'trunc',
  round: 'round',
  fma: 'fma',
  sqrt: 'sqrt',
  exp2: 'exp2',
  log2: 'log2',
  unpackF16: 'unpack2x16float',
}

/** Operations that are a call of a function that the file carries. */
const helperOperations: Partial<Record<DeviceOperation, Helper>> = {
  roundHalfAway: 'round_half_away',
  packI8: 'pack_i8',
  packU8: 'pack_u8',
  unpackI8: 'unpack_i8',
  unpackU8: 'unpack_u8',
  packBf16: 'bf16_bits',
  packF16: 'pack_f16x2',
}

export function printExpression(e: DeviceExpr, context: PrintContext): Printed {
  switch (e.kind) {
    case 'literal':
      return printLiteral(e.value, e.type)
    case 'variable':
      return atom(wgslName(e.name))
    case 'size':
      return atom(`sizes.${wgslName(e.size)}`)
    case 'thread':
      return atom(`${e.of}.${e.dimension}`)
    case 'component':
      return member(printExpression(e.of, context), lanesOf[e.lane] as string)
    case 'dynamicComponent':
      return subscript(printExpression(e.of, context), printExpression(e.lane, context))
    case 'construct':
      return call(typeName(e.type), ...e.args.map(arg => printExpression(arg, context)))
    case 'load': {
      const element = subscript(atom(wgslName(e.array)), printExpression(e.index, context))
      return context.atomics.has(e.array) ? call('atomicLoad', prefix('&', element)) : element
    }
    case 'op':
      return printOperation(e, context)
  }
}

function printLiteral(value: number, { scalar }: DeviceType): Printed {
  switch (scalar) {
    case 'f32': {
      const text = floatDecimal(value)
      return text.startsWith('-') ? { text, level: 'unary' } : atom(text)
    }
    case 'u32':
      return atom(`${value}u`)
    case 'i32':
      return value < 0 ? { text: String(value), level: 'unary' } : atom(String(value))
    case 'bool':
      return atom(value ? 'true' : 'false')
  }
}

function printOperation(e: DeviceExpr & { kind: 'op' }, context: PrintContext): Printed {
  const args = e.args.map(arg => printExpression(arg, context))
  const [a, b, c] = args as [Printed, Printed, Printed]
  const operands = e.args as readonly [DeviceExpr, DeviceExpr, DeviceExpr]
  const { lanes } = e.type
  const helper = (name: Helper, ...of: Printed[]): Printed => call(context.helpers.use(name, lanes), ...of)
  // WGSL's != on floats is ordered, so false for NaN.
  if (e.op === 'ne' && operands[0].type.scalar === 'f32') return prefix('!', infix('==', a, b))
  if (e.op === 'xor' && e.type.scalar === 'bool') return infix('!=', a, b)
  const operator = infixes[e.op]
  if (operator !== undefined)
    return infix(
      operator === '&' && lanes === 1 && e.type.scalar === 'bool'
        ? '&&'
        : operator === '|' && lanes === 1 && e.type.scalar === 'bool'
          ? '||'
          : operator,
      a,
      b,
    )
  const builtin = builtins[e.op]
  if (builtin !== undefined) return call(builtin, ...args)
  if (e.op === 'packF16' && context.packsFloat16) return call('pack2x16float', a)
  const own = helperOperations[e.op]
  if (own !== undefined) return helper(own, ...args)
  switch (e.op) {
    case 'div':
      return context.division === 'native' ? infix('/', a, b) : helper('div_f32', a, b)
    case 'isolatedMul': {
      // The bits pass through an addition that no compiler can drop, so the product is rounded before it is used.
      const words = typeName({ scalar: 'u32', lanes })
      return atom(
        `bitcast<${typeName(e.type)}>(bitcast<${words}>(${infix('*', a, b).text}) + ${lanes === 1 ? 'sizes.zero' : `${words}(sizes.zero)`})`,
      )
    }
    case 'abs':
      return e.type.scalar === 'i32' ? helper('abs_i32', a) : call('abs', a)
    case 'neg':
      return prefix('-', a)
    case 'not':
      return prefix(e.type.scalar === 'bool' ? '!' : '~', a)
    case 'min':
      return e.type.scalar === 'f32' ? helper('min_number', a, b) : call('min', a, b)
    case 'max': {
      // Where one operand is a magnitude, its sign needs no order.
      const isMagnitude = (of: DeviceExpr) => of.kind === 'op' && of.op === 'abs'
      if (e.type.scalar === 'f32' && isMagnitude(operands[1])) return helper('max_magnitude', a, b)
      if (e.type.scalar === 'f32' && isMagnitude(operands[0])) return helper('max_magnitude', b, a)
      return e.type.scalar === 'f32' ? helper('max_number', a, b) : call('max', a, b)
    }
    case 'clamp':
      if (e.type.scalar === 'f32') return helper('clamp_number', a, b, c)
      // The built-in takes bounds in order only.
      return areOrdered(operands[1], operands[2])
        ? call('clamp', a, b, c)
        : call('select', call('select', a, b, infix('<', a, b)), c, infix('>', a, c))
    case 'select':
      return call('select', c, b, a)
    case 'shiftLeft':
    case 'shiftRight':
      return infix(e.op === 'shiftLeft' ? '<<' : '>>', a, shiftCount(operands[1], b))
    case 'bitcastF32':
    case 'bitcastI32':
    case 'bitcastU32':
      return atom(`bitcast<${typeName(e.type)}>(${a.text})`)
    case 'toF32':
      return operands[0].type.scalar === 'u32' ? helper('u32_to_f32', a) : call(typeName(e.type), a)
    case 'toI32':
    case 'toU32':
      return call(typeName(e.type), a)
    case 'saturateFloat': {
      const bound = (of: DeviceExpr): Printed =>
        printExpression(of.kind === 'construct' ? (of.args[0] as DeviceExpr) : of, context)
      const [value, low, high] = operands
      const within = (limit: number) => [low, high].every(of => Math.abs(constantOf(of)) <= limit)
      const rounded = value.kind === 'op' && value.op === 'round' ? value.args[0] : undefined
      const print = (of: DeviceExpr) => printExpression(of, context)
      let code: Printed
      if (!context.sumsToNearest || rounded === undefined || !within(largestRounded)) {
        code = helper('saturate', a, bound(low), bound(high))
      } else if (
        rounded.kind === 'op' &&
        rounded.op === 'div' &&
        context.division === 'refined' &&
        within(largestProven)
      ) {
        code = helper('divide_to_code', ...rounded.args.map(print), bound(low), bound(high))
      } else {
        code = helper('round_to_code', print(rounded), bound(low), bound(high))
      }
      return e.type.scalar === 'u32' ? call(typeName(e.type), code) : code
    }
    case 'saturateFloat32':
      return helper(e.type.scalar === 'i32' ? 'saturate_i32' : 'saturate_u32', a)
    case 'shuffleXor':
      return call('subgroupShuffleXor', a, b)
    case 'bitsOfF16':
      return context.packsFloat16
        ? call('pack2x16float', call('vec2f', a, atom('0.0')))
        : helper('pack_f16x2', call('vec2f', a, atom('0.0')))
    case 'f16FromBits':
      return member(call('unpack2x16float', a), 'x')
    case 'narrowF16':
      return helper('narrow_f16', a)
    case 'narrowBf16':
      return helper('narrow_bf16', a)
    case 'all':
      // Both sides are evaluated: a branch for each `&&` of many masked lanes takes SwiftShader minutes to compile.
      return args.reduce((left, right) => infix('&', left, right))
    default:
      throw new Error(`the WGSL back end has no spelling for ${e.op}`)
  }
}

/** The number that all lanes are; NaN where that is known later. */
const constantOf = (e: DeviceExpr): number =>
  e.kind === 'literal'
    ? e.value
    : e.kind === 'construct' && e.args.length === 1
      ? constantOf(e.args[0] as DeviceExpr)
      : Number.NaN

/** Whether two bounds are constants, the lower first. */
const areOrdered = (low: DeviceExpr, high: DeviceExpr): boolean => constantOf(low) <= constantOf(high)

/** Shift counts are unsigned and below 32. */
function shiftCount(by: DeviceExpr, printed: Printed): Printed {
  if (by.kind === 'literal') return atom(`${by.value & 31}u`)
  const words = typeName({ scalar: 'u32', lanes: by.type.lanes })
  const unsigned = by.type.scalar === 'u32' ? printed : atom(`bitcast<${words}>(${printed.text})`)
  if (by.kind === 'construct' && by.args.length === 1 && by.args[0]?.kind === 'literal')
    return atom(`${words}(${by.args[0].value & 31}u)`)
  return atom(`(${operand(unsigned, 'unary')} & ${by.type.lanes === 1 ? '31u' : `${words}(31u)`})`)
}
