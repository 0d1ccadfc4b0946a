/** Neighbouring statements under the same condition stand under it together. */
import type { DeviceExpr, DeviceProgram, DeviceStatement } from '@qernel/codegen'
import { namesAssigned, namesIn } from './names.ts'

type Conditional = DeviceStatement & { readonly kind: 'if' }

export const mergeConditions = (program: DeviceProgram): DeviceProgram => ({
  ...program,
  functions: program.functions.map(one => ({ ...one, body: mergeIn(one.body) })),
})

function mergeIn(body: readonly DeviceStatement[]): DeviceStatement[] {
  const result: DeviceStatement[] = []
  for (const statement of body) {
    const previous = result.at(-1)
    if (statement.kind === 'if' && previous?.kind === 'if' && staysTrue(previous, statement.condition))
      result.splice(-1, 1, { ...previous, body: [...previous.body, ...statement.body] })
    else result.push(statement)
  }
  return result.map(statement => ('body' in statement ? { ...statement, body: mergeIn(statement.body) } : statement))
}

/** Whether the second condition is the first, and what runs under it changes nothing that it reads. */
function staysTrue(first: Conditional, condition: DeviceExpr): boolean {
  if (!isSame(first.condition, condition) || reads(condition)) return false
  const assigned = namesAssigned(first)
  return ![...namesIn(condition)].some(name => assigned.has(name))
}

const isSame = (a: DeviceExpr, b: DeviceExpr): boolean => JSON.stringify(a) === JSON.stringify(b)

/** Whether memory is read, which other threads may change. */
function reads(e: DeviceExpr): boolean {
  if (e.kind === 'load') return true
  if (e.kind === 'op' || e.kind === 'construct') return e.args.some(reads)
  if (e.kind === 'component') return reads(e.of)
  return e.kind === 'dynamicComponent' && (reads(e.of) || reads(e.lane))
}
