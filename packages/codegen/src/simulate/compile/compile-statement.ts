/** Compiles statements to closures. Statements in which a thread may wait become generators that pause there. */
import type { DeviceExpr, DeviceStatement } from '../../program/device-program.ts'
import { u32Type } from '../../program/device-type.ts'
import { type Place, siteAt } from '../findings/place.ts'
import type { Site } from '../findings/site.ts'
import { waits } from '../function-facts.ts'
import { compileLane, compileLanes } from './compile-expression.ts'
import { compileAtomicMax, compileLocalWriter, compileReader, compileWriter, type Writer } from './compile-memory.ts'
import type { Evaluate } from './compile-operation.ts'
import { type HoistedShuffle, hoistShuffles } from './hoist-shuffles.ts'
import { empty, type Local, Scope } from './scope.ts'

/** A point where a thread waits for others. */
export type WaitingPoint =
  | { readonly kind: 'barrier'; readonly site: Site }
  /**
   * `from`, `offset` and `to` are frame slots: of the lanes that this thread gives, of the offset, and of the lanes that it gets from the other
   * thread.
   */
  | {
      readonly kind: 'shuffle'
      readonly site: Site
      readonly from: number
      readonly offset: number
      readonly to: number
      readonly lanes: number
    }

type Run = (at: number) => void
export type Waiting = Generator<WaitingPoint, void, void>
export type Code =
  | { readonly waits: false; readonly run: Run }
  | { readonly waits: true; readonly run: (at: number) => Waiting }

/** Compiles the statements of a block, which gets its own scope of names. */
export function compileBlock(body: readonly DeviceStatement[], outer: Place, scope = new Scope(outer.scope)): Code {
  const parts: Code[] = []
  for (const statement of body) {
    const place: Place = { ...outer, scope, statement }
    const stops = place.state.waits && waits(statement)
    parts.push(...(stops ? compileWaiting(statement, place) : compilePlain(statement, place)))
  }
  return sequence(joinPlain(parts))
}

function joinPlain(parts: readonly Code[]): Code[] {
  const joined: Code[] = []
  let runs: Run[] = []
  const flush = () => {
    if (runs.length > 0) joined.push({ waits: false, run: inOrder(runs) })
    runs = []
  }
  for (const part of parts) {
    if (!part.waits) runs.push(part.run)
    else {
      flush()
      joined.push(part)
    }
  }
  flush()
  return joined
}

function inOrder(runs: readonly Run[]): Run {
  const [first, second] = runs as [Run, Run]
  if (runs.length === 1) return first
  if (runs.length === 2)
    return at => {
      first(at)
      second(at)
    }
  return at => {
    for (let i = 0; i < runs.length; i++) (runs[i] as Run)(at)
  }
}

function sequence(parts: readonly Code[]): Code {
  const [only] = parts
  if (only === undefined) return { waits: false, run: () => {} }
  if (parts.length === 1) return only
  return {
    waits: true,
    *run(at) {
      for (const part of parts)
        if (part.waits) yield* part.run(at)
        else part.run(at)
    },
  }
}

function compilePlain(s: DeviceStatement, place: Place): Code[] {
  const run = compileRun(s, place)
  return run === undefined ? [] : [{ waits: false, run }]
}

function compileRun(s: DeviceStatement, place: Place): Run | undefined {
  const { scope, state } = place
  const { frame } = state
  switch (s.kind) {
    case 'let': {
      // The value is compiled before the name is declared, because it must not see it.
      const value = compileValue(s.value, place)
      return value(scope.declare(s.name, s.value.type).slot)
    }
    case 'var': {
      if (s.value !== undefined) {
        const value = compileValue(s.value, place)
        return value(scope.declare(s.name, s.type).slot)
      }
      return clear(scope.declare(s.name, s.type, { startsEmpty: true }), frame)
    }
    case 'array':
      return clear(scope.declare(s.name, s.type, { length: s.length, startsEmpty: true }), frame)
    case 'assign':
      return compileAssign(s, place)
    case 'store': {
      const write = compileWriter(s.array, s.access, place)
      return writeLanes(write, compileLane(s.index, 0, place), s.access.lanes, compileLanes(s.value, place))
    }
    case 'atomicMax': {
      const write = compileAtomicMax(s.array, place)
      return writeLanes(write, compileLane(s.index, 0, place), 1, compileLanes(s.value, place))
    }
    case 'if': {
      const condition = compileLane(s.condition, 0, place)
      const { run } = compileBlock(s.body, inside(place, s)) as { run: Run }
      return at => {
        if (condition(at)) run(at)
      }
    }
    case 'for': {
      const loop = openLoop(s, place)
      const { run } = compileBlock(s.body, loop.place) as { run: Run }
      const { slot, extent } = loop
      return at => {
        const count = extent(at)
        for (let i = 0; i < count; i++) {
          frame[at + slot] = i
          run(at)
        }
      }
    }
    case 'barrier':
    case 'comment':
      return undefined
  }
}

/** Compiles a value; the result takes a frame slot and returns the closure that puts the value there. */
function compileValue(e: DeviceExpr, place: Place): (slot: number) => Run {
  const { frame } = place.state
  const { lanes } = e.type
  if (e.kind === 'load' && lanes > 1) {
    const read = compileReader(e.array, e.access, place)
    const index = compileLane(e.index, 0, place)
    return slot => at => {
      const first = index(at) * lanes
      for (let lane = 0; lane < lanes; lane++) frame[at + slot + lane] = read(at, first + lane)
    }
  }
  const values = compileLanes(e, place)
  const [x, y, z, w] = values as [Evaluate, Evaluate, Evaluate, Evaluate]
  if (lanes === 1)
    return slot => at => {
      frame[at + slot] = x(at)
    }
  // All lanes are computed before any is written, because the new value may use other lanes of the old one.
  if (lanes === 2)
    return slot => at => {
      const first = x(at)
      frame[at + slot + 1] = y(at)
      frame[at + slot] = first
    }
  return slot => at => {
    const first = x(at)
    const second = y(at)
    const third = z(at)
    frame[at + slot + 3] = w(at)
    frame[at + slot] = first
    frame[at + slot + 1] = second
    frame[at + slot + 2] = third
  }
}

const clear = ({ slot, length, type }: Local, frame: Float64Array): Run => {
  const count = length * type.lanes
  return at => {
    frame.fill(empty, at + slot, at + slot + count)
  }
}

function compileAssign(s: DeviceStatement & { kind: 'assign' }, place: Place): Run {
  const local = place.scope.find(s.name)
  if (local === undefined) throw new Error(`there is no variable ${s.name} here`)
  const { lanes } = local.type
  if (s.index !== undefined) {
    const write = compileLocalWriter(s.name, local, place)
    const index = compileLane(s.index, 0, place)
    const { lane } = s
    if (lane === undefined) return writeLanes(write, index, lanes, compileLanes(s.value, place))
    const value = compileLane(s.value, 0, place)
    return at => write(at, index(at) * lanes + lane, value(at))
  }
  const value = compileValue(s.value, place)
  return value(local.slot + (s.lane ?? 0))
}

/** Stores the lanes of a value side by side; `index` counts runs of `lanes` scalars. */
function writeLanes(write: Writer, index: Evaluate, lanes: number, values: readonly Evaluate[]): Run {
  const [value] = values as [Evaluate]
  if (lanes === 1) return at => write(at, index(at), value(at))
  if (values.length !== lanes) throw new Error(`${values.length} lanes are stored as ${lanes}`)
  const computed = values.map(() => 0)
  return at => {
    const first = index(at) * lanes
    for (let lane = 0; lane < lanes; lane++) computed[lane] = (values[lane] as Evaluate)(at)
    for (let lane = 0; lane < lanes; lane++) write(at, first + lane, computed[lane] as number)
  }
}

const inside = (place: Place, s: DeviceStatement): Place => ({ ...place, around: [...place.around, s] })

function openLoop(
  s: DeviceStatement & { kind: 'for' },
  place: Place,
): { slot: number; extent: Evaluate; place: Place } {
  const extent = compileLane(s.extent, 0, place)
  const scope = new Scope(place.scope)
  const { slot } = scope.declare(s.name, u32Type)
  return { slot, extent, place: { ...inside(place, s), scope, loops: [...place.loops, { name: s.name, slot }] } }
}

function compileWaiting(s: DeviceStatement, place: Place): Code[] {
  if (s.kind === 'barrier') {
    const point: WaitingPoint = { kind: 'barrier', site: siteAt(place, 'barrier') }
    return [
      {
        waits: true,
        *run() {
          yield point
        },
      },
    ]
  }
  const { shuffles, statement } = hoistShuffles(s, place.state.nextSite)
  const parts = shuffles.map(shuffle => compileShuffle(shuffle, place))
  if (!waits(statement)) return [...parts, ...compilePlain(statement, place)]
  return [...parts, compileWaitingBody(statement as DeviceStatement & { kind: 'if' | 'for' }, place)]
}

function compileWaitingBody(s: DeviceStatement & { kind: 'if' | 'for' }, place: Place): Code {
  type WaitingRun = { run: (at: number) => Waiting }
  if (s.kind === 'if') {
    const condition = compileLane(s.condition, 0, place)
    const { run } = compileBlock(s.body, inside(place, s)) as WaitingRun
    return {
      waits: true,
      *run(at) {
        if (condition(at)) yield* run(at)
      },
    }
  }
  const { slot, extent, place: body } = openLoop(s, place)
  const { run } = compileBlock(s.body, body) as WaitingRun
  const { frame } = place.state
  return {
    waits: true,
    *run(at) {
      const count = extent(at)
      for (let i = 0; i < count; i++) {
        frame[at + slot] = i
        yield* run(at)
      }
    },
  }
}

function compileShuffle({ name, value, offset }: HoistedShuffle, place: Place): Code {
  const { scope } = place
  const { lanes } = value.type
  const given = compileValue(value, place)
  const by = compileValue(offset, place)
  const from = scope.declare(`${name} given`, value.type).slot
  const amount = scope.declare(`${name} offset`, offset.type).slot
  const to = scope.declare(name, value.type).slot
  const give = given(from)
  const say = by(amount)
  const point: WaitingPoint = { kind: 'shuffle', site: siteAt(place, 'shuffle'), from, offset: amount, to, lanes }
  return {
    waits: true,
    *run(at) {
      give(at)
      say(at)
      yield point
    },
  }
}
