import { Value } from '@qernel/dsl'

const one = new Value({ kind: 'const', type: 'f32', value: 1 })

/** 1 / x, correctly rounded. Several formats multiply by it where others divide, which gives different results. */
export const reciprocal = (x: Value): Value => one.div(x)

/** 1 / x, and 0 where x is 0. */
export const reciprocalOrZero = (x: Value): Value => x.eq(0).select(0, reciprocal(x))
