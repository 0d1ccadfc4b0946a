/**
 * Moves declarations of variables to their first use, and into a conditional block if only that block needs the variable. Lowering declares
 * all variables at the start of the loop that they belong to.
 */
import type { DeviceProgram } from '@qernel/codegen'
import { type DeviceStatement, mapBodies, rewriteBodies } from '@qernel/codegen/internal'
import { flatMap } from '@qernel/dsl/internal'
import { namesIn, namesMentioned } from './names.ts'

type Declaration = DeviceStatement & { readonly kind: 'var' | 'array' }

export const declareLate = (program: DeviceProgram): DeviceProgram => rewriteBodies(program, declareIn)

const isDeclaration = (statement: DeviceStatement): statement is Declaration =>
  statement.kind === 'array' || (statement.kind === 'var' && statement.value === undefined)

function declareIn(body: readonly DeviceStatement[]): readonly DeviceStatement[] {
  if (!body.some(isDeclaration)) return mapBodies(body, declareIn)
  const others = body.filter(statement => !isDeclaration(statement))
  const mentioned = others.map(namesMentioned)
  const before = new Map<number, Declaration[]>()
  const inside = new Map<number, Declaration[]>()
  for (const declaration of body.filter(isDeclaration)) {
    const first = mentioned.findIndex(names => names.has(declaration.name))
    // A declaration that nothing mentions is dropped.
    if (first < 0) continue
    const isAlone = !mentioned.slice(first + 1).some(names => names.has(declaration.name))
    const statement = others[first] as DeviceStatement
    const goesInside = isAlone && statement.kind === 'if' && !namesIn(statement.condition).has(declaration.name)
    const places = goesInside ? inside : before
    places.set(first, [...(places.get(first) ?? []), declaration])
  }
  return flatMap(others, (statement, i): DeviceStatement[] => {
    const declared = before.get(i) ?? []
    if (!('body' in statement)) return [...declared, statement]
    return [...declared, { ...statement, body: declareIn([...(inside.get(i) ?? []), ...statement.body]) }]
  })
}
