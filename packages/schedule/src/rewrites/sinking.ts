import {
  type Affine,
  affine,
  type Buffer,
  type Expr,
  type Loop,
  type LoopId,
  type Nest,
  type Statement,
} from '@qernel/dsl'
import { flatMap } from '@qernel/dsl/internal'
import { type Leaf, mapLeaf, mapLeaves, substituteLoop } from '../nest/statements.ts'

/**
 * Moves a parallel loop inwards to the leaves: past other loops by interchange, over several statements by distribution.
 * A private buffer that was fresh in each iteration of the loop gets a dimension for it, since its values now survive
 * from one copy of the loop to the next. Legal for every parallel loop: its iterations do not depend on each other.
 *
 *   for k { a = 0; for t { a = max(a, x[t, k]) }; s[k] = a }
 *   → for k { a[k] = 0 };  for t { for k { a[k] = max(a[k], x[t, k]) } };  for k { s[k] = a[k] }
 *
 * @param stop loops that are not passed: the loop ends up directly around them
 */
export function sinkLoop(nest: Nest, id: LoopId, stop: (inner: Loop) => boolean = () => false): Nest {
  const state: Sinking = { nextLoop: nest.nextLoop, buffers: new Map(nest.buffers), stop }
  const walk = (body: readonly Statement[], parent: LoopId | undefined): readonly Statement[] =>
    flatMap(body, s =>
      s.kind !== 'loop' ? [s] : s.id === id ? sink(s, s.body, parent, state) : [{ ...s, body: walk(s.body, s.id) }],
    )
  const body = walk(nest.body, undefined)
  return { ...nest, body, buffers: state.buffers, nextLoop: state.nextLoop }
}

interface Sinking {
  nextLoop: LoopId
  readonly buffers: Map<string, Buffer>
  readonly stop: (inner: Loop) => boolean
}

function sink(
  loop: Loop,
  body: readonly Statement[],
  parent: LoopId | undefined,
  state: Sinking,
): readonly Statement[] {
  const [only] = body
  if (body.length === 1 && only !== undefined) {
    if (only.kind !== 'loop' || state.stop(only)) {
      // Storage that is private to the loop stays with it.
      return [{ ...loop, body }]
    }
    // Buffers that the other loop owns were fresh in each iteration of this one as well.
    const own = expand(loop, only.body, only.id, only.id, state)
    const expanded = expand(loop, own, loop.id, parent, state)
    return [{ ...only, body: sink(loop, expanded, only.id, state) }]
  }
  const expanded = expand(loop, body, loop.id, parent, state)
  return flatMap(expanded, (s, position) => {
    const copy = position === 0 ? loop : { ...loop, id: state.nextLoop++ }
    const own = position === 0 ? [s] : substituteLoop([s], loop.id, affine.variable(copy.id))
    return sink(copy, own, parent, state)
  })
}

/** Gives every buffer that the loop `owner` owns a leading dimension for `loop`, and makes `scope` its owner. */
function expand(
  loop: Loop,
  body: readonly Statement[],
  owner: LoopId,
  scope: LoopId | undefined,
  state: Sinking,
): readonly Statement[] {
  const names = new Set<string>()
  for (const buffer of state.buffers.values()) if (buffer.scope === owner) names.add(buffer.name)
  if (names.size === 0) return body
  for (const name of names) {
    const { scope: _, ...buffer } = state.buffers.get(name) as Buffer
    state.buffers.set(name, {
      ...buffer,
      dims: [loop.extent, ...buffer.dims],
      ...(scope === undefined ? {} : { scope }),
    })
  }
  const lead: Affine = affine.variable(loop.id)
  const onLoad = (e: Expr): Expr => (e.kind === 'load' && names.has(e.buffer) ? { ...e, index: [lead, ...e.index] } : e)
  return mapLeaves(body, (leaf): Leaf => {
    const mapped = mapLeaf(leaf, a => a, onLoad)
    return names.has(leaf.buffer) ? { ...mapped, index: [lead, ...mapped.index] } : mapped
  })
}
