/** A back end with one deliberately wrong pass. */
import type { DeviceProgram, Numerics, Pass, Pipeline } from '@qernel/codegen'
import type { DeviceExpr, DeviceStatement } from '@qernel/codegen/internal'
import { mapExpressions, mapOperands, rewriteBodies } from '@qernel/codegen/internal'
import type { Kernel } from '@qernel/dsl'

export interface WrongPass {
  /** The mistake. */
  readonly what: string
  /** The pass that makes it. */
  readonly pass: string
  /** Makes the wrong pass from the right one. */
  readonly wrong: (right: Pass['run']) => Pass['run']
  readonly kernel: Kernel
  readonly schedule: string
  /** The numerics of the target, where they differ from those of its portable target. */
  readonly numerics?: Partial<Numerics>
  /** What the report must contain. */
  readonly says: string | RegExp
}

/** @throws Error where the back end has no such pass */
export function withWrongPass(pipeline: Pipeline, { pass, wrong }: Pick<WrongPass, 'pass' | 'wrong'>): Pipeline {
  if (!pipeline.passes.some(({ name }) => name === pass)) throw new Error(`${pipeline.name} has no pass ${pass}`)
  const passes = pipeline.passes.map(one => (one.name === pass ? { ...one, run: wrong(one.run) } : one))
  return { ...pipeline, passes }
}

type Body = readonly DeviceStatement[]

/** The body of every function and of every statement, innermost first. */
export const eachBody =
  (change: (body: Body) => Body) =>
  (program: DeviceProgram): DeviceProgram => {
    const inside = (body: Body): Body => change(body.map(s => ('body' in s ? { ...s, body: inside(s.body) } : s)))
    return rewriteBodies(program, inside)
  }

/** Every expression, operands first. */
export const eachExpression =
  (change: (e: DeviceExpr) => DeviceExpr) =>
  (program: DeviceProgram): DeviceProgram => {
    const inside = (e: DeviceExpr): DeviceExpr => change(mapOperands(e, inside))
    return rewriteBodies(program, body => mapExpressions(body, inside))
  }

export const isOperation = (e: DeviceExpr, ...names: readonly string[]): e is DeviceExpr & { readonly kind: 'op' } =>
  e.kind === 'op' && names.includes(e.op)

export const literalLike = ({ type }: DeviceExpr, value: number): DeviceExpr => ({ kind: 'literal', type, value })

/** Drops statements. */
export const without = (isDropped: (s: DeviceStatement, body: Body, position: number) => boolean) =>
  eachBody(body => body.filter((s, i) => !isDropped(s, body, i)))

/** Whether a statement only declares a variable. */
export const declares = (s: DeviceStatement): boolean => s.kind === 'var' && s.value === undefined
