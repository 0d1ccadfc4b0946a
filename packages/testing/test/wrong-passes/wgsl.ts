/** Wrong passes of the WGSL back end. */
import type { DeviceExpr } from '@qernel/codegen/internal'
import { elementwise, perChannel, rowMaximum, rowSum } from './kernels.ts'
import { eachExpression, isOperation, type WrongPass } from './wrong-pass.ts'

const chain = elementwise((x, y) => x.mul(1.1).mul(0.3).add(y))
const inLanes = 'splitReduction(d=4,combine=shared) bind(t=grid.x,d_in=block.x)'

/** Compares values by their words where that is wrong. */
const byBits = (e: DeviceExpr): DeviceExpr => {
  if (!isOperation(e, 'max') || e.type.scalar !== 'f32') return e
  const words = { ...e.type, scalar: 'u32' } as const
  const bits = e.args.map((arg): DeviceExpr => ({ kind: 'op', op: 'bitcastU32', type: words, args: [arg] }))
  return { kind: 'op', op: 'bitcastF32', type: e.type, args: [{ kind: 'op', op: 'max', type: words, args: bits }] }
}

/** Bits to which a word unknown to the compiler is added. */
const isHiddenWord = (e: DeviceExpr): e is DeviceExpr & { readonly kind: 'op' } =>
  isOperation(e, 'add') && e.type.scalar === 'u32' && JSON.stringify(e.args[1]).includes('"zero"')

export const wrongWgslPasses: readonly WrongPass[] = [
  {
    what: 'a condition is assumed to fail',
    pass: 'fold-constants',
    wrong: right => program => eachExpression(e => (isOperation(e, 'lt') ? { ...e, op: 'gt' } : e))(right(program)),
    kernel: perChannel,
    schedule: 'tile(t=4,d=16,stage=q)',
    says: 'simulated for wgsl',
  },
  {
    what: 'values with a sign are compared by their bits',
    pass: 'compare-magnitudes-by-bits',
    wrong: () => eachExpression(byBits),
    kernel: rowMaximum(x => x),
    schedule: inLanes,
    says: 'y[',
  },
  {
    what: 'values that may be NaN are compared by their bits',
    pass: 'compare-magnitudes-by-bits',
    wrong: () => eachExpression(byBits),
    kernel: rowMaximum(x => x.mul(x)),
    schedule: inLanes,
    says: 'y[',
  },
  {
    what: 'results are not hidden',
    pass: 'round-each-operation',
    wrong: () => program => program,
    kernel: chain,
    schedule: 'split(loop=n,by=64) bind(n=grid.x,n_in=block.x)',
    says: 'takes the result of a float operation, and compilers of this target merge the two',
  },
  {
    what: 'sums are not hidden from the next addition',
    pass: 'round-each-operation',
    wrong: () => program => program,
    kernel: rowSum,
    schedule: 'bind(t=grid.x)',
    says: /add (takes the result of a float operation|has an operand that compilers may know to be 0)/,
  },
  {
    what: 'results only pass through their bits',
    pass: 'round-each-operation',
    wrong: right => program => eachExpression(e => (isHiddenWord(e) ? (e.args[0] as DeviceExpr) : e))(right(program)),
    kernel: chain,
    schedule: 'bind(n=grid.x)',
    says: 'takes the result of a float operation, and compilers of this target merge the two',
  },
  {
    what: 'results are hidden by a 0 that compilers know',
    pass: 'round-each-operation',
    wrong: right => program =>
      eachExpression(e => (e.kind === 'size' && e.size === 'zero' ? { kind: 'literal', type: e.type, value: 0 } : e))(
        right(program),
      ),
    kernel: chain,
    schedule: 'bind(n=grid.x)',
    says: 'takes the result of a float operation, and compilers of this target merge the two',
  },
  {
    what: 'results are hidden by another size',
    pass: 'round-each-operation',
    wrong: right => program =>
      eachExpression(e => (e.kind === 'size' && e.size === 'zero' ? { ...e, size: 'N' } : e))(right(program)),
    kernel: chain,
    schedule: 'bind(n=grid.x)',
    says: 'z[',
  },
  {
    what: 'a 0 is used but not passed',
    pass: 'round-each-operation',
    wrong: right => program => ({ ...right(program), usesZero: false }),
    kernel: chain,
    schedule: 'bind(n=grid.x)',
    says: 'the program has no size zero',
  },
  {
    what: 'divisors are known to compilers',
    pass: 'hide-constant-divisors',
    wrong: () => program => program,
    kernel: elementwise(x => x.div(127)),
    schedule: 'bind(n=grid.x)',
    says: 'make a product of a division by a constant',
  },
  {
    what: 'products are not isolated',
    pass: 'isolate-products',
    wrong: () => program => program,
    numerics: { reassociates: false },
    kernel: elementwise((x, y) => x.mul(y).add(x)),
    schedule: 'bind(n=grid.x)',
    says: 'takes a product that is not isolated, and compilers of this target round the two once',
  },
]
