/** A definition as a device that flushes denormals computes it: where the two differ, the device is free. */
import { type Expr, interpretKernel, type Kernel, mapExpr, OutOfBounds, type Tensor } from '@qernel/dsl'
import { flushDenormals } from '../acceptance.ts'
import { randomNumbers } from '../random/numbers.ts'

const constant = (value: number): Expr => ({ kind: 'const', type: 'f32', value })
const op = (name: 'abs' | 'lt' | 'mul' | 'select', type: 'f32' | 'bool', ...args: Expr[]): Expr => ({
  kind: 'op',
  op: name,
  type,
  args,
})

/** A zero of the same sign for what is denormal. */
const flush = (e: Expr): Expr =>
  op('select', 'f32', op('lt', 'bool', op('abs', 'f32', e), constant(2 ** -126)), op('mul', 'f32', e, constant(0)), e)

/** Operations whose operands a device may flush while what only passes through stays as it is. */
const computing = new Set(['add', 'sub', 'mul', 'div', 'neg', 'abs', 'fma', 'sqrt', 'lt', 'le', 'gt', 'ge', 'eq', 'ne'])

const rewritten = (kernel: Kernel, rewrite: (e: Expr) => Expr): Kernel => ({
  ...kernel,
  stages: kernel.stages.map(stage => ({ ...stage, value: mapExpr(stage.value, rewrite) })),
})

/** Every loaded and every computed float flushed. */
const flushingAll = (kernel: Kernel): Kernel =>
  rewritten(kernel, e => (e.type === 'f32' && (e.kind === 'load' || e.kind === 'op') ? flush(e) : e))

/** Only what is computed with flushed: x where x = 0 is a denormal x on a device whose comparison flushes. */
const flushingOperands = (kernel: Kernel): Kernel =>
  rewritten(kernel, e =>
    e.kind === 'op' && computing.has(e.op)
      ? { ...e, args: e.args.map(arg => (arg.type === 'f32' ? flush(arg) : arg)) }
      : e,
  )

/** How many mixtures are tried of what is flushed and what is not. */
const mixtures = 8

/** Some floats flushed, at random: a compiler may keep one operation that keeps denormals beside others that do not. */
function flushingSome(kernel: Kernel, seed: number): Kernel {
  const random = randomNumbers(seed)
  const maybe = (e: Expr): Expr => (e.type === 'f32' && random() < 0.5 ? flush(e) : e)
  return rewritten(kernel, e => {
    if (e.kind === 'load') return maybe(e)
    if (e.kind !== 'op') return e
    return maybe(computing.has(e.op) ? { ...e, args: e.args.map(maybe) } : e)
  })
}

/**
 * What devices that flush denormals may give, by the places where they do: everywhere, only where they compute, or in some places, of
 * which a few mixtures stand for all. Undefined where one of them would read what is no element: then it is not known.
 */
export function flushedOutputs(
  kernel: Kernel,
  inputs: ReadonlyMap<string, Tensor>,
  sizes: ReadonlyMap<string, number>,
): ReadonlyMap<string, Tensor>[] | undefined {
  try {
    return [
      interpretKernel(flushingAll(kernel), flushDenormals(inputs), sizes),
      interpretKernel(flushingOperands(kernel), inputs, sizes),
      ...Array.from({ length: mixtures }, (_, seed) => interpretKernel(flushingSome(kernel, seed), inputs, sizes)),
    ]
  } catch (error) {
    if (error instanceof OutOfBounds) return undefined
    throw error
  }
}
