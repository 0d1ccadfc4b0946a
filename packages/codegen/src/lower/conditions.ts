/** The conditions under which a leaf runs: its guards, and tests for the threads that it belongs to. */
import { affine, type Buffer, type Guard, isBound, isGrid, type Loop, type LoopId, type Statement } from '@qernel/dsl'
import { flatMap } from '@qernel/dsl/internal'
import { type Leaf, leavesOf } from '@qernel/schedule'
import { runningThreads } from '@qernel/schedule/internal'
import type { DeviceExpr, Dimension } from '../program/device-program.ts'
import { boolType, u32Type } from '../program/device-type.ts'
import { lessThan, literal, op } from '../program/expressions.ts'
import type { Condition, FunctionContext } from './function-context.ts'
import type { LeafShape } from './leaf-shape.ts'
import type { LoopValues } from './loop-values.ts'

const dimensions: readonly Dimension[] = ['x', 'y', 'z']

/**
 * The conditions for a leaf to run: the thread must be one that the loops around the leaf cover, and its guards must hold at the
 * first lane of a vector (the other lanes are masked inside).
 */
export function conditionsOf(leaf: Leaf, context: FunctionContext): readonly Condition[] {
  const known = context.conditions.get(leaf)
  if (known !== undefined) return known
  const { around, guards } = context.shapes.get(leaf) as LeafShape
  const running = runningThreads(context.nest, leaf, around, context.workgroup)
  const threads = flatMap(dimensions, (dimension, i) =>
    threadCondition(dimension, running[i] as number, context.workgroup[i] as number, around),
  )
  const conditions = [...threads, ...guards.map(guard => guardCondition(guard, around, context))]
  context.conditions.set(leaf, conditions)
  return conditions
}

/** The test for a leaf that only the first threads along a dimension run; none if all of them do. */
function threadCondition(dimension: Dimension, used: number, threads: number, around: readonly Loop[]): Condition[] {
  if (used === threads) return []
  const loop = around.find(l => l.mode === `block.${dimension}`)
  const index: DeviceExpr = { kind: 'thread', type: u32Type, of: 'local', dimension }
  const make = () => (used === 1 ? op('eq', boolType, index, literal(0)) : lessThan(index, literal(used)))
  return [{ key: `local.${dimension}<${used}`, needs: loop === undefined ? [] : [loop.id], isUniform: false, make }]
}

function guardCondition(guard: Guard, around: readonly Loop[], { indices }: FunctionContext): Condition {
  const needs: LoopId[] = []
  const terms: string[] = []
  const vectors: LoopId[] = []
  for (const [id, c] of guard.index.terms) {
    const mode = around.find(l => l.id === id)?.mode as Loop['mode']
    if (mode === 'vector') {
      vectors.push(id)
      continue
    }
    needs.push(id)
    terms.push(`${c}*${mode}${isBound(mode) ? '' : id}`)
  }
  const below = affine.printExtent(guard.below)
  return {
    key: `${terms.sort().join('+')}+${guard.index.constant}${guard.peeled === 'tail' ? '≥' : '<'}${below}`,
    needs,
    isUniform: needs.every(id => around.some(l => l.id === id && isGrid(l.mode))),
    make: values => {
      const firstLane = vectors.reduce((at, id) => at.with(id, 0), values)
      const index = indices.affine(guard.index, firstLane)
      const below = indices.extent(guard.below)
      return guard.peeled === 'tail' ? op('ge', boolType, index, below) : lessThan(index, below)
    },
  }
}

/**
 * Conditions that every statement of a body needs and whose loops all have values here. They can be tested once around the body.
 *
 * @param own the loop that the body belongs to
 */
export function commonConditions(
  body: readonly Statement[],
  own: LoopId | undefined,
  values: LoopValues,
  context: FunctionContext,
): readonly Condition[] {
  let common: readonly Condition[] | undefined
  for (const { leaf, around } of leavesOf(body)) {
    const { memory, scope } = context.nest.buffers.get(leaf.buffer) as Buffer
    // A buffer that is private to this body is read only inside it, so writes to it may be skipped with the rest.
    if (memory === 'register' && scope !== undefined && (scope === own || around.some(l => l.id === scope))) continue
    const known = conditionsOf(leaf, context).filter(c => c.needs.every(id => values.has(id)))
    common = common === undefined ? known : common.filter(c => known.some(k => k.key === c.key))
    if (common.length === 0) return []
  }
  return common ?? []
}
