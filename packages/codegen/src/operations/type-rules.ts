/** Type rules for operands and results. The table of operations assigns one rule to each operation. */
import type { DeviceType, Scalar } from '../program/device-type.ts'

interface Operand {
  readonly kind: string
  readonly type: DeviceType
  readonly value?: unknown
}
/** The part of an operation that type rules look at. */
interface Operation {
  readonly op: string
  readonly type: DeviceType
  readonly args: readonly Operand[]
}
/** Describes what is wrong with the types of an operation; undefined if they are right. */
export type TypeRule = (e: Operation) => string | undefined

export const integers: readonly Scalar[] = ['i32', 'u32']
export const floats: readonly Scalar[] = ['f32']

export const typeText = ({ scalar, lanes }: DeviceType): string => (lanes === 1 ? scalar : `${scalar}×${lanes}`)

const typesOf = (args: readonly Operand[]): string => args.map(({ type }) => typeText(type)).join(', ')
const wrong = (e: Operation, wanted: string): string =>
  `${e.op} takes ${wanted}, but stands here with (${typesOf(e.args)}) → ${typeText(e.type)}`
const isOf = ({ scalar, lanes }: DeviceType, scalars: readonly Scalar[], count: number): boolean =>
  scalars.includes(scalar) && lanes === count
const areEqual = (a: DeviceType, b: DeviceType): boolean => a.scalar === b.scalar && a.lanes === b.lanes

/** All operands have the type of the result. */
export const same =
  (arity: number, scalars: readonly Scalar[]): TypeRule =>
  e =>
    e.args.length === arity && scalars.includes(e.type.scalar) && e.args.every(arg => areEqual(arg.type, e.type))
      ? undefined
      : wrong(e, `${arity} operands of the type of its result, ${scalars.join(' or ')}`)

/** All operands have one type and the result has another, with the same number of lanes. */
export const converting =
  (arity: number, from: readonly Scalar[], to: readonly Scalar[]): TypeRule =>
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

export const choosing: TypeRule = e => {
  const [condition, ...arms] = e.args
  const isRight =
    condition !== undefined &&
    isOf(condition.type, ['bool'], e.type.lanes) &&
    arms.length === 2 &&
    arms.every(arm => areEqual(arm.type, e.type))
  return isRight ? undefined : wrong(e, 'a condition for each lane and two values of the type of its result')
}

export const shifting: TypeRule = e => {
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

/** Division of indices: the divisor is a positive constant, or a length that is at least 1. */
export const dividing: TypeRule = e => {
  const [value, by] = e.args
  const isRight =
    e.args.length === 2 &&
    value !== undefined &&
    by !== undefined &&
    areEqual(value.type, e.type) &&
    isOf(e.type, ['u32'], e.type.lanes) &&
    isOf(by.type, ['u32'], 1)
  return isRight && (by.kind !== 'literal' || Number(by.value) > 0)
    ? undefined
    : wrong(e, 'an index and a positive one')
}

export const unpacking =
  (to: Scalar, lanes: number): TypeRule =>
  e =>
    e.args.length === 1 && isOf((e.args[0] as Operand).type, ['u32'], 1) && isOf(e.type, [to], lanes)
      ? undefined
      : wrong(e, `a word and gives ${to}×${lanes}`)

/** Takes one vector, or its lanes as separate scalars. */
export const packing =
  (from: Scalar, lanes: number): TypeRule =>
  e => {
    const isVector = e.args.length === 1 && isOf((e.args[0] as Operand).type, [from], lanes)
    const areLanes = e.args.length === lanes && e.args.every(arg => isOf(arg.type, [from], 1))
    return (isVector || areLanes) && isOf(e.type, ['u32'], 1)
      ? undefined
      : wrong(e, `${from}×${lanes}, or ${lanes} of ${from}, and gives a word`)
  }

export const saturating: TypeRule = e => {
  const isRight = e.args.length === 3 && e.args.every(arg => isOf(arg.type, floats, e.type.lanes))
  return isRight && integers.includes(e.type.scalar) ? undefined : wrong(e, 'f32 and two bounds, and gives an integer')
}

export const shuffling: TypeRule = e => {
  const [value, offset] = e.args
  const isRight = e.args.length === 2 && value !== undefined && areEqual(value.type, e.type)
  return isRight && offset !== undefined && isOf(offset.type, ['u32'], 1)
    ? undefined
    : wrong(e, 'a value of the type of its result and a word')
}

export const conjunction: TypeRule = e =>
  e.args.length > 0 && isOf(e.type, ['bool'], 1) && e.args.every(arg => isOf(arg.type, ['bool'], 1))
    ? undefined
    : wrong(e, 'conditions of control flow')
