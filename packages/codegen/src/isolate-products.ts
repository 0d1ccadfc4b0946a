/**
 * For compilers that contract `a * b + c` into one rounding: every f32 product that may reach a sum becomes an
 * `isolatedMul`, which is rounded by itself. Names do not stop contraction, so a product that is named, kept in a private
 * array or passed through memory that the function reads again counts as one that may.
 */
import type { DeviceExpr, DeviceOperation, DeviceProgram, DeviceStatement } from './device-program.ts'
import { namesRead } from './walk-program.ts'

export const isolateProducts = (program: DeviceProgram): DeviceProgram => ({
  ...program,
  functions: program.functions.map(one => ({ ...one, body: isolateBody(one.body, namesRead(one.body)) })),
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

function isolateBody(body: readonly DeviceStatement[], loaded: ReadonlySet<string>): DeviceStatement[] {
  return body.map((statement): DeviceStatement => {
    switch (statement.kind) {
      case 'let':
      case 'assign':
        return { ...statement, value: isolate(statement.value, true) }
      case 'var':
        return statement.value === undefined ? statement : { ...statement, value: isolate(statement.value, true) }
      case 'store':
      case 'atomicMax':
        return { ...statement, value: isolate(statement.value, loaded.has(statement.array)) }
      case 'if':
        return {
          ...statement,
          condition: isolate(statement.condition, false),
          body: isolateBody(statement.body, loaded),
        }
      case 'for':
        return { ...statement, body: isolateBody(statement.body, loaded) }
      default:
        return statement
    }
  })
}

function isolate(e: DeviceExpr, reachesSum: boolean): DeviceExpr {
  switch (e.kind) {
    case 'op': {
      const inside = !boundaries.has(e.op)
      const args = e.args.map(arg => isolate(arg, inside))
      const isProduct = e.op === 'mul' && e.type.scalar === 'f32'
      return { ...e, args, op: isProduct && reachesSum ? 'isolatedMul' : e.op }
    }
    case 'component':
      return { ...e, of: isolate(e.of, reachesSum) }
    case 'dynamicComponent':
      return { ...e, of: isolate(e.of, reachesSum) }
    case 'construct':
      return { ...e, args: e.args.map(arg => isolate(arg, reachesSum)) }
    default:
      return e
  }
}
