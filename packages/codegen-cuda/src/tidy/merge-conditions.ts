/** Merges neighboring conditional statements with the same condition. */
import type { DeviceProgram } from '@qernel/codegen'
import {
  type DeviceExpr,
  type DeviceStatement,
  isSameExpression,
  mapBodies,
  rewriteBodies,
} from '@qernel/codegen/internal'
import { namesAssigned, namesIn } from './names.ts'

type Conditional = DeviceStatement & { readonly kind: 'if' }

export const mergeConditions = (program: DeviceProgram): DeviceProgram => rewriteBodies(program, mergeIn)

function mergeIn(body: readonly DeviceStatement[]): readonly DeviceStatement[] {
  const areNeighbours = body.some((statement, i) => statement.kind === 'if' && body[i - 1]?.kind === 'if')
  return mapBodies(areNeighbours ? merged(body) : body, mergeIn)
}

function merged(body: readonly DeviceStatement[]): DeviceStatement[] {
  const result: DeviceStatement[] = []
  for (const statement of body) {
    const previous = result.at(-1)
    if (statement.kind === 'if' && previous?.kind === 'if' && staysTrue(previous, statement.condition))
      result.splice(-1, 1, {
        ...previous,
        body: [...previous.body, ...statement.body],
        ...originOfBoth(previous, statement),
      })
    else result.push(statement)
  }
  return result
}

/** The condition belongs to whatever loops the statements under it belong to. */
function originOfBoth({ origin: one }: Conditional, { origin: other }: Conditional): Pick<Conditional, 'origin'> {
  if (one === undefined || other === undefined || one === other) return {}
  const threads = [...one.threads, ...other.threads.filter(({ loop }) => !one.threads.some(own => own.loop === loop))]
  return { origin: { loops: [...new Set([...one.loops, ...other.loops])], threads } }
}

/** Whether the second condition equals the first, and the statements under the first change nothing that it reads. */
function staysTrue(first: Conditional, condition: DeviceExpr): boolean {
  if (!isSameExpression(first.condition, condition) || reads(condition)) return false
  const assigned = namesAssigned(first)
  return ![...namesIn(condition)].some(name => assigned.has(name))
}

/** Whether an expression reads memory, which other threads may change. */
function reads(e: DeviceExpr): boolean {
  if (e.kind === 'load') return true
  if (e.kind === 'op' || e.kind === 'construct') return e.args.some(reads)
  if (e.kind === 'component') return reads(e.of)
  return e.kind === 'dynamicComponent' && (reads(e.of) || reads(e.lane))
}
