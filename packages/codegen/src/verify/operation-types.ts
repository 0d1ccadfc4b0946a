/** Which operands each device operation takes, and what it gives. */
import type { DeviceExpr, DeviceOperation, DeviceType, Scalar } from '../device-program.ts'

type Operation = DeviceExpr & { readonly kind: 'op' }
/** What is wrong with the types of an operation; undefined where nothing is. */
type Rule = (e: Operation) => string | undefined

const numeric: readonly Scalar[] = ['f32', 'i32', 'u32']
const integers: readonly Scalar[] = ['i32', 'u32']
const floats: readonly Scalar[] = ['f32']
const bits: readonly Scalar[] = ['bool', 'i32', 'u32']

export const typeText = ({ scalar, lanes }: DeviceType): string => (lanes === 1 ? scalar : `${scalar}×${lanes}`)

const typesOf = (args: readonly DeviceExpr[]): string => args.map(({ type }) => typeText(type)).join(', ')
const wrong = (e: Operation, wanted: string): string =>
  `${e.op} takes ${wanted}, but stands here with (${typesOf(e.args)}) → ${typeText(e.type)}`
const isOf = ({ scalar, lanes }: DeviceType, scalars: readonly Scalar[], count: number): boolean =>
  scalars.includes(scalar) && lanes === count
const areEqual = (a: DeviceType, b: DeviceType): boolean => a.scalar === b.scalar && a.lanes === b.lanes

/** Operands of the type of the result. */
const same =
  (arity: number, scalars: readonly Scalar[]): Rule =>
  e =>
    e.args.length === arity && scalars.includes(e.type.scalar) && e.args.every(arg => areEqual(arg.type, e.type))
      ? undefined
      : wrong(e, `${arity} operands of the type of its result, ${scalars.join(' or ')}`)

/** Operands of one type, a result of another, lane by lane. */
const converting =
  (arity: number, from: readonly Scalar[], to: readonly Scalar[]): Rule =>
  e => {
    const [first] = e.args
    const isRight =
      first !== undefined &&
      e.args.length === arity &&
      isOf(first.type, from, e.type.lanes) &&
      to.includes(e.type.scalar) &&
      e.args.every(arg => areEqual(arg.type, first.type))
    return isRight ? undefined : wrong(e, `${arity} of ${from.join(' or ')} and gives ${to.join(' or ')}, lane by lane`)
  }

const comparing = converting(2, numeric, ['bool'])

const choosing: Rule = e => {
  const [condition, ...arms] = e.args
  const isRight =
    condition !== undefined &&
    isOf(condition.type, ['bool'], e.type.lanes) &&
    arms.length === 2 &&
    arms.every(arm => areEqual(arm.type, e.type))
  return isRight ? undefined : wrong(e, 'a condition for each lane and two values of the type of its result')
}

const shifting: Rule = e => {
  const [value, count] = e.args
  const isRight =
    e.args.length === 2 &&
    value !== undefined &&
    count !== undefined &&
    areEqual(value.type, e.type) &&
    integers.includes(value.type.scalar) &&
    isOf(count.type, integers, e.type.lanes)
  return isRight ? undefined : wrong(e, 'an integer of the type of its result and a count for each lane')
}

const byConstant: Rule = e => {
  const [value, by] = e.args
  const isRight =
    e.args.length === 2 && value !== undefined && areEqual(value.type, e.type) && isOf(e.type, ['u32'], e.type.lanes)
  return isRight && by?.kind === 'literal' && by.type.scalar === 'u32' && by.value > 0
    ? undefined
    : wrong(e, 'an index and a positive constant')
}

const unpacking =
  (to: Scalar, lanes: number): Rule =>
  e =>
    e.args.length === 1 && isOf((e.args[0] as DeviceExpr).type, ['u32'], 1) && isOf(e.type, [to], lanes)
      ? undefined
      : wrong(e, `a word and gives ${to}×${lanes}`)

/** One vector, or its lanes one by one. */
const packing =
  (from: Scalar, lanes: number): Rule =>
  e => {
    const isVector = e.args.length === 1 && isOf((e.args[0] as DeviceExpr).type, [from], lanes)
    const areLanes = e.args.length === lanes && e.args.every(arg => isOf(arg.type, [from], 1))
    return (isVector || areLanes) && isOf(e.type, ['u32'], 1)
      ? undefined
      : wrong(e, `${from}×${lanes}, or ${lanes} of ${from}, and gives a word`)
  }

const saturating: Rule = e => {
  const isRight = e.args.length === 3 && e.args.every(arg => isOf(arg.type, floats, e.type.lanes))
  return isRight && integers.includes(e.type.scalar) ? undefined : wrong(e, 'f32 and two bounds, and gives an integer')
}

const shuffling: Rule = e => {
  const [value, offset] = e.args
  const isRight = e.args.length === 2 && value !== undefined && areEqual(value.type, e.type)
  return isRight && offset !== undefined && isOf(offset.type, ['u32'], 1)
    ? undefined
    : wrong(e, 'a value of the type of its result and a word')
}

const conjunction: Rule = e =>
  e.args.length > 0 && isOf(e.type, ['bool'], 1) && e.args.every(arg => isOf(arg.type, ['bool'], 1))
    ? undefined
    : wrong(e, 'conditions of control flow')

const rules: Readonly<Record<DeviceOperation, Rule>> = {
  add: same(2, numeric),
  sub: same(2, numeric),
  mul: same(2, numeric),
  div: same(2, floats),
  neg: same(1, ['f32', 'i32']),
  abs: same(1, ['f32', 'i32']),
  min: same(2, numeric),
  max: same(2, numeric),
  clamp: same(3, numeric),
  round: same(1, floats),
  roundHalfAway: same(1, floats),
  floor: same(1, floats),
  ceil: same(1, floats),
  trunc: same(1, floats),
  fma: same(3, floats),
  sqrt: same(1, floats),
  exp2: same(1, floats),
  log2: same(1, floats),
  lt: comparing,
  le: comparing,
  gt: comparing,
  ge: comparing,
  eq: comparing,
  ne: comparing,
  select: choosing,
  and: same(2, bits),
  or: same(2, bits),
  xor: same(2, bits),
  not: same(1, bits),
  shiftLeft: shifting,
  shiftRight: shifting,
  bitcastF32: converting(1, integers, floats),
  bitcastI32: converting(1, ['f32', 'u32'], ['i32']),
  bitcastU32: converting(1, ['f32', 'i32'], ['u32']),
  toF32: converting(1, integers, floats),
  saturateFloat: saturating,
  saturateFloat32: converting(1, floats, integers),
  toI32: converting(1, integers, ['i32']),
  toU32: converting(1, integers, ['u32']),
  quotient: byConstant,
  remainder: byConstant,
  isolatedMul: same(2, floats),
  unpackI8: unpacking('i32', 4),
  unpackU8: unpacking('u32', 4),
  packI8: packing('i32', 4),
  packU8: packing('u32', 4),
  unpackF16: unpacking('f32', 2),
  packF16: packing('f32', 2),
  packBf16: converting(1, floats, ['u32']),
  f16FromBits: converting(1, ['u32'], floats),
  bitsOfF16: converting(1, floats, ['u32']),
  narrowF16: same(1, floats),
  narrowBf16: same(1, floats),
  shuffleXor: shuffling,
  all: conjunction,
}

/** What is wrong with the types of an operation; undefined where nothing is. */
export const checkOperation: Rule = e => rules[e.op](e)
