/** A definition as a device that flushes denormals computes it: where the two differ, the device is free. */
import { type Expr, type Kernel, mapExpr } from '@qernel/dsl'

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

/** Every loaded and every computed float flushed. */
export function flushingKernel(kernel: Kernel): Kernel {
  const rewrite = (e: Expr): Expr => (e.type === 'f32' && (e.kind === 'load' || e.kind === 'op') ? flush(e) : e)
  const stages = kernel.stages.map(stage => ({ ...stage, value: mapExpr(stage.value, rewrite) }))
  return { ...kernel, stages }
}
