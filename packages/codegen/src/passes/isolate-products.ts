/**
 * For compilers that contract `a * b + c` into one rounding. In a function that adds floats, every product of floats becomes an
 * `isolatedMul`, which is rounded separately. Compilers contract across names and memory, so the place of the sum does not matter.
 */
import type { DeviceExpr, DeviceProgram, DeviceStatement } from '../program/device-program.ts'
import { mapExpressions, mapOperands, rewriteBodies } from '../program/rewrite-program.ts'
import { someExpression } from '../program/walk-program.ts'

export const isolateProducts = (program: DeviceProgram): DeviceProgram =>
  rewriteBodies(program, body => (addsFloats(body) ? mapExpressions(body, isolate) : body))

/** The same for WGSL, whose spelling of an isolated product needs the zero that comes with the launch. */
export function isolateProductsByZero(program: DeviceProgram): DeviceProgram {
  const isolated = isolateProducts(program)
  const usesZero = isolated.functions.some(({ body }) =>
    someExpression(body, e => e.kind === 'op' && e.op === 'isolatedMul'),
  )
  return usesZero ? { ...isolated, usesZero } : isolated
}

const addsFloats = (body: readonly DeviceStatement[]): boolean =>
  someExpression(body, e => e.kind === 'op' && (e.op === 'add' || e.op === 'sub') && e.type.scalar === 'f32')

function isolate(e: DeviceExpr): DeviceExpr {
  const inside = mapOperands(e, isolate)
  return inside.kind === 'op' && inside.op === 'mul' && inside.type.scalar === 'f32'
    ? { ...inside, op: 'isolatedMul' }
    : inside
}
