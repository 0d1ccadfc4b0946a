/** A variable whose first value follows its declaration at once is declared with it. */
import type { DeviceProgram, DeviceStatement } from './device-program.ts'

export const initializeVariables = (program: DeviceProgram): DeviceProgram => ({
  ...program,
  functions: program.functions.map(one => ({ ...one, body: initializeIn(one.body) })),
})

function initializeIn(body: readonly DeviceStatement[]): DeviceStatement[] {
  const result: DeviceStatement[] = []
  for (const statement of body) {
    const previous = result.at(-1)
    if (
      statement.kind === 'assign' &&
      previous?.kind === 'var' &&
      previous.value === undefined &&
      previous.name === statement.name &&
      statement.lane === undefined &&
      statement.index === undefined
    )
      result.splice(-1, 1, { ...previous, value: statement.value })
    else result.push('body' in statement ? { ...statement, body: initializeIn(statement.body) } : statement)
  }
  return result
}
