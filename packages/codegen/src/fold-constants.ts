/**
 * Evaluates what is constant once loops are written out: integers and booleans, lane by lane. Not left to the compilers of the
 * targets: WGSL refuses a constant expression that overflows, where the language wraps. Floats stay: they have their own rules, see
 * `roundEachOperation`.
 */
import type { DeviceExpr, DeviceProgram, DeviceStatement } from './device-program.ts'
import { construct, literal } from './expressions.ts'
import { compileOperation } from './simulate/device-operations.ts'

export const foldConstants = (program: DeviceProgram): DeviceProgram => ({
  ...program,
  functions: program.functions.map(one => ({ ...one, body: foldBody(one.body) })),
})

const foldBody = (body: readonly DeviceStatement[]): DeviceStatement[] =>
  body.map((statement): DeviceStatement => {
    const folded = { ...statement }
    if ('value' in folded && folded.value !== undefined) folded.value = fold(folded.value)
    if ('index' in folded && folded.index !== undefined) folded.index = fold(folded.index)
    if (folded.kind === 'if') folded.condition = fold(folded.condition)
    if ('body' in folded) folded.body = foldBody(folded.body)
    return folded
  })

function fold(e: DeviceExpr): DeviceExpr {
  switch (e.kind) {
    case 'op': {
      const args = e.args.map(fold)
      return constantOf({ ...e, args }) ?? { ...e, args }
    }
    case 'construct':
      return { ...e, args: e.args.map(fold) }
    case 'component':
      return { ...e, of: fold(e.of) }
    case 'dynamicComponent':
      return { ...e, of: fold(e.of), lane: fold(e.lane) }
    case 'load':
      return { ...e, index: fold(e.index) }
    default:
      return e
  }
}

/** Operations that mix lanes, or whose result is no literal everywhere. */
const kept: ReadonlySet<string> = new Set([
  'unpackI8',
  'unpackU8',
  'unpackF16',
  'packI8',
  'packU8',
  'packF16',
  'shuffleXor',
])

/** The literal, or the vector of literals, that an operation comes to. */
function constantOf(e: DeviceExpr & { kind: 'op' }): DeviceExpr | undefined {
  const { op, type, args } = e
  if (type.scalar === 'f32' || kept.has(op)) return undefined
  const lanes = args.map(literalLanes)
  if (!lanes.every(lane => lane !== undefined)) return undefined
  const of = (args[0] as DeviceExpr).type.scalar
  const at = (lane: number): number =>
    compileOperation(
      op,
      of,
      type.scalar,
      lanes.map(values => () => values[lane % values.length] as number),
    )(0)
  const values = Array.from({ length: type.lanes }, (_, lane) => literal(at(lane), { ...type, lanes: 1 }))
  return construct(type, values)
}

function literalLanes(e: DeviceExpr): readonly number[] | undefined {
  if (e.kind === 'literal') return [e.type.scalar === 'f32' ? Math.fround(e.value) : e.value]
  if (e.kind !== 'construct') return undefined
  const values = e.args.map(arg => (arg.kind === 'literal' ? arg.value : undefined))
  return values.every(value => value !== undefined) ? values : undefined
}
