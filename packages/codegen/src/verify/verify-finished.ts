/**
 * Checks a valid program before it is printed: whatever the compilers of its target may do to floats, no result may change in a
 * single bit. These checks state what the passes must achieve, and share no code with them.
 */

import type { Target } from '../compile/target.ts'
import { type DeviceOperation, deviceOperations } from '../operations/device-operations.ts'
import type { DeviceExpr, DeviceFunction, DeviceProgram, DeviceStatement } from '../program/device-program.ts'
import { isSameExpression } from '../program/rewrite-program.ts'
import { type DeviceOperationExpr, operationsIn, statementsOf } from '../program/walk-program.ts'
import { statementText } from '../simulate/findings/statement-text.ts'
import { FloatFlow, isConstant, isFloat, isZero, roleOf } from './float-flow.ts'
import { InvalidProgramError } from './invalid-program-error.ts'

/** @throws InvalidProgramError at the first fault */
export function verifyFinished(program: DeviceProgram, target: Target): void {
  for (const one of program.functions) {
    const checks = checksFor(one, target)
    for (const statement of statementsOf(one.body))
      for (const e of operationsIn(statement))
        for (const check of checks) {
          const problem = check(e)
          if (problem !== undefined) throw new InvalidProgramError('last', one.entry, statementText(statement), problem)
        }
  }
}

/** The fault in an operation; undefined if there is none. */
type Check = (e: DeviceOperationExpr) => string | undefined

function checksFor({ body }: DeviceFunction, { numerics, vectorArithmetic }: Target): Check[] {
  return [
    ...(vectorArithmetic ? [] : [onScalars]),
    ...(numerics.constantDivisorExact ? [] : [byUnknownDivisor]),
    ...(numerics.reassociates ? [roundedApart(body), withoutZeros(body), withoutEqualOperands] : []),
    ...(numerics.contracts ? [withoutContraction(body)] : []),
  ]
}

const onScalars: Check = e =>
  e.type.lanes > 1 || e.args.some(({ type }) => type.lanes > 1)
    ? `${e.op} works on a vector, and the operators of this target take scalars`
    : undefined

const byUnknownDivisor: Check = e =>
  e.op === 'div' && isConstant(e.args[1] as DeviceExpr)
    ? 'compilers of this target make a product of a division by a constant'
    : undefined

const isArithmetic = (e: DeviceOperationExpr): boolean =>
  ['rounds', 'isolates', 'compares'].includes(roleOf(e)) && e.args.some(isFloat)

/** Every result that another operation uses must pass through bits that no compiler knows. */
function roundedApart(body: readonly DeviceStatement[]): Check {
  const flow = new FloatFlow(body, { isSource: e => e.kind === 'op' && isFloat(e) && roleOf(e) === 'rounds' })
  return e =>
    isArithmetic(e) && e.args.some(arg => flow.reaches(arg))
      ? `${e.op} takes the result of a float operation, and compilers of this target merge the two`
      : undefined
}

/** No operand may be a 0 that a compiler knows: for floats, x + 0 is not always x and x · 0 not always 0. */
function withoutZeros(body: readonly DeviceStatement[]): Check {
  const loops = new Set(statementsOf(body).flatMap(s => (s.kind === 'for' ? [s.name] : [])))
  const zeros = new FloatFlow(body, {
    // An unrolled loop begins with the constant 0.
    isSource: e => isZero(e) || (e.kind === 'variable' && loops.has(e.name)),
    passes: new Set<DeviceOperation>(['toF32']),
    // The 0 in the declaration of a variable is for lanes outside the array, which no result uses.
    ignores: s => s.kind === 'var',
  })
  return e => {
    if (deviceOperations[e.op].hasIdentities !== true || !isFloat(e)) return undefined
    if (e.args.every(isConstant)) return `${e.op} has constant operands, which compilers fold in another precision`
    const isFolded = e.args.some(
      (arg, i) => zeros.reaches(arg) && !e.args.every((other, j) => j === i || isConstant(other)),
    )
    return isFolded ? `${e.op} has an operand that compilers may know to be 0` : undefined
  }
}

/** If x is NaN, x − x is not 0 and x = x is not true. */
const withoutEqualOperands: Check = e => {
  const [a, b] = e.args
  return isArithmetic(e) && a !== undefined && b !== undefined && isSameExpression(a, b)
    ? `both operands of ${e.op} are one value, and compilers of this target take it for a number`
    : undefined
}

/** No product may reach a sum, because a compiler could round the two only once. */
function withoutContraction(body: readonly DeviceStatement[]): Check {
  const products = new FloatFlow(body, {
    isSource: e => e.kind === 'op' && e.op === 'mul' && isFloat(e),
    passes: new Set<DeviceOperation>(['neg']),
  })
  return e =>
    (e.op === 'add' || e.op === 'sub') && isFloat(e) && e.args.some(arg => products.reaches(arg))
      ? `${e.op} takes a product that is not isolated, and compilers of this target round the two once`
      : undefined
}
