import { type DeviceExpr, type DeviceStatement, namesRead, statementsOf } from '@qernel/codegen'

/** Variables and private arrays that a statement assigns, wherever in it. */
export const namesAssigned = (statement: DeviceStatement): Set<string> =>
  new Set([...statementsOf([statement])].flatMap(each => (each.kind === 'assign' ? [each.name] : [])))

/** Those that it reads or assigns. */
export const namesMentioned = (statement: DeviceStatement): Set<string> =>
  new Set([...namesRead([statement]), ...namesAssigned(statement)])

/** Variables, and arrays of any memory, that an expression reads. */
export const namesIn = (e: DeviceExpr): Set<string> => namesRead([{ kind: 'let', name: '', value: e }])
