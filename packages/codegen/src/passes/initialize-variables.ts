/** Merges the declaration of a variable with an assignment that follows it immediately. */
import type { DeviceProgram, DeviceStatement } from '../program/device-program.ts'
import { mapBodies, rewriteBodies } from '../program/rewrite-program.ts'

export const initializeVariables = (program: DeviceProgram): DeviceProgram => rewriteBodies(program, initializeIn)

function initializeIn(before: readonly DeviceStatement[]): readonly DeviceStatement[] {
  const body = mapBodies(before, initializeIn)
  if (!body.some((statement, i) => isFirstValue(statement, body[i - 1]))) return body
  const result: DeviceStatement[] = []
  for (const statement of body) {
    const previous = result.at(-1)
    if (isFirstValue(statement, previous))
      // The value may stand in more loops than the declaration: those of the lanes of a vector.
      result.splice(-1, 1, {
        ...(previous as DeviceStatement & { kind: 'var' }),
        value: statement.value,
        ...(statement.origin && { origin: statement.origin }),
      })
    else result.push(statement)
  }
  return result
}

/** Whether a statement assigns the whole variable that the previous statement declares without a value. */
const isFirstValue = (
  statement: DeviceStatement,
  previous: DeviceStatement | undefined,
): statement is DeviceStatement & { kind: 'assign' } =>
  statement.kind === 'assign' &&
  previous?.kind === 'var' &&
  previous.value === undefined &&
  previous.name === statement.name &&
  statement.lane === undefined &&
  statement.index === undefined
