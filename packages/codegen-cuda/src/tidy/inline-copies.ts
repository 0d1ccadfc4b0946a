/**
 * Removes a name if the next statement only copies it and nothing else uses it: `v = x4[i]; y[i] = v` becomes `y[i] = x4[i]`. Also removes a
 * vector that is only stored lane by lane: `v = (f(x), f(y)); a[0] = v.x; a[1] = v.y` becomes `a[0] = f(x); a[1] = f(y)`.
 */
import type { DeviceProgram } from '@qernel/codegen'
import { type DeviceExpr, type DeviceStatement, isWord, rewriteBodies } from '@qernel/codegen/internal'
import { flatMap } from '@qernel/dsl/internal'

export const inlineCopies = (program: DeviceProgram): DeviceProgram =>
  rewriteBodies(program, body => inlineIn(body, usesOf(body)))

function inlineIn(body: readonly DeviceStatement[], uses: ReadonlyMap<string, number>): DeviceStatement[] {
  const result: DeviceStatement[] = []
  for (let i = 0; i < body.length; i++) {
    const statement = body[i] as DeviceStatement
    const lanes = keptLanes(statement, body, i + 1, uses)
    if (lanes !== undefined) {
      result.push(...lanes)
      i += lanes.length
      continue
    }
    const previous = result.at(-1)
    if (
      (statement.kind === 'assign' || statement.kind === 'store') &&
      previous?.kind === 'let' &&
      statement.value.kind === 'variable' &&
      statement.value.name === previous.name &&
      uses.get(previous.name) === 1 &&
      isPlain(previous.value)
    )
      result.splice(-1, 1, { ...statement, value: previous.value })
    else result.push('body' in statement ? { ...statement, body: inlineIn(statement.body, uses) } : statement)
  }
  return result
}

type Kept = DeviceStatement & { readonly kind: 'assign' | 'store' }

/**
 * The statements that store each lane of a vector, rewritten to use the values of the lanes; undefined if the vector has other uses.
 *
 * @param following the position of the next statement in the body
 */
function keptLanes(
  statement: DeviceStatement,
  body: readonly DeviceStatement[],
  following: number,
  uses: ReadonlyMap<string, number>,
): Kept[] | undefined {
  if (statement.kind !== 'let' || statement.value.kind !== 'construct') return undefined
  const { name, value } = statement
  const lanes = value.args.length
  if (lanes < 2 || uses.get(name) !== lanes) return undefined
  const kept = flatMap(body.slice(following, following + lanes), (next, i): Kept[] => {
    const isKept = next.kind === 'assign' || next.kind === 'store'
    const isLane = isKept && next.value.kind === 'component' && next.value.lane === i && isVariable(next.value.of, name)
    return isLane ? [{ ...next, value: value.args[i] as DeviceExpr }] : []
  })
  if (kept.length < lanes) return undefined
  // The value of a lane must not depend on what the store of an earlier lane changed.
  const isClear = kept.every((one, i) => kept.slice(i + 1).every(later => !touches(later.value, one)))
  return isClear ? kept : undefined
}

const isVariable = (e: DeviceExpr, name: string): boolean => e.kind === 'variable' && e.name === name

/** Whether an expression may read what a statement writes. Elements of private arrays at different constant positions are distinct. */
function touches(e: DeviceExpr, written: Kept): boolean {
  const name = written.kind === 'store' ? written.array : written.name
  switch (e.kind) {
    case 'variable':
      return e.name === name
    case 'load': {
      const isApart =
        written.kind === 'assign' &&
        e.index.kind === 'literal' &&
        written.index?.kind === 'literal' &&
        e.index.value !== written.index.value
      return (e.array === name && !isApart) || touches(e.index, written)
    }
    case 'op':
    case 'construct':
      return e.args.some(arg => touches(arg, written))
    case 'component':
      return touches(e.of, written)
    case 'dynamicComponent':
      return touches(e.of, written) || touches(e.lane, written)
    default:
      return false
  }
}

/** Whether a value may be inlined. A wide load of narrow elements may not: its variable keeps the memory format. */
const isPlain = (e: DeviceExpr): boolean => e.kind !== 'load' || e.access.lanes === 1 || isWord(e.access.storage)

/** The number of reads of each variable. */
function usesOf(body: readonly DeviceStatement[], uses = new Map<string, number>()): Map<string, number> {
  const count = (e: DeviceExpr): void => {
    if (e.kind === 'variable') uses.set(e.name, (uses.get(e.name) ?? 0) + 1)
    if (e.kind === 'op' || e.kind === 'construct') e.args.forEach(count)
    if (e.kind === 'component' || e.kind === 'dynamicComponent') count(e.of)
    if (e.kind === 'dynamicComponent') count(e.lane)
    if (e.kind === 'load') {
      // A load may read a private array, which is a variable as well.
      uses.set(e.array, (uses.get(e.array) ?? 0) + 1)
      count(e.index)
    }
  }
  for (const statement of body) {
    if ('index' in statement && statement.index !== undefined) count(statement.index)
    if ('value' in statement && statement.value !== undefined) count(statement.value)
    if (statement.kind === 'if') count(statement.condition)
    if (statement.kind === 'for') count(statement.extent)
    if ('body' in statement) usesOf(statement.body, uses)
  }
  return uses
}
