/**
 * Evaluates what is constant once loops are written out: integers and booleans, lane by lane. Not left to the compilers of the
 * targets: WGSL refuses a constant expression that overflows, where the language wraps. Floats stay: they have their own rules, see
 * `roundEachOperation`.
 */
import type { DeviceExpr, DeviceProgram } from './device-program.ts'
import { construct, eachLane, literal } from './expressions.ts'
import { deviceOperations } from './operations/device-operations.ts'
import { mapExpressions, mapOperands, rewriteBodies } from './rewrite-program.ts'
import { compileOperation } from './simulate/compile-operation.ts'

export const foldConstants = (program: DeviceProgram): DeviceProgram =>
  rewriteBodies(program, body => mapExpressions(body, (e, role) => (role === 'extent' ? e : fold(e))))

function fold(e: DeviceExpr): DeviceExpr {
  const folded = mapOperands(e, fold)
  // A load is an object of its own wherever it stands: `scalarize` names one object once, and code stays as it has always been.
  if (folded === e && e.kind === 'load') return { ...e }
  return folded.kind === 'op' ? (constantOf(folded) ?? folded) : folded
}

/** The literal, or the vector of literals, that an operation comes to. */
function constantOf(e: DeviceExpr & { kind: 'op' }): DeviceExpr | undefined {
  const { op, type, args } = e
  if (type.scalar === 'f32' || (deviceOperations[op].meaning === 'across' && op !== 'all')) return undefined
  const lanes: (readonly number[])[] = []
  for (const arg of args) {
    const values = literalLanes(arg)
    if (values === undefined) return undefined
    lanes.push(values)
  }
  const of = (args[0] as DeviceExpr).type.scalar
  const at = (lane: number): number =>
    compileOperation(
      op,
      of,
      type.scalar,
      lanes.map(values => () => values[lane % values.length] as number),
    )(0)
  const values = eachLane(type.lanes, lane => literal(at(lane), { ...type, lanes: 1 }))
  return construct(type, values)
}

function literalLanes(e: DeviceExpr): readonly number[] | undefined {
  if (e.kind === 'literal') return [e.type.scalar === 'f32' ? Math.fround(e.value) : e.value]
  if (e.kind !== 'construct') return undefined
  return e.args.every(arg => arg.kind === 'literal') ? e.args.map(arg => (arg as { value: number }).value) : undefined
}
