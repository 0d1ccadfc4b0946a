/** Compiles expressions to closures, one per lane, so that nothing is allocated while a program runs. */
import type { DeviceExpr, Dimension } from '../../program/device-program.ts'
import type { Place } from '../findings/place.ts'
import { checkFilled, compileReader } from './compile-memory.ts'
import { compileOperation, compilePack, compileUnpack, type Evaluate } from './compile-operation.ts'
import { empty } from './scope.ts'

/** The first slots of a thread's frame hold its place in the workgroup: x, y, z. */
export const localSlots = 3
const slotOf: Readonly<Record<Dimension, number>> = { x: 0, y: 1, z: 2 }

export const compileLanes = (e: DeviceExpr, place: Place): Evaluate[] =>
  Array.from({ length: e.type.lanes }, (_, lane) => compileLane(e, lane, place))

/** One lane of a value; a scalar counts as the same in every lane. */
export function compileLane(e: DeviceExpr, lane: number, place: Place): Evaluate {
  switch (e.kind) {
    case 'literal': {
      const value = e.type.scalar === 'f32' ? Math.fround(e.value) : e.value
      return () => value
    }
    case 'variable':
      return readVariable(e, lane, place)
    case 'size': {
      const value = place.state.sizes.get(e.size)
      if (value === undefined) throw new Error(`size ${e.size} has no value`)
      return () => value
    }
    case 'thread': {
      const slot = slotOf[e.dimension]
      const { frame, group } = place.state
      return e.of === 'local' ? at => frame[at + slot] as number : () => group[slot] as number
    }
    case 'component':
      return compileLane(e.of, e.lane, place)
    case 'dynamicComponent':
      return chooseLane(e, place)
    case 'construct':
      return e.args.length === 1
        ? compileLane(e.args[0] as DeviceExpr, 0, place)
        : compileLane(e.args[lane] as DeviceExpr, 0, place)
    case 'load': {
      const { lanes } = e.access
      const read = compileReader(e.array, e.access, place)
      const index = compileLane(e.index, 0, place)
      return lanes === 1 ? at => read(at, index(at)) : at => read(at, index(at) * lanes + lane)
    }
    case 'op':
      return compileOp(e, lane, place)
  }
}

function readVariable({ name, type }: DeviceExpr & { kind: 'variable' }, lane: number, place: Place): Evaluate {
  const local = place.scope.find(name)
  if (local === undefined) throw new Error(`there is no variable ${name} here`)
  if (local.type.scalar !== type.scalar || local.type.lanes !== type.lanes)
    throw new Error(`${name} is used as ${type.scalar} × ${type.lanes}, but was declared as another type`)
  const { frame } = place.state
  const slot = local.slot + (type.lanes === 1 ? 0 : lane)
  if (!local.startsEmpty) return at => frame[at + slot] as number
  const filled = checkFilled(name, place)
  return at => {
    const value = frame[at + slot] as number
    return value === empty ? filled(at, lane) : value
  }
}

/** The lane that an index selects. Of a load, only that element is read. */
function chooseLane({ of, lane }: DeviceExpr & { kind: 'dynamicComponent' }, place: Place): Evaluate {
  const which = compileLane(lane, 0, place)
  if (of.kind === 'load') {
    const { lanes } = of.access
    const read = compileReader(of.array, of.access, place)
    const index = compileLane(of.index, 0, place)
    return at => read(at, index(at) * lanes + which(at))
  }
  const values = compileLanes(of, place)
  return at => (values[which(at)] as Evaluate)(at)
}

function compileOp(e: DeviceExpr & { kind: 'op' }, lane: number, place: Place): Evaluate {
  const [first] = e.args as readonly [DeviceExpr]
  if (e.op === 'unpackI8' || e.op === 'unpackU8' || e.op === 'unpackF16')
    return compileUnpack(e.op, compileLane(first, 0, place), lane)
  if (e.op === 'packI8' || e.op === 'packU8' || e.op === 'packF16')
    return compilePack(
      e.op,
      e.args.length === 1 ? compileLanes(first, place) : e.args.map(arg => compileLane(arg, 0, place)),
    )
  if (e.op === 'shuffleXor') throw new Error('shuffles stand in statements of their own')
  const args = e.args.map(arg => compileLane(arg, lane, place))
  return compileOperation(e.op, first.type.scalar, e.type.scalar, args)
}
