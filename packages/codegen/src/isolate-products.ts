/**
 * For compilers that contract `a * b + c` into one rounding: every f32 product that may reach a sum becomes an
 * `isolatedMul`, which is rounded by itself. Names do not stop contraction, so a product that is named, kept in a private
 * array or passed through memory that the function reads again counts as one that may.
 */
import { mapList } from '@qernel/dsl'
import type { DeviceExpr, DeviceOperation, DeviceProgram } from './device-program.ts'
import { mapExpressions, rewriteBodies, withArguments } from './rewrite-program.ts'
import { namesRead } from './walk-program.ts'

export const isolateProducts = (program: DeviceProgram): DeviceProgram =>
  rewriteBodies(program, body => {
    const loaded = namesRead(body)
    return mapExpressions(body, (e, role, statement) => {
      if (role === 'condition') return isolate(e, false)
      if (role !== 'value') return e
      return isolate(e, 'array' in statement ? loaded.has(statement.array) : true)
    })
  })

/** Operations whose operands no compiler contracts with anything outside. */
const boundaries: ReadonlySet<DeviceOperation> = new Set<DeviceOperation>([
  'mul',
  'isolatedMul',
  'div',
  'abs',
  'min',
  'max',
  'clamp',
  'round',
  'roundHalfAway',
  'floor',
  'ceil',
  'trunc',
  'fma',
  'sqrt',
  'exp2',
  'log2',
  'lt',
  'le',
  'gt',
  'ge',
  'eq',
  'ne',
  'bitcastI32',
  'bitcastU32',
  'saturateFloat',
  'saturateFloat32',
  'packF16',
  'bitsOfF16',
])

function isolate(e: DeviceExpr, reachesSum: boolean): DeviceExpr {
  switch (e.kind) {
    case 'op': {
      const inside = !boundaries.has(e.op)
      const isolated = withArguments(
        e,
        mapList(e.args, arg => isolate(arg, inside)),
      )
      const isProduct = e.op === 'mul' && e.type.scalar === 'f32'
      return isProduct && reachesSum ? { ...isolated, op: 'isolatedMul' } : isolated
    }
    case 'component':
    case 'dynamicComponent': {
      const of = isolate(e.of, reachesSum)
      return of === e.of ? e : { ...e, of }
    }
    case 'construct':
      return withArguments(
        e,
        mapList(e.args, arg => isolate(arg, reachesSum)),
      )
    default:
      return e
  }
}
