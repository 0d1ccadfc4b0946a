import { type DeviceExpr, type DeviceStatement, namesRead, statementsOf } from '@qernel/codegen/internal'

/** Variables and private arrays that a statement assigns, wherever in it. */
export const namesAssigned = (statement: DeviceStatement): Set<string> => addAssigned([statement], new Set())

function addAssigned(body: readonly DeviceStatement[], names: Set<string>): Set<string> {
  for (const statement of statementsOf(body)) if (statement.kind === 'assign') names.add(statement.name)
  return names
}

/** Those that it reads or assigns. */
export const namesMentioned = (statement: DeviceStatement): Set<string> =>
  addAssigned([statement], namesRead([statement]))

/** Variables, and arrays of any memory, that an expression reads. */
export const namesIn = (e: DeviceExpr): Set<string> => namesRead([{ kind: 'let', name: '', value: e }])
