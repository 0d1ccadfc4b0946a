/**
 * Evaluates operations that are constant after loops have been written out, lane by lane. The compilers of the targets cannot do this: WGSL
 * rejects a constant expression that overflows, where the kernel language wraps or gives infinity, and evaluates with more precision.
 */

import { deviceOperations } from '../operations/device-operations.ts'
import type { DeviceExpr, DeviceProgram } from '../program/device-program.ts'
import type { DeviceType } from '../program/device-type.ts'
import { construct, eachLane, literal } from '../program/expressions.ts'
import { floatConstant, hasLiteral } from '../program/float-constant.ts'
import { mapExpressions, mapOperands, rewriteBodies } from '../program/rewrite-program.ts'
import { compileOperation } from '../simulate/compile/compile-operation.ts'

export function foldConstants(program: DeviceProgram): DeviceProgram {
  const folding = new Folding()
  const folded = rewriteBodies(program, body =>
    mapExpressions(body, (e, role) => (role === 'extent' ? e : folding.fold(e))),
  )
  return folding.usesZero ? { ...folded, usesZero: true } : folded
}

class Folding {
  usesZero = false

  fold(e: DeviceExpr): DeviceExpr {
    const folded = mapOperands(e, operand => this.fold(operand))
    // Each load becomes a separate object, because `scalarize` names each object once and the generated text must not change.
    if (folded === e && e.kind === 'load') return { ...e }
    const lanes = folded.kind === 'op' ? constantLanes(folded) : undefined
    if (lanes === undefined) return folded
    const type: DeviceType = { ...folded.type, lanes: 1 }
    if (type.scalar !== 'f32')
      return construct(
        folded.type,
        lanes.map(value => literal(value, type)),
      )
    this.usesZero ||= !lanes.every(hasLiteral)
    return construct(folded.type, lanes.map(floatConstant))
  }
}

/** The value of each lane of an operation on literals; undefined if an operand is not constant. */
function constantLanes({ op, type, args }: DeviceExpr & { kind: 'op' }): readonly number[] | undefined {
  if (deviceOperations[op].meaning === 'across' && op !== 'all') return undefined
  const lanes: (readonly number[])[] = []
  for (const arg of args) {
    const values = literalLanes(arg)
    if (values === undefined) return undefined
    lanes.push(values)
  }
  const of = (args[0] as DeviceExpr).type.scalar
  return eachLane(type.lanes, lane =>
    compileOperation(
      op,
      of,
      type.scalar,
      lanes.map(values => () => values[lane % values.length] as number),
    )(0),
  )
}

function literalLanes(e: DeviceExpr): readonly number[] | undefined {
  if (e.kind === 'literal') return [e.type.scalar === 'f32' ? Math.fround(e.value) : e.value]
  if (e.kind !== 'construct') return undefined
  return e.args.every(arg => arg.kind === 'literal') ? e.args.map(arg => (arg as { value: number }).value) : undefined
}
