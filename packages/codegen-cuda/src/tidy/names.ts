import { type DeviceExpr, type DeviceStatement, namesRead, statementsOf } from '@qernel/codegen/internal'

/** Names of the variables and private arrays that a statement or its body assigns. */
export const namesAssigned = (statement: DeviceStatement): Set<string> => addAssigned([statement], new Set())

function addAssigned(body: readonly DeviceStatement[], names: Set<string>): Set<string> {
  for (const statement of statementsOf(body)) if (statement.kind === 'assign') names.add(statement.name)
  return names
}

/** Names of the variables and arrays that a statement reads, and of those that it assigns. */
export const namesMentioned = (statement: DeviceStatement): Set<string> =>
  addAssigned([statement], namesRead([statement]))

/** Names of the variables and arrays that an expression reads. */
export const namesIn = (e: DeviceExpr): Set<string> => namesRead([{ kind: 'let', name: '', value: e }])
