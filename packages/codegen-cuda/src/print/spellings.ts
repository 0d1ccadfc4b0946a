/**
 * The CUDA spelling of each operation, equal to the kernel language bit for bit. `-fmad` does not affect the results, but
 * `-use_fast_math` would change them.
 */
import {
  atom,
  call,
  conditional,
  type DeviceExpr,
  type DeviceOperation,
  type InfixOperator,
  i32Type,
  infix,
  isSameExpression,
  literal,
  type Printed,
  prefix,
  type Scalar,
} from '@qernel/codegen/internal'
import type { ElementName } from '@qernel/dsl'
import { asVector, dividedCode, dividedCodes } from '../tidy/divided-codes.ts'
import type { DeviceFunctionName } from './device-functions.ts'
import { printMask } from './literals.ts'
import type { Storage } from './types.ts'

export type Operation = DeviceExpr & { readonly kind: 'op' }

/** The operation to spell, and the services of the printer for it. */
export interface Spelling {
  readonly node: Operation
  /** The operands, printed. */
  readonly args: readonly Printed[]
  readonly print: (e: DeviceExpr) => Printed
  /** Calls a function that the file has to define. */
  readonly define: (name: DeviceFunctionName, ...args: readonly Printed[]) => Printed
  /** The C++ form of a storage type; also includes its header. */
  readonly storage: (name: ElementName) => Storage
}

type Speller = (spelling: Spelling) => Printed

const operator =
  (symbol: InfixOperator): Speller =>
  ({ args: [a, b] }) =>
    infix(symbol, a as Printed, b as Printed)
const named =
  (name: string): Speller =>
  ({ args }) =>
    call(name, ...args)
const defined =
  (name: DeviceFunctionName): Speller =>
  ({ args, define }) =>
    define(name, ...args)
const unary =
  (symbol: string): Speller =>
  ({ args: [a] }) =>
    prefix(symbol, a as Printed)

/** A spelling for each type of the first operand. */
const byType =
  (spellers: Readonly<Partial<Record<Scalar, Speller>>>): Speller =>
  spelling => {
    const { scalar } = (spelling.node.args[0] as DeviceExpr).type
    const speller = spellers[scalar]
    if (speller === undefined) throw new Error(`${spelling.node.op} has no spelling for ${scalar}`)
    return speller(spelling)
  }

const isWordLiteral = (e: DeviceExpr): e is DeviceExpr & { readonly kind: 'literal' } =>
  e.kind === 'literal' && e.type.scalar === 'u32'

/** Bit operations on words, with literals in hexadecimal, and on booleans. */
const bits = (symbol: '&' | '|' | '^', onBooleans: InfixOperator): Speller => {
  const onWords: Speller = ({ node, args }) => {
    const [a, b] = node.args.map((arg, i) => (isWordLiteral(arg) ? printMask(arg.value) : args[i]))
    return infix(symbol, a as Printed, b as Printed)
  }
  return byType({ bool: operator(onBooleans), i32: onWords, u32: onWords })
}

/** The shift amount modulo 32. */
const shiftAmount = ({ node, args }: Spelling): Printed => {
  const [, amount] = node.args as readonly [DeviceExpr, DeviceExpr]
  if (amount.kind === 'literal') return atom(String(amount.value & 31))
  return infix('&', args[1] as Printed, atom('31'))
}
const shiftLeft: Speller = spelling => infix('<<', spelling.args[0] as Printed, shiftAmount(spelling))

const clamp: Speller = ({ node, args, define }) => {
  const [, low, high] = node.args as readonly [DeviceExpr, DeviceExpr, DeviceExpr]
  const [a, lowest, highest] = args as readonly [Printed, Printed, Printed]
  const ordered = low.kind === 'literal' && high.kind === 'literal' && low.value <= high.value
  if (node.type.scalar === 'f32' || !ordered) return define('clamp', a, lowest, highest)
  const isWord = node.type.scalar === 'u32'
  const raised = isWord && low.value === 0 ? a : call('max', a, lowest)
  return isWord && high.value === 2 ** 32 - 1 ? raised : call('min', raised, highest)
}

/** A selection. Its condition may be constant, for lanes that are always inside. */
const select: Speller = ({ node, args }) => {
  const [condition] = node.args as readonly [DeviceExpr, DeviceExpr, DeviceExpr]
  const [test, yes, no] = args as readonly [Printed, Printed, Printed]
  if (condition.kind !== 'literal') return conditional(test, yes, no)
  return condition.value === 0 ? no : yes
}

/** Conversions from f32 to integers that include the rounding operation of the operand. NaN gives 0; values out of range saturate. */
const roundings: Readonly<Partial<Record<DeviceOperation, string>>> = {
  round: 'rn',
  floor: 'rd',
  ceil: 'ru',
  trunc: 'rz',
}
const toInteger = ({ node, print }: Spelling): Printed => {
  const x = node.args[0] as DeviceExpr
  const convert = node.type.scalar === 'i32' ? '__float2int' : '__float2uint'
  const rounding = x.kind === 'op' ? roundings[x.op] : undefined
  if (x.kind === 'op' && rounding !== undefined) return call(`${convert}_${rounding}`, print(x.args[0] as DeviceExpr))
  return call(`${convert}_rz`, print(x))
}

const saturateFloat: Speller = spelling => {
  const { node, print, define } = spelling
  const quotient = dividedCode(node)
  // Codes of few bits were measured with divisions only.
  if (quotient !== undefined && quotient.high - quotient.low > 15) {
    const bound = (value: number) => print(literal(value, i32Type))
    const { dividend, divisor, low, high } = quotient
    const code = define('divide_one', print(dividend), print(divisor), bound(low), bound(high))
    return node.type.scalar === 'i32' ? code : call('unsigned', code)
  }
  const [x, low, high] = node.args as readonly [DeviceExpr, DeviceExpr, DeviceExpr]
  if (low.kind !== 'literal' || high.kind !== 'literal') throw new Error('the bounds of a saturation are constants')
  const isSigned = node.type.scalar === 'i32'
  const bound = ({ value }: { readonly value: number }) => print({ kind: 'literal', type: node.type, value })
  const capped = call('min', bound(high), toInteger(spelling))
  const isLowestWord = !isSigned && low.value === 0
  const saturated = isLowestWord ? capped : call('max', bound(low), capped)
  if (low.value <= 0 && high.value >= 0) return saturated
  // NaN must give 0, which is outside these bounds.
  return conditional(infix('!=', print(x), print(x)), bound({ value: 0 }), saturated)
}

/** Converts to a narrow float and back. */
const narrowTo =
  (type: 'f16' | 'bf16'): Speller =>
  ({ args: [x], storage }) => {
    const { narrow, widen } = storage(type)
    return call(widen as string, call(narrow as string, x as Printed))
  }

/** The bits of a float type. The call of `storage` includes its header. */
const bitsOf =
  (type: 'f16' | 'bf16'): Speller =>
  ({ args: [x], storage, define }) => {
    storage(type)
    return define(`${type}_bits`, x as Printed)
  }
const floatOfBits =
  (type: 'f16' | 'bf16'): Speller =>
  ({ args: [word], storage }) => {
    const { widen, fromBits } = storage(type)
    return call(widen as string, call(fromBits as string, call('(unsigned short)', word as Printed)))
  }

/** Four codes in a word. If all are rounded quotients, `divide_to_codes` makes them together. */
const packed =
  (name: 'pack_i8' | 'pack_u8'): Speller =>
  spelling => {
    const quotients = dividedCodes(spelling.node.args)
    if (quotients === undefined) return defined(name)(spelling)
    const { dividends, divisors, low, high } = quotients
    const { print, define } = spelling
    const [divisor] = divisors as readonly [DeviceExpr]
    const by = divisors.every(other => isSameExpression(other, divisor)) ? divisor : asVector(divisors)
    const bound = (value: number) => print(literal(value, i32Type))
    return define('divide_to_codes', print(asVector(dividends)), print(by), bound(low), bound(high))
  }

const cast = (type: string): Speller => named(type)
/** Comparisons. Those of unsigned values with 0 that are always true or false become constants, because compilers warn about them. */
const order =
  (symbol: InfixOperator, withZero?: boolean): Speller =>
  spelling => {
    const [, b] = spelling.node.args as readonly [DeviceExpr, DeviceExpr]
    const isZero = b.kind === 'literal' && b.value === 0 && b.type.scalar === 'u32'
    return isZero && withZero !== undefined ? atom(String(withZero)) : operator(symbol)(spelling)
  }

/** All operations. Those that are `undefined` never occur in programs for CUDA; printing one throws. */
export const spellings: Readonly<Record<DeviceOperation, Speller | undefined>> = {
  add: byType({ f32: operator('+'), u32: operator('+'), i32: defined('wrapping_add') }),
  sub: byType({ f32: operator('-'), u32: operator('-'), i32: defined('wrapping_sub') }),
  mul: byType({ f32: operator('*'), u32: operator('*'), i32: defined('wrapping_mul') }),
  isolatedMul: named('__fmul_rn'),
  div: named('__fdiv_rn'),
  neg: byType({ f32: unary('-'), i32: defined('wrapping_neg') }),
  abs: byType({ f32: named('fabsf'), i32: defined('wrapping_abs') }),
  // A NaN loses and -0 is below +0, as PTX defines min.f32 and max.f32.
  min: byType({ f32: named('fminf'), i32: named('min'), u32: named('min') }),
  max: byType({ f32: named('fmaxf'), i32: named('max'), u32: named('max') }),
  clamp,
  round: named('rintf'),
  roundHalfAway: named('roundf'),
  floor: named('floorf'),
  ceil: named('ceilf'),
  trunc: named('truncf'),
  fma: named('__fmaf_rn'),
  sqrt: named('__fsqrt_rn'),
  exp: named('expf'),
  exp2: named('exp2f'),
  log2: named('log2f'),
  lt: order('<', false),
  le: operator('<='),
  gt: operator('>'),
  ge: order('>=', true),
  eq: operator('=='),
  ne: operator('!='),
  select,
  and: bits('&', '&&'),
  or: bits('|', '||'),
  xor: bits('^', '!='),
  not: byType({ bool: unary('!'), i32: unary('~'), u32: unary('~') }),
  shiftLeft: byType({
    u32: shiftLeft,
    i32: spelling =>
      call(
        'int',
        shiftLeft({ ...spelling, args: [call('unsigned', spelling.args[0] as Printed), ...spelling.args.slice(1)] }),
      ),
  }),
  shiftRight: spelling => infix('>>', spelling.args[0] as Printed, shiftAmount(spelling)),
  bitcastF32: byType({ i32: named('__int_as_float'), u32: named('__uint_as_float') }),
  bitcastI32: byType({ f32: named('__float_as_int'), u32: cast('int') }),
  bitcastU32: byType({ f32: named('__float_as_uint'), i32: cast('unsigned') }),
  toF32: byType({ i32: named('__int2float_rn'), u32: named('__uint2float_rn') }),
  toI32: cast('int'),
  toU32: cast('unsigned'),
  saturateFloat,
  saturateFloat32: toInteger,
  f8e4m3FromBits: defined('f8e4m3_value'),
  bitsOfF8e4m3: defined('f8e4m3_bits'),
  f8e5m2FromBits: defined('f8e5m2_value'),
  bitsOfF8e5m2: defined('f8e5m2_bits'),
  f16FromBits: floatOfBits('f16'),
  // CUDA addresses bytes and halves directly, so it never unpacks them from words.
  unpackI8: undefined,
  unpackU8: undefined,
  unpackF16: undefined,
  packI8: packed('pack_i8'),
  packU8: packed('pack_u8'),
  packF16: spelling => {
    spelling.storage('f16')
    return defined('pack_f16')(spelling)
  },
  packBf16: bitsOf('bf16'),
  bitsOfF16: bitsOf('f16'),
  narrowF16: narrowTo('f16'),
  narrowBf16: narrowTo('bf16'),
  quotient: operator('/'),
  remainder: operator('%'),
  // All threads of the warp take part.
  shuffleXor: ({ args }) => call('__shfl_xor_sync', printMask(0xffffffff), ...args),
  all: ({ args }) => args.reduce((a, b) => infix('&&', a, b)),
}
