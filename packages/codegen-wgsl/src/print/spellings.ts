/** The WGSL spelling of each operation, equal to the kernel language bit for bit. */
import {
  atom,
  call,
  type DeviceExpr,
  type DeviceOperation,
  type DeviceType,
  type InfixOperator,
  infix,
  member,
  operand,
  type Positions,
  type Printed,
  prefix,
} from '@qernel/codegen/internal'
import type { Helper, HelperSet } from './device-functions.ts'

/** The context of a printed expression. */
export interface PrintContext {
  readonly division: 'native' | 'refined' | 'integer'
  readonly helpers: HelperSet
  /** Arrays of atomic words. */
  readonly atomics: ReadonlySet<string>
  /** The language features that printed text uses; printing adds to them. */
  readonly asked: Asked
  /** See `Numerics`. */
  readonly fusedFma: boolean
  readonly packsFloat16?: boolean | undefined
  readonly sumsToNearest?: boolean | undefined
}

/** The language features that an entry point uses. */
export interface Asked {
  /** The position of the workgroup in the grid and of the thread in the workgroup. */
  readonly positions: Set<'group' | 'local'>
  readonly extensions: Set<'subgroups'>
  /** Those that the statement mentions which is printed now. */
  readonly mentioned: Positions
}

export type Operation = DeviceExpr & { readonly kind: 'op' }

/** The operation to spell, and the services of the printer for it. */
interface Spelling {
  readonly node: Operation
  /** The operands, printed. */
  readonly args: readonly Printed[]
  readonly context: PrintContext
  readonly print: (e: DeviceExpr) => Printed
  /** Calls a helper function of the file, in the form for the lanes of the result. */
  readonly helper: (name: Helper, ...args: readonly Printed[]) => Printed
}

type Speller = (spelling: Spelling) => Printed

/** The largest bound for which the low bits of a sum with 1.5 · 2^23 hold an integer. */
const largestRounded = 2 ** 22
/** The largest bound for which the remainder of a dividend proves the nearest integer to a quotient. */
const largestProven = 2 ** 10

export const typeName = ({ scalar, lanes }: DeviceType): string => {
  if (lanes === 1) return scalar
  return scalar === 'bool' ? `vec${lanes}<bool>` : `vec${lanes}${scalar[0]}`
}

const operator =
  (symbol: InfixOperator): Speller =>
  ({ args: [a, b] }) =>
    infix(symbol, a as Printed, b as Printed)
const builtin =
  (name: string): Speller =>
  ({ args }) =>
    call(name, ...args)
const helped =
  (name: Helper): Speller =>
  ({ args, helper }) =>
    helper(name, ...args)
const unary =
  (symbol: string): Speller =>
  ({ args: [a] }) =>
    prefix(symbol, a as Printed)
/** A conversion to the type of the result. */
const cast: Speller = ({ node, args }) => call(typeName(node.type), ...args)
const bitcast: Speller = ({ node, args: [a] }) => atom(`bitcast<${typeName(node.type)}>(${(a as Printed).text})`)

/** One spelling for results of a type, and another for all other results. */
const where =
  (scalar: DeviceType['scalar'], own: Speller, other: Speller): Speller =>
  spelling =>
    (spelling.node.type.scalar === scalar ? own : other)(spelling)
/** The same, by the type of the operands. */
const of =
  (scalar: DeviceType['scalar'], own: Speller, other: Speller): Speller =>
  spelling =>
    (spelling.node.args[0]?.type.scalar === scalar ? own : other)(spelling)

/** Bit operations on words and booleans. Single conditions have separate operators. */
const bits = (symbol: '&' | '|', ofConditions: '&&' | '||'): Speller =>
  where(
    'bool',
    spelling => operator(spelling.node.type.lanes === 1 ? ofConditions : symbol)(spelling),
    operator(symbol),
  )

/** A product whose bits pass through an addition that no compiler can drop, so that it is rounded before it is used. */
const isolatedMul: Speller = spelling => {
  const { lanes } = spelling.node.type
  const words = typeName({ scalar: 'u32', lanes })
  const zero = lanes === 1 ? 'sizes.zero' : `${words}(sizes.zero)`
  return atom(`bitcast<${typeName(spelling.node.type)}>(bitcast<${words}>(${operator('*')(spelling).text}) + ${zero})`)
}

/** The maximum of floats; cheaper if one operand is known to be a magnitude. */
const maxOfFloats: Speller = ({ node, args: [a, b], helper }) => {
  const isMagnitude = (e: DeviceExpr | undefined) => e?.kind === 'op' && e.op === 'abs'
  if (isMagnitude(node.args[1])) return helper('max_magnitude', a as Printed, b as Printed)
  if (isMagnitude(node.args[0])) return helper('max_magnitude', b as Printed, a as Printed)
  return helper('max_number', a as Printed, b as Printed)
}

/** Clamps integers. The built-in function requires that the bounds are in order. */
const clampOfIntegers: Speller = ({ node, args }) => {
  const [, low, high] = node.args as readonly [DeviceExpr, DeviceExpr, DeviceExpr]
  const [a, lowest, highest] = args as readonly [Printed, Printed, Printed]
  return constantOf(low) <= constantOf(high)
    ? call('clamp', a, lowest, highest)
    : call('select', call('select', a, lowest, infix('<', a, lowest)), highest, infix('>', a, highest))
}

const select: Speller = ({ args: [condition, yes, no] }) =>
  call('select', no as Printed, yes as Printed, condition as Printed)

/** Shifts. WGSL requires counts that are unsigned and below 32. */
const shift =
  (symbol: '<<' | '>>'): Speller =>
  ({ node, args: [a, count] }) =>
    infix(symbol, a as Printed, shiftCount(node.args[1] as DeviceExpr, count as Printed))

function shiftCount(by: DeviceExpr, printed: Printed): Printed {
  if (by.kind === 'literal') return atom(`${by.value & 31}u`)
  const words = typeName({ scalar: 'u32', lanes: by.type.lanes })
  const unsigned = by.type.scalar === 'u32' ? printed : atom(`bitcast<${words}>(${printed.text})`)
  if (by.kind === 'construct' && by.args.length === 1 && by.args[0]?.kind === 'literal')
    return atom(`${words}(${by.args[0].value & 31}u)`)
  return atom(`(${operand(unsigned, 'unary')} & ${by.type.lanes === 1 ? '31u' : `${words}(31u)`})`)
}

/** The constant that all lanes have; NaN if there is none. */
const constantOf = (e: DeviceExpr): number =>
  e.kind === 'literal'
    ? e.value
    : e.kind === 'construct' && e.args.length === 1
      ? constantOf(e.args[0] as DeviceExpr)
      : Number.NaN

const saturateFloat: Speller = ({ node, args, context, print, helper }) => {
  const [value, low, high] = node.args as readonly [DeviceExpr, DeviceExpr, DeviceExpr]
  const bounds = [low, high].map(bound => print(bound.kind === 'construct' ? (bound.args[0] as DeviceExpr) : bound))
  const within = (limit: number) => [low, high].every(bound => Math.abs(constantOf(bound)) <= limit)
  const rounded = value.kind === 'op' && value.op === 'round' ? value.args[0] : undefined
  let code: Printed
  if (!context.sumsToNearest || rounded === undefined || !within(largestRounded)) {
    code = helper('saturate', args[0] as Printed, ...bounds)
  } else if (rounded.kind === 'op' && rounded.op === 'div' && context.division === 'refined' && within(largestProven)) {
    code = helper('divide_to_code', ...rounded.args.map(print), ...bounds)
  } else {
    code = helper('round_to_code', print(rounded), ...bounds)
  }
  return node.type.scalar === 'u32' ? call(typeName(node.type), code) : code
}

/** The bits of a binary16 value, packed as the low half of a pair whose other half is 0. */
const bitsOfF16: Speller = ({ args: [x], context, helper }) => {
  const pair = call('vec2f', x as Printed, atom('0.0'))
  return context.packsFloat16 ? call('pack2x16float', pair) : helper('pack_f16x2', pair)
}

export const spellings: Readonly<Record<DeviceOperation, Speller>> = {
  add: operator('+'),
  sub: operator('-'),
  mul: operator('*'),
  isolatedMul,
  div: spelling => (spelling.context.division === 'native' ? operator('/') : helped('div_f32'))(spelling),
  neg: unary('-'),
  abs: where('i32', helped('abs_i32'), builtin('abs')),
  min: where('f32', helped('min_number'), builtin('min')),
  max: where('f32', maxOfFloats, builtin('max')),
  clamp: where('f32', helped('clamp_number'), clampOfIntegers),
  round: builtin('round'),
  roundHalfAway: helped('round_half_away'),
  floor: builtin('floor'),
  ceil: builtin('ceil'),
  trunc: builtin('trunc'),
  fma: spelling => (spelling.context.fusedFma ? builtin('fma') : helped('fma_f32'))(spelling),
  sqrt: builtin('sqrt'),
  exp: builtin('exp'),
  exp2: builtin('exp2'),
  log2: builtin('log2'),
  lt: operator('<'),
  le: operator('<='),
  gt: operator('>'),
  ge: operator('>='),
  eq: operator('=='),
  // WGSL's != on floats is ordered, so it is false for NaN.
  ne: of('f32', spelling => prefix('!', operator('==')(spelling)), operator('!=')),
  select,
  and: bits('&', '&&'),
  or: bits('|', '||'),
  xor: where('bool', operator('!='), operator('^')),
  not: where('bool', unary('!'), unary('~')),
  shiftLeft: shift('<<'),
  shiftRight: shift('>>'),
  bitcastF32: bitcast,
  bitcastI32: bitcast,
  bitcastU32: bitcast,
  toF32: of('u32', helped('u32_to_f32'), cast),
  toI32: cast,
  toU32: cast,
  saturateFloat,
  saturateFloat32: where('i32', helped('saturate_i32'), helped('saturate_u32')),
  unpackI8: helped('unpack_i8'),
  unpackU8: helped('unpack_u8'),
  packI8: helped('pack_i8'),
  packU8: helped('pack_u8'),
  unpackF16: builtin('unpack2x16float'),
  packF16: spelling => (spelling.context.packsFloat16 ? builtin('pack2x16float') : helped('pack_f16x2'))(spelling),
  packBf16: helped('bf16_bits'),
  f8e4m3FromBits: helped('f8e4m3_value'),
  bitsOfF8e4m3: helped('f8e4m3_bits'),
  f8e5m2FromBits: helped('f8e5m2_value'),
  bitsOfF8e5m2: helped('f8e5m2_bits'),
  f16FromBits: ({ args }) => member(call('unpack2x16float', ...args), 'x'),
  bitsOfF16,
  narrowF16: helped('narrow_f16'),
  narrowBf16: helped('narrow_bf16'),
  quotient: operator('/'),
  remainder: operator('%'),
  shuffleXor: ({ args, context }) => {
    context.asked.extensions.add('subgroups')
    return call('subgroupShuffleXor', ...args)
  },
  // `&` evaluates both sides. With `&&`, SwiftShader would take minutes to compile the branches of many masked lanes.
  all: ({ args }) => args.reduce((left, right) => infix('&', left, right)),
}
