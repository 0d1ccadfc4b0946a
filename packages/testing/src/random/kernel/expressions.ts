/** Well-typed random expressions over every operation of the language. */
import {
  type ComputeType,
  i2,
  i4,
  i8,
  operationNames,
  operations,
  type StorageType,
  storageTypes,
  u3,
  u4,
  u8,
  Value,
} from '@qernel/dsl'
import { approximateOperations, isNarrowFloat } from '@qernel/dsl/internal'
import type { Pick } from '@qernel/schedule'
import { randomLoad } from './loads.ts'
import { randomReduction } from './reductions.ts'
import type { Numeric, Scope } from './scope.ts'

/** An expression of a type, at most `depth` operations deep. */
export function randomValue(type: Numeric, depth: number, scope: Scope, pick: Pick): Value {
  if (depth <= 0) return leaf(type, scope, pick)
  if (scope.reductions > 0 && pick([true, false, false, false, false])) {
    const reduced = randomReduction(type, scope, pick, (kind, inner) => randomValue(kind, depth - 1, inner, pick))
    if (reduced !== undefined) return reduced
  }
  const of = (inner: Numeric, less = 1) => randomValue(inner, depth - less, scope, pick)
  if (pick([true, false, false, false, false, false]))
    return condition(depth - 1, scope, pick).select(of(type), of(type, 2))
  return type === 'f32' ? float(of, scope, pick) : integer(type, of, scope, pick)
}

/** Operations that take floats and return a float. */
const floatOperations = operationNames.filter(name => {
  const { on, result, typed } = operations[name]
  return on.includes('f32') && !on.includes('bool') && result === undefined && typed === undefined
})
const narrowFloats = [...storageTypes.values()].filter(isNarrowFloat)

type Of = (type: Numeric, less?: number) => Value

/** Constants that quantizers use, and constants that reveal mistakes. */
const usual = [0.5, 127, -1, 7, 1e-8, 0.3, 2, -0, 16777217, 1 / 3] as const
/** The ends of ranges: of f32, of f16 after rounding, of the normal numbers. */
const ends = [
  Number.NaN,
  Infinity,
  -Infinity,
  65520,
  -65520,
  3.4028234663852886e38,
  -3.4028234663852886e38,
  2 ** -126,
  1e-40,
]
const constant = (pick: Pick): number => pick(pick([usual, usual, usual, ends]))

function float(of: Of, scope: Scope, pick: Pick): Value {
  const x = of('f32')
  switch (
    pick([
      'add',
      'sub',
      'mul',
      'div',
      'extreme',
      'round',
      'sign',
      'clamp',
      'constant',
      'convert',
      'narrow',
      'fma',
      'neg',
      'approximate',
      'any',
    ])
  ) {
    case 'add':
      return x.add(of('f32', 2))
    case 'sub':
      return x.sub(of('f32', 2))
    case 'mul':
      return x.mul(of('f32', 2))
    case 'div':
      return x.div(pick([() => of('f32', 2), () => divisor(scope, pick)])())
    case 'extreme':
      return pick([true, false]) ? x.max(of('f32', 2)) : x.min(of('f32', 2))
    case 'round':
      return rounded(x, pick)
    case 'sign':
      return x.abs()
    case 'clamp':
      // Bounds in either order.
      return pick([true, true, false])
        ? x.clamp(pick([-1, -128, 0, -0.5, 20]), pick([0.5, 127, 15, 7, -3]))
        : x.clamp(leaf('f32', scope, pick), pick([0.5, Infinity, -2]))
    case 'constant':
      return pick([true, false])
        ? x.mul(constant(pick))
        : pick([true, false])
          ? x.div(constant(pick))
          : x.add(constant(pick))
    case 'convert':
      return of(pick(['i32', 'u32'] as const)).toF32()
    case 'narrow':
      return x.narrow(pick(narrowFloats))
    case 'approximate':
      return new Value({ kind: 'op', type: 'f32', op: pick(approximateOperations), args: [x.expr] })
    case 'any': {
      const op = pick(floatOperations)
      const others = [leaf('f32', scope, pick), leaf('f32', scope, pick)]
      const args = [x, ...others].slice(0, operations[op].arity)
      return new Value({ kind: 'op', type: 'f32', op, args: args.map(({ expr }) => expr) })
    }
    default:
      return pick([true, true, true, false]) ? x.neg() : x.fma(leaf('f32', scope, pick), of('f32', 3))
  }
}

/** A value that is the same in every launch of a compiled program or for many elements: a size, an index, or an expression of one. */
function divisor(scope: Scope, pick: Pick): Value {
  const whole = pick([...scope.axes.map(({ size }) => size.value()), ...scope.walks.map(({ index }) => index.value())])
  return pick([
    () => whole.toF32(),
    () => whole.add(pick([1, 3, -16])).toF32(),
    () => whole.toF32().mul(pick([0.5, -0.7, 3])),
    () => whole.toF32().sub(pick([4, 16, 0.25])),
  ])()
}

export function rounded(x: Value, pick: Pick): Value {
  switch (pick(['round', 'round', 'roundHalfAway', 'floor', 'ceil', 'trunc'])) {
    case 'round':
      return x.round()
    case 'roundHalfAway':
      return x.roundHalfAway()
    case 'floor':
      return x.floor()
    case 'ceil':
      return x.ceil()
    default:
      return x.trunc()
  }
}

function integer(type: 'i32' | 'u32', of: Of, scope: Scope, pick: Pick): Value {
  const other = type === 'i32' ? 'u32' : 'i32'
  const narrow: readonly StorageType[] = type === 'i32' ? [i8, i4, i2] : [u8, u4, u3]
  switch (
    pick([
      ...['add', 'sub', 'mul', 'extreme', 'clamp', 'bits', 'shift', 'not', 'cast', 'saturate', 'wrap', 'code'],
      ...['float', 'flag'],
    ])
  ) {
    case 'add':
      return of(type).add(of(type, 2))
    case 'sub':
      return of(type).sub(of(type, 2))
    case 'mul':
      return of(type).mul(of(type, 2))
    case 'extreme':
      return pick([true, false]) ? of(type).max(of(type, 2)) : of(type).min(of(type, 2))
    case 'clamp':
      return of(type).clamp(pick([0, 3, 200]), pick([() => 7, () => 100, () => of(type, 3)])())
    case 'bits':
      return pick([true, false])
        ? of(type).xor(of(type, 2))
        : of(type)
            .and(of(type, 2))
            .or(pick([1, 5, 240]))
    case 'shift': {
      // Any value may be the shift: only its last five bits count.
      const by = pick([() => pick([0, 1, 3, 4, 31, 32, 33]), () => of(type, 2)])()
      return pick([true, false]) ? of(type).shiftLeft(by) : of(type).shiftRight(by)
    }
    case 'not':
      return type === 'i32' ? of(type).neg().abs() : of(type).not()
    case 'cast':
      return of(other).bitcast(type)
    case 'saturate':
      return of(other).saturate(pick(narrow))
    case 'wrap':
      return of(other).wrap(pick(narrow))
    case 'code':
      return rounded(of('f32'), pick).saturate(pick(narrow))
    case 'float': {
      // The payload of a NaN differs from device to device.
      const x = of('f32', 2)
      return x.eq(x).select(x, 1).bitcast(type)
    }
    default:
      return condition(0, scope, pick).select(pick([0, 1, 3]), of(type, 2))
  }
}

function condition(depth: number, scope: Scope, pick: Pick): Value {
  const type = pick<Numeric>(['f32', 'f32', 'i32', 'u32'])
  const [a, b] = [randomValue(type, depth - 1, scope, pick), leaf(type, scope, pick)]
  const holds = pick([() => a.lt(b), () => a.le(b), () => a.gt(b), () => a.ge(b), () => a.eq(b), () => a.ne(b)])()
  if (depth <= 0 || pick([true, true, false])) return holds
  const other = condition(depth - 2, scope, pick)
  return pick([() => holds.and(other), () => holds.or(other.not()), () => holds.xor(other)])()
}

/** A load, an index or a constant, of a type. */
export function leaf(type: Numeric, scope: Scope, pick: Pick): Value {
  const fitting = scope.tensors.filter(tensor => tensor.type.compute === type)
  const tensors = fitting.length > 0 ? fitting : scope.tensors
  for (
    let attempt = 0;
    attempt < 3 && tensors.length > 0 && !pick([true, ...Array<boolean>(9).fill(false)]);
    attempt++
  ) {
    const loaded = randomLoad(pick(tensors), scope, pick)
    if (loaded !== undefined) return converted(loaded, type)
  }
  const places = [...scope.walks.map(({ index }) => index.value()), ...scope.axes.map(({ size }) => size.value())]
  const whole = pick(places)
  return converted(pick([true, false]) ? whole.add(pick([1, -2, 100])) : whole, type)
}

function converted(value: Value, type: ComputeType): Value {
  if (value.type === type) return value
  if (type === 'f32') return value.toF32()
  return value.type === 'f32' ? value.round().saturate(type === 'i32' ? i8 : u8) : value.bitcast(type as 'i32' | 'u32')
}
