/** Names that need no import: `Math`, `Number`, `Infinity` and `NaN`. */
import { builtin, scalarFunction } from './builtins.ts'
import type { Builtin, Known } from './known.ts'

/** Functions of `Math` that a kernel computes exactly as JavaScript does, up to the rounding to f32. */
const sameInMath = ['abs', 'sqrt', 'floor', 'ceil', 'trunc', 'exp', 'log2'] as const

/** Functions of `Math` on numbers that are known; on values they have no or another meaning. */
const onNumbers = ['max', 'min', 'round', 'pow', 'log', 'log10', 'sign', 'cbrt', 'hypot', 'fround'] as const

const insteadOf: Partial<Record<(typeof onNumbers)[number], string>> = {
  max: 'max(a, b) of @qernel/dsl/source: a NaN loses there, while Math.max returns it',
  min: 'min(a, b) of @qernel/dsl/source: a NaN loses there, while Math.min returns it',
  round: 'round(x), ties to even, or roundHalfAway(x) of @qernel/dsl/source: Math.round rounds ties up',
  pow: 'x ** 2',
  log: 'log2(x) * Math.LN2',
  log10: 'log2(x) * (Math.LN2 / Math.LN10)',
  sign: 'x > 0 ? 1 : x < 0 ? -1 : 0',
  fround: 'x: every value of a kernel is f32 already',
}

const mathNumber = (name: (typeof onNumbers)[number]): Builtin =>
  builtin(`Math.${name}`, call => {
    if (call.args.every(one => typeof one === 'number'))
      return (Math[name] as (...args: readonly number[]) => number)(...(call.args as readonly number[]))
    return call.report(
      'math',
      `Math.${name} works only on numbers that are known when the file is read`,
      insteadOf[name] ?? 'functions of @qernel/dsl/source',
    )
  })

const constants = ['PI', 'E', 'LN2', 'LN10', 'LOG2E', 'LOG10E', 'SQRT2', 'SQRT1_2'] as const
const limits = [
  'POSITIVE_INFINITY',
  'NEGATIVE_INFINITY',
  'NaN',
  'EPSILON',
  'MAX_SAFE_INTEGER',
  'MAX_VALUE',
  'MIN_VALUE',
] as const

/** Names that need no import. */
export const globals: ReadonlyMap<string, Known> = new Map<string, Known>([
  ['Infinity', Number.POSITIVE_INFINITY],
  ['NaN', Number.NaN],
  [
    'Math',
    {
      kind: 'object',
      entries: new Map<string, Known>([
        ...constants.map(name => [name, Math[name]] as const),
        ...sameInMath.map(name => [name, scalarFunction(name, `Math.${name}`)] as const),
        ...onNumbers.map(name => [name, mathNumber(name)] as const),
      ]),
    },
  ],
  ['Number', { kind: 'object', entries: new Map(limits.map(name => [name, Number[name]])) }],
])
